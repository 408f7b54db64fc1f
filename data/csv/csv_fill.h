// SPDX-License-Identifier: Apache-2.0
// Plain CSV records into a batch, column by column.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv/csv_cells.h"
#include "data/csv/csv_rows.h"
#include "data/csv/csv_scan.h"
#include "data/data_notes.h"
#include "data/json/json_cell.h"
#include "runtime/batch_builder.h"

namespace featc {

// Where plain records lie that all have a cell for each column of the table.
struct CsvPlainRows {
  std::string_view text;
  const CsvStretch& stretch;
  size_t firstCell = 0;  // of the stretch
  size_t rows = 0;
  uint64_t line = 0;  // of the first
};

// Appends what CsvRows would append, and adds the same notes. Each thread has its own.
class CsvFill {
 public:
  explicit CsvFill(const CsvTable& table);

  // Whether all columns that are used can be filled so: members of lists of structs cannot.
  bool fits() const { return fits_; }

  // Appends rows up to the first that is bad, of which CsvRows tells. How many were appended.
  size_t append(const CsvPlainRows& rows, BatchBuilder& builder, DataNotes& notes, std::vector<uint8_t>& parsed);

 private:
  // How a column's cells are read: PresenceOnly, which of them are missing.
  enum class How : uint8_t { Int64, Float64, Text, CellByCell, PresenceOnly };
  struct Column {
    size_t index = 0;  // of the table
    How how = How::CellByCell;
    bool required = false;
  };
  // A cell as it stands in the text.
  struct Raw {
    const char* at;
    size_t size;
    size_t readable;  // bytes from `at` on
  };
  class Cells;

  // Each appends values of the first `rows_.rows` rows, or of fewer up to a bad one, and says of how many.
  size_t fill(const Column& column, ColumnBuffer& values);
  template <class Number>
  size_t fillNumbers(const Column& column, ColumnBuffer& values);
  size_t fillTexts(const Column& column, ColumnBuffer& values);
  size_t fillCells(const Column& column, ColumnBuffer& values);
  size_t checkPresence(const Column& column);

  // Appends one value in CsvRows' way; false: the cell is bad.
  bool appendCell(const Column& column, size_t row, const Raw& raw, ColumnBuffer& values);
  CsvCell cellOf(const Raw& raw);
  void keepNotes(size_t row);
  CsvCellContext context(const Column& column, size_t row);

  const CsvTable& table_;
  bool fits_ = true;
  bool digitsMayBeNull_ = false;
  std::vector<Column> columns_;
  std::vector<size_t> withoutColumn_;  // fields that are used

  // Of append():
  const CsvPlainRows* rows_ = nullptr;
  size_t count_ = 0;  // rows that are good in all columns so far
  struct RowNote {
    size_t row;
    DataNote note;
  };
  std::vector<RowNote> rowNotes_;
  DataNotes cellNotes_;  // of one cell
  std::string unescaped_;
  JsonCellReader jsonCells_;
};

}  // namespace featc
