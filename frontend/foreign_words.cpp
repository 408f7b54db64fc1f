// SPDX-License-Identifier: Apache-2.0
// Words of other languages for what is no operator here: what to write instead.
#include "frontend/foreign_words.h"

#include <algorithm>

#include "support/utf8.h"

namespace featc {

namespace {

struct Instead {
  std::string_view word;
  std::string_view write;
};

constexpr std::string_view kConversion = "a conversion is written int(x), float(x), string(x) or bool(x)";
constexpr std::string_view kChoice =
    "a choice is written condition ? value : other, or with a table value_map(x, {key: value})";
constexpr std::string_view kNow = "no expression knows the time: hand it in as a field of the request";

constexpr Instead kCalls[] = {
    {"cast", kConversion},
    {"try_cast", kConversion},
    {"safe_cast", kConversion},
    {"convert", kConversion},
    {"astype", kConversion},
    {"case", kChoice},
    {"case_when", kChoice},
    {"now", kNow},
    {"current_timestamp", kNow},
    {"unix_timestamp", kNow},
    {"current_date", kNow},
    {"today", kNow},
    {"continuous", "a number is an output by itself: dense price = price"},
    {"numeric_column", "a number is an output by itself: dense price = price"},
};

constexpr Instead kSigns[] = {
    {"in", "whether a list holds a value is written contains(list, value)"},
    {"between", "a range is written low <= x && x <= high"},
    {"like", "a part of a string is found with contains(s, part), starts_with, ends_with or regex_match(s, pattern)"},
    {"rlike", "a pattern is found with regex_match(s, pattern)"},
    {"regexp", "a pattern is found with regex_match(s, pattern)"},
    {"as", kConversion},
    {"div", "a whole quotient is written trunc(a / b)"},
    {"when", kChoice},
    {"if", kChoice},
    {"for", "what is written of a list is done to each element: lower(tags), clicks % 10"},
};

template <size_t n>
std::string_view find(const Instead (&table)[n], std::string_view word) {
  const auto* found = std::ranges::find_if(table, [&](const Instead& one) { return sameWord(one.word, word); });
  return found == std::end(table) ? std::string_view() : found->write;
}

}  // namespace

bool sameWord(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lowered, lowered); }

bool meansMissing(std::string_view word) {
  constexpr std::string_view kWords[] = {"null", "none", "nil", "nan", "na", "undefined", "nullptr"};
  return std::ranges::any_of(kWords, [&](std::string_view one) { return sameWord(one, word); });
}

std::string_view foreignLiteral(std::string_view word) {
  return sameWord(word, "true") ? "true" : sameWord(word, "false") ? "false" : "";
}

std::string_view insteadOfCall(std::string_view name) { return find(kCalls, name); }
std::string_view insteadOfSign(std::string_view word) { return find(kSigns, word); }

}  // namespace featc
