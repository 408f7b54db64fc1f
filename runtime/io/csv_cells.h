// SPDX-License-Identifier: Apache-2.0
// What stands in a CSV cell as a value of its field.
#pragma once

#include <string>

#include "runtime/column_buffer.h"
#include "runtime/io/csv_record.h"

namespace featc {

// Appends the value of a field that is no list of lists or the like. Why the cell is no value of the column's type;
// empty: it was appended.
std::string appendCsvCell(const CsvCell& cell, char listDelimiter, ColumnBuffer& column);

}  // namespace featc
