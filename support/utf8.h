// SPDX-License-Identifier: Apache-2.0
// Code points of byte strings that need not be UTF-8: an invalid byte counts as one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace featc {

// Bytes of the code point that `s`, which is not empty, starts with; 0 where its first byte starts
// no well-formed sequence (Unicode's table 3-7: no overlong forms, no surrogates).
constexpr size_t codePointBytes(std::string_view s) {
  auto at = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
  auto within = [&](size_t i, unsigned low, unsigned high) { return i < s.size() && at(i) >= low && at(i) <= high; };
  unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

// The code point of a well-formed sequence of `bytes` bytes that `s` starts with.
constexpr uint32_t decodeCodePoint(std::string_view s, size_t bytes) {
  auto lead = static_cast<unsigned char>(s[0]);
  if (bytes == 1) return lead;
  uint32_t codePoint = lead & (0xFFU >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) codePoint = codePoint << 6U | (static_cast<unsigned char>(s[i]) & 0x3FU);
  return codePoint;
}

// Appends the sequence of a code point up to U+10FFFF.
inline void appendUtf8(std::string& out, uint32_t codePoint) {
  auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | (codePoint >> shift & 0x3FU)); };
  if (codePoint < 0x80) {
    out += static_cast<char>(codePoint);
  } else if (codePoint < 0x800) {
    out += static_cast<char>(0xC0U | codePoint >> 6U);
    tail(0);
  } else if (codePoint < 0x10000) {
    out += static_cast<char>(0xE0U | codePoint >> 12U);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | codePoint >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

// A letter of ASCII in lower case.
constexpr char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The text's first `most` bytes, less those of a code point that would be cut.
constexpr std::string_view utf8Prefix(std::string_view s, size_t most) {
  if (s.size() <= most) return s;
  while (most > 0 && (static_cast<unsigned char>(s[most]) & 0xC0U) == 0x80U) --most;
  return s.substr(0, most);
}

// The same as codePointBytes, an invalid byte being a code point of its own.
constexpr size_t codePointStep(std::string_view s) {
  size_t n = codePointBytes(s);
  return n == 0 ? 1 : n;
}

}  // namespace featc
