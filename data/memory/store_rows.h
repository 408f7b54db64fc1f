// SPDX-License-Identifier: Apache-2.0
// Rows of stores as JSON lines: one line taken apart into its source, its key and its fields' values.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/data_notes.h"
#include "runtime/reads/key_pattern.h"
#include "values/value.h"

namespace featc {

// What loading a store's rows met: everything that was not taken is told here.
struct StoreLoadReport {
  struct BadLine {
    uint64_t line = 0;  // from 1, blank lines counted
    std::string reason;
  };
  uint64_t rows = 0;                  // taken, repeated keys included
  uint64_t badLineCount = 0;          // left out
  std::vector<BadLine> badLines;      // the first kMaxBadLines of them
  std::vector<std::string> warnings;  // unknown sources and fields, each once, and what was counted
  std::string error;                  // the file cannot be read: nothing was loaded

  static constexpr size_t kMaxBadLines = 1000;
};

// Rows of one source whose key an earlier row had.
struct ReplacedRows {
  uint64_t count = 0;
  uint64_t line = 0;     // of the first
  uint64_t earlier = 0;  // of the row that it replaced

  void add(uint64_t by, uint64_t replaced);
  // `2 rows of source "user" replaced ...`; empty: none did.
  std::string text(std::string_view source) const;
};

// Reads {"source": "user_profile", "user_id": 42, "age": 31, ...}. A field that is absent or null is missing.
class StoreRowReader {
 public:
  explicit StoreRowReader(std::span<const SourceInfo> sources);
  ~StoreRowReader();
  StoreRowReader(const StoreRowReader&) = delete;
  StoreRowReader& operator=(const StoreRowReader&) = delete;

  enum class Row : uint8_t {
    Taken,
    Foreign,  // of a source that none of `sources` is: warned of once
    Bad,      // problem() says why
  };
  Row read(std::string_view line, uint64_t number);

  // Of the last row that was taken, until the next one.
  size_t source() const { return source_; }
  std::string& key() { return key_; }
  std::span<const Value> values() const { return values_; }  // one a field of the source
  const std::string& problem() const { return problem_; }

  // Unknown sources and fields so far, each once, and counts of integers beyond int64.
  std::vector<std::string> warnings() const;

 private:
  // Not in this header, so that whoever includes it need not compile as the JSON library was.
  struct Parser;
  std::string readObject(uint64_t number);
  std::string renderKey();
  void warnOnce(std::string text);

  std::span<const SourceInfo> sources_;
  std::vector<KeyPattern> patterns_;
  std::unique_ptr<Parser> parser_;
  size_t source_ = 0;
  std::vector<Value> keys_;
  std::vector<Value> values_;
  std::string key_;
  std::string problem_;
  std::set<std::string> warned_;
  std::vector<std::string> warnings_;
  std::vector<std::string> noteNames_;  // of each source's keys, then its fields: `user.age`
  std::vector<size_t> firstNote_;       // by source
  DataNotes notes_;
};

}  // namespace featc
