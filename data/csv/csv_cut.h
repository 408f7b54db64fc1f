// SPDX-License-Identifier: Apache-2.0
// Finds whole records at the start of CSV text without reading their cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data/csv/csv_options.h"

namespace featc {

struct CsvCut {
  size_t bytes = 0;
  uint64_t rows = 0;   // blank lines do not count
  uint64_t lines = 0;  // line ends, those in quoted cells included
};

// As many records as `text`, which begins with a record, holds whole, `maxRows` at most. It ends early before a record
// whose end takes a second thought: one that is not complete, or a quote that no delimiter or line end follows. Where
// it gives records, they are those that CsvRecordReader finds.
CsvCut cutCsv(std::string_view text, const CsvOptions& options, uint64_t maxRows);

}  // namespace featc
