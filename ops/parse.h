// SPDX-License-Identifier: Apache-2.0
// Numbers written in decimal, as the operators `int` and `float` read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace featc {

// An optional `-`, then digits; nothing for other text and for numbers beyond int64.
std::optional<int64_t> parseInt(std::string_view text);
// An optional `-`, digits, optionally `.` and digits, optionally `e` or `E` with a signed exponent;
// nothing for other text and for numbers beyond double. What is too small for a double is 0.
std::optional<double> parseFloat(std::string_view text);

}  // namespace featc
