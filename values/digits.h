// SPDX-License-Identifier: Apache-2.0
// Short decimal numbers, eight digits at a time. What these functions do not take is for values/parse.h, which gives
// the same for what they take.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace featc {

inline constexpr uint64_t kEightZeros = 0x3030'3030'3030'3030U;

// Whether each byte is a digit.
constexpr bool areDigits(uint64_t bytes) {
  return (((bytes + 0x4646'4646'4646'4646U) | (bytes - kEightZeros)) & 0x8080'8080'8080'8080U) == 0;
}
// Of eight digits, the first in the lowest byte.
constexpr uint64_t numberOfDigits(uint64_t bytes) {
  constexpr uint64_t kPairs = 0x0000'00FF'0000'00FFU;
  bytes -= kEightZeros;
  bytes = bytes * 10 + (bytes >> 8U);
  return ((bytes & kPairs) * (100 + (uint64_t{1'000'000} << 32U)) +
          ((bytes >> 16U) & kPairs) * (1 + (uint64_t{10'000} << 32U))) >>
         32U;
}

// A text of at most 16 digits and nothing else. Of no digits the number is 0. `readable` bytes may be read from `text`
// on.
inline bool parseDigits(const char* text, size_t size, size_t readable, uint64_t& out) {
  static_assert(std::endian::native == std::endian::little);
  if (size > 16 || readable < 16) return false;
  // Short ones get zeros before them. Twice half the bits, for a shift by all 64 is none.
  auto padded = [](uint64_t bytes, size_t digits) {
    const auto half = static_cast<unsigned>(4 * (8 - digits));
    return (bytes << half << half) | (kEightZeros >> (32 - half) >> (32 - half));
  };
  uint64_t first = 0;
  std::memcpy(&first, text, sizeof first);
  if (size <= 8) {
    first = padded(first, size);
    out = numberOfDigits(first);
    return areDigits(first);
  }
  uint64_t last = 0;
  std::memcpy(&last, text + size - sizeof last, sizeof last);
  first = padded(first, size - 8);
  out = numberOfDigits(first) * 100'000'000 + numberOfDigits(last);
  return areDigits(first) && areDigits(last);
}

// The same with a point among or beside the digits, which are 15 at most: `12.5`, `.5`, `5.`.
inline bool parseShortDecimal(const char* text, size_t size, double& out) {
  constexpr size_t kMostDigits = 15;
  static constexpr double kPowers[kMostDigits + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                      1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  if (size < 2 || size > kMostDigits + 1) return false;
  uint64_t digits = 0;
  size_t point = size;
  for (size_t i = 0; i < size; ++i) {
    const auto digit = static_cast<unsigned>(static_cast<unsigned char>(text[i])) - '0';
    if (digit <= 9) {
      digits = digits * 10 + digit;
    } else {
      if (text[i] != '.' || point != size) return false;
      point = i;
    }
  }
  if (point == size) return false;
  // Both are exact, so the quotient is rounded once.
  out = static_cast<double>(digits) / kPowers[size - 1 - point];
  return true;
}

}  // namespace featc
