// SPDX-License-Identifier: Apache-2.0
// Strings as sequences of code points; a byte that is not UTF-8 counts as one.
#pragma once

#include <algorithm>
#include <bitset>
#include <cstring>
#include <string>
#include <vector>

#include "support/utf8.h"
#include "values/cell.h"
#include "values/slicing.h"

namespace featc {

// Eight bytes, of which each is a code point.
inline bool beginsWithAscii(std::string_view s) {
  uint64_t word = 0;
  if (s.size() < sizeof word) return false;
  std::memcpy(&word, s.data(), sizeof word);
  return (word & 0x8080808080808080) == 0;
}

inline uint64_t codePoints(std::string_view s) {
  uint64_t n = 0;
  while (!s.empty()) {
    size_t ascii = 0;
    while (beginsWithAscii(s.substr(ascii))) ascii += sizeof(uint64_t);
    while (ascii < s.size() && static_cast<unsigned char>(s[ascii]) < 0x80) ++ascii;
    s.remove_prefix(ascii);
    n += ascii;
    for (; !s.empty() && static_cast<unsigned char>(s[0]) >= 0x80; ++n) s.remove_prefix(codePointStep(s));
  }
  return n;
}

// The text without its first `n` code points, of which there are as many at least.
inline std::string_view skipCodePoints(std::string_view s, uint64_t n) {
  while (n > 0) {
    bool ascii = n >= sizeof(uint64_t) && beginsWithAscii(s);
    n -= ascii ? sizeof(uint64_t) : 1;
    s.remove_prefix(ascii ? sizeof(uint64_t) : codePointStep(s));
  }
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
