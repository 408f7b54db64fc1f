// SPDX-License-Identifier: Apache-2.0
// One loop a column over the cells of plain records, with a way of its own for what most cells hold.
#include "data/csv/csv_fill.h"

#include <algorithm>
#include <bit>

#include "data/csv/csv_looks.h"
#include "runtime/column_fill.h"
#include "values/digits.h"

namespace featc {
namespace {

bool parseShort(const char* text, size_t size, size_t readable, int64_t& out) {
  uint64_t number = 0;
  if (!parseDigits(text, size, readable, number)) return false;
  out = static_cast<int64_t>(number);
  return true;
}
bool parseShort(const char* text, size_t size, size_t readable, double& out) {
  uint64_t number = 0;
  if (!parseDigits(text, size, readable, number)) return parseShortDecimal(text, size, out);
  out = static_cast<double>(number);
  return true;
}

}  // namespace

// The cells of one column, from the first row on.
class CsvFill::Cells {
 public:
  Cells(const CsvFill& fill, const Column& column)
      : text_(fill.rows_->text),
        ends_(fill.rows_->stretch.ends() + fill.rows_->firstCell + column.index),
        columns_(fill.table_.columns.size()),
        isLast_(column.index + 1 == columns_) {}

  Raw next() {
    const size_t begin = ends_[0] + 1U;
    size_t end = ends_[1];
    ends_ += columns_;
    if (isLast_ && end > begin && text_[end - 1] == '\r') --end;
    return {text_.data() + begin, end - begin, text_.size() - begin};
  }

 private:
  std::string_view text_;
  const uint32_t* ends_;
  size_t columns_;
  bool isLast_;
};

CsvFill::CsvFill(const CsvTable& table) : table_(table), cellNotes_(table.inputs.size()) {
  digitsMayBeNull_ = std::ranges::any_of(table.options.nulls, [](std::string_view text) {
    return text.find_first_of("0123456789") != std::string_view::npos;
  });
  std::vector<bool> hasColumn(table.inputs.size());
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const CsvColumn& column = table.columns[i];
    if (column.field == BatchBuilder::kNoField) continue;
    for (size_t f = column.fields.first; f < column.fields.end(); ++f) hasColumn[f] = true;
    // Members of a list of structs must be equally long.
    const bool isUsed = table.isUsed(column.field);
    fits_ = fits_ && (!isUsed || table.inputs[column.field].structList.empty());
    const Type type = table.inputs[column.field].type;
    const bool required = !type.nullable();
    How how = How::CellByCell;
    if (!isUsed)
      how = How::PresenceOnly;
    else if (type.present().is(Kind::Int64))
      how = How::Int64;
    else if (type.present().is(Kind::Float64))
      how = How::Float64;
    else if (type.present().is(Kind::String))
      how = How::Text;
    if (isUsed || required) columns_.push_back({i, how, required});
  }
  for (size_t f = 0; f < hasColumn.size(); ++f)
    if (!hasColumn[f] && table.isUsed(f)) withoutColumn_.push_back(f);
}

size_t CsvFill::append(const CsvPlainRows& rows, BatchBuilder& builder, DataNotes& notes,
                       std::vector<uint8_t>& parsed) {
  const auto before = static_cast<size_t>(builder.items());
  rows_ = &rows;
  count_ = rows.rows;
  rowNotes_.clear();
  for (const Column& column : columns_) {
    count_ = column.how == How::PresenceOnly ? checkPresence(column)
                                             : fill(column, builder.column(table_.columns[column.index].field));
    if (count_ == 0) break;
  }
  for (const Column& column : columns_) {
    if (column.how == How::PresenceOnly) continue;
    const size_t field = table_.columns[column.index].field;
    ColumnBuffer& values = builder.column(field);
    if (values.size() > before + count_) values.truncate(before + count_);
    for (size_t row = before; parsed[field] == 0 && row < before + count_; ++row)
      parsed[field] = values.present(row) ? 1 : 0;
  }
  for (size_t field : withoutColumn_)
    for (size_t row = 0; row < count_; ++row) builder.column(field).appendMissing();
  for (const RowNote& note : rowNotes_)
    if (note.row < count_) notes.add(note.note);
  builder.endRows(count_);
  return count_;
}

size_t CsvFill::fill(const Column& column, ColumnBuffer& values) {
  switch (column.how) {
    case How::Int64: return fillNumbers<int64_t>(column, values);
    case How::Float64: return fillNumbers<double>(column, values);
    case How::Text: return fillTexts(column, values);
    case How::CellByCell:
    case How::PresenceOnly: break;
  }
  return fillCells(column, values);
}

template <class Number>
size_t CsvFill::fillNumbers(const Column& column, ColumnBuffer& values) {
  if (digitsMayBeNull_) return fillCells(column, values);
  const bool hasQuotes = rows_->stretch.hasQuotes();
  Cells cells(*this, column);
  size_t row = 0;
  while (row < count_) {
    NumberFill numbers(values, count_ - row);
    Raw raw{};
    bool isShort = true;
    for (; row < count_; ++row) {
      raw = cells.next();
      const char* at = raw.at;
      size_t size = raw.size;
      size_t readable = raw.readable;
      isShort = size != 0 || !column.required;
      if (hasQuotes && size != 0 && *at == '"') {
        ++at;
        --readable;
        size -= 2;
        isShort = size != 0;
      }
      Number value{};
      const bool negative = size > 1 && *at == '-';
      isShort = isShort && parseShort(at + negative, size - negative, readable - negative, value);
      if (!isShort) break;
      numbers.put(std::bit_cast<uint64_t>(negative ? -value : value), size != 0);
    }
    numbers.finish();
    if (isShort) break;
    if (!appendCell(column, row, raw, values)) return row;
    ++row;
  }
  return count_;
}

size_t CsvFill::fillTexts(const Column& column, ColumnBuffer& values) {
  const bool hasQuotes = rows_->stretch.hasQuotes();
  const bool rewrites = table_.rewritesCells();
  const size_t bytes = rows_->stretch.end() - rows_->stretch.begin();
  Cells cells(*this, column);
  TextFill texts(values, count_, bytes);
  size_t row = 0;
  for (; row < count_; ++row) {
    const Raw raw = cells.next();
    if ((hasQuotes && raw.size != 0 && *raw.at == '"') || rewrites) {
      const CsvCell cell = cellOf(raw);
      if (cell.text.empty() && !cell.quoted && column.required) break;
      if (!cell.quoted && !cell.text.empty() && mayLookOdd(cell.text)) {
        noteCsvLooks(cell.text, context(column, row));
        keepNotes(row);
      }
      texts.put(cell.text.data(), cell.text.size(), 0, cell.quoted || !cell.text.empty());
      continue;
    }
    if (raw.size == 0) {
      if (column.required) break;
    } else if (const std::string_view text(raw.at, raw.size); mayLookOdd(text)) {
      noteCsvLooks(text, context(column, row));
      keepNotes(row);
    }
    texts.put(raw.at, raw.size, raw.readable, raw.size != 0);
  }
  texts.finish();
  return row;
}

size_t CsvFill::fillCells(const Column& column, ColumnBuffer& values) {
  Cells cells(*this, column);
  size_t row = 0;
  while (row < count_ && appendCell(column, row, cells.next(), values)) ++row;
  return row;
}

size_t CsvFill::checkPresence(const Column& column) {
  const bool rewrites = table_.rewritesCells();
  Cells cells(*this, column);
  for (size_t row = 0; row < count_; ++row) {
    const Raw raw = cells.next();
    if (raw.size == 0) return row;
    if (!rewrites) continue;
    const CsvCell cell = cellOf(raw);
    if (cell.text.empty() && !cell.quoted) return row;
  }
  return count_;
}

// -- One cell ---------------------------------------------------------------------------------------

bool CsvFill::appendCell(const Column& column, size_t row, const Raw& raw, ColumnBuffer& values) {
  const CsvCell cell = cellOf(raw);
  if (cell.text.empty() && !cell.quoted) {
    if (column.required) return false;
    values.appendMissing();
    return true;
  }
  const size_t before = values.size();
  const CsvColumn& place = table_.columns[column.index];
  const CsvCellContext how = context(column, row);
  const std::string error = place.isJson ? jsonCells_.append(cell.text, {&cellNotes_, place.field, how.line}, values)
                                         : appendCsvCell(cell, how, values);
  if (!error.empty()) {
    values.truncate(before);
    cellNotes_.clear();
    return false;
  }
  keepNotes(row);
  return true;
}

// As CsvRecordReader makes it of the text, and --trim and --null of that.
CsvCell CsvFill::cellOf(const Raw& raw) {
  CsvCell cell{{raw.at, raw.size}, false};
  if (!rows_->stretch.hasQuotes() || raw.size == 0 || *raw.at != '"') return rewrittenCell(cell, table_.options);
  cell = {cell.text.substr(1, raw.size - 2), true};
  if (cell.text.find('"') == std::string_view::npos) return cell;
  unescaped_.clear();
  for (size_t i = 0; i < cell.text.size(); ++i) {
    unescaped_.push_back(cell.text[i]);
    if (cell.text[i] == '"') ++i;
  }
  cell.text = unescaped_;
  return cell;
}

CsvCellContext CsvFill::context(const Column& column, size_t row) {
  return {table_.options, cellNotes_, table_.columns[column.index].field, rows_->line + row};
}

// A row that turns out to be bad is noted by CsvRows.
void CsvFill::keepNotes(size_t row) {
  if (cellNotes_.empty()) return;
  for (DataNote& note : cellNotes_.list()) rowNotes_.push_back({row, std::move(note)});
  cellNotes_.clear();
}

}  // namespace featc
