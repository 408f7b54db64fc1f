// SPDX-License-Identifier: Apache-2.0
// Positions in lists and strings, where negative ones count from the end.
#pragma once

#include <algorithm>
#include <cstdint>

namespace featc {

// Elements begin .. begin+size-1.
struct Range {
  uint64_t begin = 0;
  uint64_t size = 0;
};

// `length` elements from `start`, as far as there are any; a negative start counts from the end and
// reaches the first element at most.
constexpr Range sliceRange(uint64_t total, int64_t start, int64_t length) {
  auto count = static_cast<int64_t>(total);
  if (start < 0) start = start < -count ? 0 : start + count;
  if (start >= count || length <= 0) return {};
  return {static_cast<uint64_t>(start), static_cast<uint64_t>(std::min(length, count - start))};
}

constexpr Range headRange(uint64_t total, int64_t n) { return sliceRange(total, 0, n); }
constexpr Range tailRange(uint64_t total, int64_t n) {
  auto count = static_cast<int64_t>(total);
  return sliceRange(total, n < 0 || n >= count ? 0 : count - n, n);
}

}  // namespace featc
