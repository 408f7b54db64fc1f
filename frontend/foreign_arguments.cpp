// SPDX-License-Identifier: Apache-2.0
// Arguments as other languages give them to functions of the same names: a table.
#include "frontend/foreign_arguments.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/literals.h"
#include "ops/library/time_zone.h"

namespace featc {

namespace {

// A call with so many arguments, and what it is here; $1 and so on are the arguments.
struct Surplus {
  std::string_view op;
  size_t count;
  std::string_view last;  // the last argument, where that matters
  std::string_view note;
  std::string_view instead;
};
constexpr std::string_view kLog = "log is the natural logarithm; to another base it is log(x) / log(base)";
constexpr std::string_view kRound = "to keep two digits after the point, write round(x * 100) / 100";
constexpr std::string_view kAxis = "a list has no axes: of each inner list of a list of lists it is made by itself";
constexpr Surplus kSurplus[] = {
    {"log", 2, "10", kLog, "log10($1)"},
    {"log", 2, "2", kLog, "log2($1)"},
    {"log", 2, "", kLog, "log($1) / log($2)"},
    {"round", 2, "0", kRound, "round($1)"},
    {"round", 2, "1", kRound, "round($1 * 10) / 10"},
    {"round", 2, "2", kRound, "round($1 * 100) / 100"},
    {"round", 2, "3", kRound, "round($1 * 1000) / 1000"},
    {"round", 2, "4", kRound, "round($1 * 10000) / 10000"},
    {"round", 2, "", kRound, ""},
    {"floor", 2, "", "floor(x / step) * step cuts to a step", ""},
    {"ceil", 2, "", "ceil(x / step) * step cuts to a step", ""},
    {"trunc", 2, "", "to keep two digits after the point, write trunc(x * 100) / 100", ""},
    {"exp", 2, "", "a power is written pow(base, exponent)", "pow($1, $2)"},
    {"sqrt", 2, "", "another root is pow(x, 1 / n)", "pow($1, 1 / $2)"},
    {"int", 2, "", "a text in another base is not a number here", ""},
    {"lower", 2, "", "letters are changed by Unicode's rules, not by those of a language", ""},
    {"is_missing", 2, "", "to replace a missing x, write x ?? other", "$1 ?? $2"},
    {"count", 2, "", "how often a value is in a list: sum(int(list == value))", "sum(int($1 == $2))"},
    {"len", 2, "", kAxis, ""},
    {"distinct", 2, "", "several lists become one with concat or union", ""},
};

std::string operand(const std::string& text) {
  bool isSimple = std::ranges::all_of(text, [](char c) {
    return c == '_' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  return isSimple ? text : "(" + text + ")";
}

std::string fill(std::string_view pattern, std::span<const std::string> args) {
  std::string text;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '$') {
      text += pattern[i];
      continue;
    }
    const std::string& arg = args[static_cast<size_t>(pattern[++i] - '1')];
    bool isWhole = text.ends_with('(') && i + 1 < pattern.size() && (pattern[i + 1] == ')' || pattern[i + 1] == ',');
    isWhole = isWhole || (text.ends_with(", ") && i + 1 < pattern.size() && pattern[i + 1] == ')');
    text += isWhole ? arg : operand(arg);
  }
  return text;
}

}  // namespace

std::optional<SurplusMeaning> surplusMeaning(std::string_view op, std::span<const std::string> args) {
  const auto* found = std::ranges::find_if(kSurplus, [&](const Surplus& s) {
    return s.op == op && s.count == args.size() && (s.last.empty() || s.last == args.back());
  });
  if (found == std::end(kSurplus)) return std::nullopt;
  // The base comes first in some dialects of SQL: log(10, x).
  bool isOtherOrder =
      op == "log" && found->last.empty() && args[0].find_first_not_of("0123456789.") == std::string::npos;
  return SurplusMeaning{found->note, isOtherOrder ? std::string() : fill(found->instead, args), !found->last.empty()};
}

std::string constantMeant(std::string_view param, int64_t value) {
  if (param != "zone" || value < -12 || value > 14) return {};
  return fmt::format("\"{}{:02}:00\"", value < 0 ? '-' : '+', value < 0 ? -value : value);
}

std::string constantMeant(std::string_view param, std::string_view value) {
  std::string zone = param == "zone" ? Zone::meant(value) : std::string();
  return zone.empty() ? zone : encodeString(zone);
}

}  // namespace featc
