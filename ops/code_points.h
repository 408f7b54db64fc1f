// SPDX-License-Identifier: Apache-2.0
// Strings as sequences of code points; a byte that is not UTF-8 counts as one.
#pragma once

#include <algorithm>
#include <bitset>
#include <string>
#include <vector>

#include "ops/cell.h"
#include "ops/slicing.h"
#include "support/utf8.h"

namespace featc {

inline uint64_t codePoints(std::string_view s) {
  uint64_t n = 0;
  for (; !s.empty(); ++n) s.remove_prefix(codePointStep(s));
  return n;
}

// The text without its first `n` code points, of which there are as many at least.
inline std::string_view skipCodePoints(std::string_view s, uint64_t n) {
  for (; n > 0; --n) s.remove_prefix(codePointStep(s));
  return s;
}

inline Str cutCodePoints(Str s, Range range) {
  std::string_view from = skipCodePoints(s.view(), range.begin);
  return Str::of(from.substr(0, from.size() - skipCodePoints(from, range.size).size()));
}

// The code points of a text, for asking whether one is among them.
class CodePointSet {
 public:
  CodePointSet() = default;
  explicit CodePointSet(std::string_view members) {
    while (!members.empty()) {
      std::string_view one = members.substr(0, codePointStep(members));
      if (one.size() == 1)
        bytes_.set(static_cast<unsigned char>(one[0]));
      else
        others_.emplace_back(one);
      members.remove_prefix(one.size());
    }
    std::sort(others_.begin(), others_.end());
  }
  bool contains(std::string_view codePoint) const {
    if (codePoint.size() == 1) return bytes_.test(static_cast<unsigned char>(codePoint[0]));
    return std::binary_search(others_.begin(), others_.end(), codePoint, std::less<>());
  }

 private:
  std::bitset<256> bytes_;
  std::vector<std::string> others_;
};

// What separates words where nothing else is said.
inline constexpr std::string_view kWhiteSpace = " \t\n\r\f\v";

}  // namespace featc
