// SPDX-License-Identifier: Apache-2.0
// Fills in a row's fields, column by column.
#include "data/csv/csv_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/csv/csv_cells.h"
#include "data/csv/csv_looks.h"

namespace featc {
namespace {

// Keys without a field that are warned of.
constexpr size_t kMaxUndeclared = 1000;

}  // namespace

void CsvRows::clear() {
  notes_.clear();
  parsed_.assign(table_.inputs.size(), 0);
}

std::string CsvRows::append(const CsvRecordReader& record, BatchBuilder& builder, const OnUndeclared& onUndeclared) {
  std::string error = record.problem() != nullptr ? record.problem() : appendCells(record, builder, onUndeclared);
  if (error.empty()) error = builder.endItem().message;
  if (error.empty()) error = builder.endRequest().message;
  if (!error.empty()) builder.dropRequest();
  return error;
}

// What is wrong, or nothing: then the open request and item have all their values.
std::string CsvRows::appendCells(const CsvRecordReader& record, BatchBuilder& builder,
                                 const OnUndeclared& onUndeclared) {
  const std::vector<CsvCell>& cells = record.cells();
  if (cells.size() != table_.columns.size()) return wrongCount(cells);
  if (table_.options.tellsSpans && record.lineEnds() > 1) noteSpans(record);
  const bool rewrites = table_.rewritesCells();
  if (Error error = builder.beginRequest()) return error.message;
  if (Error error = builder.beginItem()) return error.message;
  for (size_t i = 0; i < cells.size(); ++i) {
    const CsvColumn& column = table_.columns[i];
    if (column.field == BatchBuilder::kNoField) continue;
    const CsvCell cell = rewrites ? rewrittenCell(cells[i], table_.options) : cells[i];
    const InputInfo& input = table_.inputs[column.field];
    const bool isUsed = table_.isUsed(column.field);
    const std::string& name = column.isStructList ? input.structList : input.name;
    if (cell.text.empty() && !cell.quoted) {
      if (!input.type.nullable()) return fmt::format("{} is missing", name);
      for (size_t f = column.fields.first; isUsed && f < column.fields.end(); ++f) builder.cell(f).appendMissing();
      continue;
    }
    if (!isUsed) continue;
    std::string error = column.isStructList
                            ? appendStructs(cell.text, column.fields, record.line(), builder, onUndeclared)
                            : appendValue(cell, column, record.line(), builder.cell(column.field));
    if (!error.empty()) {
      notes_.add(NoteKind::Unreadable, column.field, record.line(), error);
      return fmt::format("{}: {}", name, error);
    }
    parsed_[column.field] = 1;
  }
  return {};
}

std::string CsvRows::wrongCount(const std::vector<CsvCell>& cells) const {
  const CsvOptions& options = table_.options;
  std::string text = fmt::format("expected {} cells as in {}, found {}", table_.columns.size(),
                                 options.columns.empty() ? "the header" : "--columns", cells.size());
  // A cell that other programs put in quotes because a delimiter or a line end stands in it.
  bool opens = std::ranges::any_of(
      cells, [](const CsvCell& cell) { return cell.text.starts_with('"') && !isWholeInQuotes(cell.text); });
  if (!options.quotes && opens) text += "; with --quote a quoted cell may hold delimiters and line ends";
  return text;
}

void CsvRows::noteSpans(const CsvRecordReader& record) {
  for (size_t i = 0; i < table_.columns.size(); ++i) {
    const CsvCell& cell = record.cells()[i];
    if (cell.quoted && cell.text.find('\n') != std::string_view::npos)
      notes_.add(NoteKind::Spans, table_.columns[i].field, record.line());
  }
}

std::string CsvRows::appendStructs(std::string_view text, StructList list, uint64_t line, BatchBuilder& builder,
                                   const OnUndeclared& onUndeclared) {
  const std::vector<InputInfo>& inputs = table_.inputs;
  members_.clear();
  for (size_t i = list.first; i < list.end(); ++i) members_.push_back({memberName(inputs[i]), &builder.cell(i), i});
  return jsonCells_.appendStructs(text, {&notes_, list.first, line}, members_, [&](std::string_view key) {
    std::string name = fmt::format("{}.{}", inputs[list.first].declared(), key);
    if (undeclared_.size() < kMaxUndeclared && undeclared_.insert(name).second) onUndeclared(name);
  });
}

std::string CsvRows::appendValue(const CsvCell& cell, const CsvColumn& column, uint64_t line, ColumnBuffer& values) {
  if (column.isJson) return jsonCells_.append(cell.text, {&notes_, column.field, line}, values);
  return appendCsvCell(cell, {table_.options, notes_, column.field, line}, values);
}

}  // namespace featc
