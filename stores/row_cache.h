// SPDX-License-Identifier: Apache-2.0
// Rows by key, bounded in bytes and in age; the least recently used go first.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "values/value.h"

namespace featc {

// Thread-safe: the keys are spread over parts with a lock each.
class RowCache {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Row {
    bool found = false;         // else the store has no such row
    std::vector<Value> values;  // one a field
  };

  RowCache(size_t bytes, std::chrono::microseconds ttl) : bytesAPart_(bytes / kParts), ttl_(ttl) {}
  std::shared_ptr<const Row> find(std::string_view key, Time now);
  // A row larger than a part is not kept.
  void put(std::string_view key, Row row, Time now);
  size_t bytes() const;
  // Rows that went to make room; those that grew too old are not among them.
  uint64_t evictions() const { return evictions_; }

 private:
  static constexpr size_t kParts = 16;
  struct Entry {
    std::string key;
    std::shared_ptr<const Row> row;
    size_t bytes;
    Time until;
  };
  struct Part {
    mutable std::mutex mutex;
    std::list<Entry> entries;  // the last used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> byKey;
    size_t bytes = 0;
    void erase(std::list<Entry>::iterator entry);
  };
  Part& partOf(std::string_view key) { return parts_[std::hash<std::string_view>()(key) / 7 % kParts]; }

  const size_t bytesAPart_;
  const std::chrono::microseconds ttl_;
  std::array<Part, kParts> parts_;
  std::atomic<uint64_t> evictions_ = 0;
};

}  // namespace featc
