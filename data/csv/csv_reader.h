// SPDX-License-Identifier: Apache-2.0
// Reads CSV and TSV; each row is one request with one item.
#pragma once

#include <memory>

#include "data/csv/csv_options.h"
#include "data/record_reader.h"

namespace featc {

// Columns bind by name, as BatchBuilder::field does. Quoting is that of RFC 4180, or there is none; a quote inside an
// unquoted cell stands for itself. An empty cell is missing, a quoted empty one the empty string.
// A list cell has its elements between list delimiters: nothing is a missing element, `""` the
// empty string. The cell `""` as a whole is a list of one empty string where elements are strings,
// else an empty list or map. Map cells are `key:value` between list delimiters, a value may be
// missing. Blank lines are skipped and counted. After a quote that is never closed, or that a cell continues after,
// reading goes on in the line behind it.
std::unique_ptr<RecordReader> newCsvReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source,
                                           std::string file, bool strict, DataSink sink, CsvOptions options = {});

}  // namespace featc
