// SPDX-License-Identifier: Apache-2.0
// Finds the ends of all cells in a stretch of CSV text at once, 64 bytes at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "data/csv/csv_options.h"

namespace featc {

// Plain records: each is a line, and quotes, where there are any, enclose whole cells.
class CsvStretch {
 public:
  // Takes plain records of `text` from `begin` on, where a record begins: some 32 KiB of them. None: the record there
  // is not plain, or not whole. Longer texts than 4 GiB are not for this.
  void scan(std::string_view text, size_t begin, const CsvOptions& options);

  size_t begin() const { return begin_; }
  // Behind the last line end.
  size_t end() const { return end_; }
  size_t cells() const { return cells_; }
  size_t lines() const { return lines_; }
  bool hasQuotes() const { return hasQuotes_; }
  // Where cell `i` begins, and the delimiter or line end behind it.
  size_t beginOf(size_t i) const { return ends_[i] + 1U; }
  size_t endOf(size_t i) const { return ends_[i + 1]; }
  // The first column's cells begin at ends()[0] + 1 and end at ends()[1].
  const uint32_t* ends() const { return ends_.data(); }

 private:
  friend class CsvScanner;

  size_t begin_ = 0;
  size_t end_ = 0;
  size_t cells_ = 0;
  size_t lines_ = 0;
  bool hasQuotes_ = false;
  // First the byte before `begin_`, which wraps around, then where each cell ends. Longer than what is in it.
  std::vector<uint32_t> ends_;
};

}  // namespace featc
