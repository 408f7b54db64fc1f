// SPDX-License-Identifier: Apache-2.0
// Which field each column of a CSV file belongs to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/csv/csv_rows.h"
#include "runtime/batch_builder.h"

namespace featc {

struct CsvHeader {
  std::vector<CsvColumn> columns;
  std::vector<bool> nested;  // by column: a list or map between delimiters
  std::vector<std::string> warnings;
  std::string problem;  // empty: it is sound
};

// Binds columns to fields by their names, which stand in the file's first line or in CsvOptions::columns. A column
// without a name is left out.
CsvHeader bindColumns(const std::vector<std::string>& names, const std::vector<InputInfo>& inputs,
                      const BatchBuilder& builder, const CsvOptions& options);

}  // namespace featc
