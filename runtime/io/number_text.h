// SPDX-License-Identifier: Apache-2.0
// Numbers as data files write them, read exactly.
#pragma once

#include <cstdint>
#include <string_view>

namespace featc {

enum class NumberError : uint8_t {
  None,
  Malformed,   // no decimal number
  Fractional,  // an integer was wanted
  OutOfRange,  // beyond int64, or beyond the largest float64
};

// How numbers may be written. Data: `-`, digits, point and digits, exponent. Json: the same
// without leading zeros.
enum class NumberStyle : uint8_t { Data, Json };

// `3`, `3.0` and `3e2` are integers and come out exact, however many digits they have.
NumberError parseInt64(std::string_view text, NumberStyle style, int64_t& out);
// What is too small for a float64 becomes 0 (of its sign), as IEEE rounding has it.
NumberError parseFloat64(std::string_view text, NumberStyle style, double& out);

}  // namespace featc
