// SPDX-License-Identifier: Apache-2.0
// Calls that records propose in place of others: `topk_by(map_keys($0), map_values($0), $1)`.
#include "ops/call_pattern.h"

namespace featc {

namespace {

// A single digit is enough: records have fewer parameters.
std::optional<uint32_t> digitAt(std::string_view text, size_t at) {
  if (at >= text.size() || text[at] < '0' || text[at] > '9') return std::nullopt;
  return static_cast<uint32_t>(text[at] - '0');
}

}  // namespace

std::optional<std::string> fillCall(std::string_view pattern, const ArgumentText& textOf) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    std::optional<uint32_t> arg = pattern[i] == '$' ? digitAt(pattern, i + 1) : std::nullopt;
    if (!arg) {
      out += pattern[i];
      continue;
    }
    ++i;
    std::optional<uint32_t> inner =
        pattern.substr(i + 1).starts_with('.') ? digitAt(pattern, i + 2) : std::optional<uint32_t>();
    if (inner) i += 2;
    std::optional<std::string> text = textOf(*arg, inner);
    if (!text) return std::nullopt;
    out += *text;
  }
  return out;
}

std::string shownCall(std::string_view pattern) {
  constexpr std::string_view kNames = "xyzuvw";
  auto name = [&](uint32_t arg, std::optional<uint32_t>) { return std::optional(std::string(kNames.substr(arg, 1))); };
  return fillCall(pattern, name).value_or("");
}

std::string_view calledOperator(std::string_view pattern) { return pattern.substr(0, pattern.find('(')); }

bool keepsArgument(std::string_view pattern, uint32_t arg) {
  for (size_t at = pattern.find('$'); at != std::string_view::npos; at = pattern.find('$', at + 1))
    if (digitAt(pattern, at + 1) == arg) return true;
  return false;
}

}  // namespace featc
