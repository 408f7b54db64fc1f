// SPDX-License-Identifier: Apache-2.0
// What a cell looks like that is read as something else.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "data/csv/csv_options.h"

namespace featc {

// `\N`, `NULL`, `NaN`, `?`: what other programs write for a missing value.
bool looksMissing(std::string_view text);
// Begins and ends with a quote.
bool isWholeInQuotes(std::string_view text);
// What a cell whose values stand between delimiters is in brackets or braces: `["a", "b"]` and `{"a": 1}` look like
// JSON, `['a', 'b']` like a list of another language, `[sale]` and `[1]|[2]` like nothing of the kind.
enum class BracketLook : uint8_t { None, Json, Other };
BracketLook bracketLook(std::string_view text, const CsvOptions& options);

std::string_view withoutBlanks(std::string_view text);

// Whether a text, which is not empty, may be one of these: looks at both its ends only.
inline bool mayLookOdd(std::string_view text) {
  static constexpr std::array<bool, 256> kFront = [] {
    std::array<bool, 256> odd{};
    for (char c : {' ', '\t', '"', '\\', '?', '#', 'N', 'n', '<'}) odd[static_cast<unsigned char>(c)] = true;
    return odd;
  }();
  return kFront[static_cast<unsigned char>(text.front())] || text.back() == ' ' || text.back() == '\t';
}

// What to do about a cell, or part of one, that is not of its type: `; --trim removes blanks`. Empty: nothing
// that is known.
std::string adviceFor(std::string_view text, const CsvOptions& options);
std::string_view adviceFor(BracketLook look);

}  // namespace featc
