// SPDX-License-Identifier: Apache-2.0
// Compares cells with what other programs write.
#include "data/csv/csv_looks.h"

#include <fmt/format.h>

#include <algorithm>

namespace featc {

bool looksMissing(std::string_view text) {
  static constexpr std::string_view kWords[] = {"\\N", "NULL", "Null", "null", "NaN",  "nan",  "NAN",
                                                "?",   "NA",   "N/A",  "n/a",  "None", "<NA>", "#N/A"};
  return text.size() <= 4 && std::ranges::find(kWords, text) != std::end(kWords);
}

bool isWholeInQuotes(std::string_view text) { return text.size() >= 2 && text.front() == '"' && text.back() == '"'; }

BracketLook bracketLook(std::string_view text, const CsvOptions& options) {
  bool isList = text.front() == '[';
  if (text.size() < 2 || text.back() != (isList ? ']' : '}')) return BracketLook::None;
  std::string_view inside = withoutBlanks(text.substr(1, text.size() - 2));
  // Values of their own in brackets.
  for (size_t at = inside.find(options.listDelimiter); at != std::string_view::npos && at > 0;
       at = inside.find(options.listDelimiter, at + 1))
    if (inside[at - 1] == text.back()) return BracketLook::None;
  constexpr std::string_view kJson = "\"[{-0123456789";
  if (inside.empty() || (isList ? kJson.find(inside.front()) != std::string_view::npos : inside.front() == '"'))
    return BracketLook::Json;
  return inside.front() == '\'' || inside.find(isList ? ',' : ':') != std::string_view::npos ? BracketLook::Other
                                                                                             : BracketLook::None;
}

std::string_view withoutBlanks(std::string_view text) {
  size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

std::string adviceFor(std::string_view text, const CsvOptions& options) {
  if (!options.trim && withoutBlanks(text).size() < text.size()) return "; --trim removes blanks";
  if (looksMissing(text)) return fmt::format("; pass --null '{}' if it stands for a missing value", text);
  if (!options.quotes && isWholeInQuotes(text)) return "; --quote removes quotes";
  return {};
}

std::string_view adviceFor(BracketLook look) {
  switch (look) {
    case BracketLook::None: break;
    case BracketLook::Json: return "; --json-lists reads such a cell as JSON";
    case BracketLook::Other: return "; write the cell as JSON and pass --json-lists, or leave the brackets out";
  }
  return {};
}

}  // namespace featc
