// SPDX-License-Identifier: Apache-2.0
// Fills in a row's fields, column by column.
#include "runtime/io/csv_rows.h"

#include <fmt/format.h>

#include "runtime/io/csv_cells.h"

namespace featc {
namespace {

// Keys without a field that are warned of.
constexpr size_t kMaxUndeclared = 1000;

}  // namespace

std::string CsvRows::append(const CsvRecordReader& record, BatchBuilder& builder, const OnUndeclared& onUndeclared) {
  std::string error =
      record.problem() != nullptr ? record.problem() : appendCells(record.cells(), builder, onUndeclared);
  if (error.empty()) error = builder.endItem().message;
  if (error.empty()) error = builder.endRequest().message;
  if (!error.empty()) builder.dropRequest();
  return error;
}

// What is wrong, or nothing: then the open request and item have all their values.
std::string CsvRows::appendCells(const std::vector<CsvCell>& cells, BatchBuilder& builder,
                                 const OnUndeclared& onUndeclared) {
  if (cells.size() != table_.columns.size())
    return fmt::format("expected {} cells as in the header, found {}", table_.columns.size(), cells.size());
  builder.beginRequest();
  builder.beginItem();
  for (size_t i = 0; i < cells.size(); ++i) {
    const CsvColumn& column = table_.columns[i];
    if (column.field == BatchBuilder::kNoField) continue;
    const InputInfo& input = table_.inputs[column.field];
    const std::string& name = column.isStructList ? input.structList : input.name;
    if (cells[i].text.empty() && !cells[i].quoted) {
      if (!input.type.nullable()) return fmt::format("{} is missing", name);
      for (size_t f = column.fields.first; f < column.fields.end(); ++f) builder.cell(f).appendMissing();
      continue;
    }
    std::string error = column.isStructList ? appendStructs(cells[i].text, column.fields, builder, onUndeclared)
                                            : appendValue(cells[i], builder.cell(column.field));
    if (!error.empty()) return fmt::format("{}: {}", name, error);
  }
  return {};
}

std::string CsvRows::appendStructs(std::string_view text, StructList list, BatchBuilder& builder,
                                   const OnUndeclared& onUndeclared) {
  const std::vector<InputInfo>& inputs = table_.inputs;
  members_.clear();
  for (size_t i = list.first; i < list.end(); ++i) members_.push_back({memberName(inputs[i]), &builder.cell(i)});
  return jsonCells_.appendStructs(text, members_, [&](std::string_view key) {
    std::string name = fmt::format("{}.{}", inputs[list.first].declared(), key);
    if (undeclared_.size() < kMaxUndeclared && undeclared_.insert(name).second) onUndeclared(name);
  });
}

// Lists and maps that hold lists and maps are written as in JSON.
std::string CsvRows::appendValue(const CsvCell& cell, ColumnBuffer& column) {
  return nestingDepth(column.type()) > 1 ? jsonCells_.append(cell.text, column)
                                         : appendCsvCell(cell, table_.listDelimiter, column);
}

}  // namespace featc
