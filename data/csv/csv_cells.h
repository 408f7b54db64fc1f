// SPDX-License-Identifier: Apache-2.0
// What stands in a CSV cell as a value of its field.
#pragma once

#include <string>
#include <string_view>

#include "data/csv/csv_record.h"
#include "data/data_notes.h"
#include "runtime/column_buffer.h"

namespace featc {

// Of the field of one cell: how it is written, and where to note what may mean something else.
struct CsvCellContext {
  const CsvOptions& options;
  DataNotes& notes;
  size_t field = 0;
  uint64_t line = 0;
};

// The cell as --trim and --null make it; where it stands for a missing value, empty and without quotes.
CsvCell rewrittenCell(CsvCell cell, const CsvOptions& options);

// Notes what a text without quotes around it, or part of one, looks like that it is not read as.
void noteCsvLooks(std::string_view text, const CsvCellContext& context);

// Appends the value of a field that is not a list of lists or the like. Why the cell is not of the column's type;
// empty: it was appended.
std::string appendCsvCell(const CsvCell& cell, const CsvCellContext& context, ColumnBuffer& column);

}  // namespace featc
