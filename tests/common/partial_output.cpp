// SPDX-License-Identifier: Apache-2.0
// Compares an output with the lines of a `--- check` section.
#include "tests/common/partial_output.h"

#include <fmt/format.h>

#include <algorithm>

namespace featc {
namespace {

std::string_view takeLine(std::string_view& text) {
  std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
  return line;
}

// Removes the lines up to the first that holds `wanted`, it included. Returns whether there is one.
bool skipPast(std::string_view wanted, std::string_view& text) {
  while (!text.empty())
    if (takeLine(text).find(wanted) != std::string_view::npos) return true;
  return false;
}

// The text behind `key: `; empty: the line has another key, or no text.
std::string_view valueOf(std::string_view key, std::string_view line) {
  if (!line.starts_with(key)) return {};
  line.remove_prefix(key.size());
  return line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

}  // namespace

std::string unmetChecks(std::string_view checks, std::string_view output) {
  std::string problems;
  std::string_view rest = output;
  std::string_view before;
  bool hasCheck = false;
  while (!checks.empty()) {
    std::string_view line = takeLine(checks);
    if (line.empty()) continue;
    if (std::string_view wanted = valueOf("check:", line); !wanted.empty()) {
      hasCheck = true;
      if (!skipPast(wanted, rest))
        return problems + fmt::format("no line holds \"{}\"{}\n", wanted,
                                      before.empty() ? "" : fmt::format(", below one that holds \"{}\"", before));
      before = wanted;
      continue;
    }
    std::string_view unwanted = valueOf("never:", line);
    if (unwanted.empty()) return fmt::format("\"{}\" is neither \"check: TEXT\" nor \"never: TEXT\"\n", line);
    if (output.find(unwanted) != std::string_view::npos) problems += fmt::format("a line holds \"{}\"\n", unwanted);
  }
  // An empty output would pass.
  if (!hasCheck) problems += "the section has no line \"check: TEXT\"\n";
  return problems;
}

}  // namespace featc
