// SPDX-License-Identifier: Apache-2.0
// Numbers and bools written as text: one grammar in three styles, then exact integers or correctly rounded floats.
// docs/language.md has the grammar under "Numbers and bools in texts".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace featc {

enum class NumberError : uint8_t {
  None,
  Malformed,   // no decimal number
  Fractional,  // an integer was wanted
  OutOfRange,  // beyond int64, or beyond the largest float64
};

// How numbers may be written. All have digits, an optional point with digits, an optional exponent.
enum class NumberStyle : uint8_t {
  Json,   // `-` before it, no zeros before other digits: a JSON number
  Plain,  // `-` before it: operators and store fields under `semantics 1`
  Text,   // `-` or `+` before it, digits on one side of the point are enough: data files
};

// `3`, `3.0` and `3e2` are integers and come out exact, however many digits they have.
NumberError parseInt64(std::string_view text, NumberStyle style, int64_t& out);
// The same for integers from 0 to 2^64 - 1.
NumberError parseUint64(std::string_view text, NumberStyle style, uint64_t& out);
// What is too small for a float64 becomes 0 (of its sign), as IEEE rounding has it.
NumberError parseFloat64(std::string_view text, NumberStyle style, double& out);
// true, True, TRUE, 1 and false, False, FALSE, 0; nothing for other text.
std::optional<bool> parseBool(std::string_view text);

// As the operator `int` reads it under `semantics 1`: an optional `-`, then digits; nothing for other text and for
// numbers beyond int64.
std::optional<int64_t> parseInt(std::string_view text);
// As the operator `float` does: parseFloat64 in style Plain.
std::optional<double> parseFloat(std::string_view text);

}  // namespace featc
