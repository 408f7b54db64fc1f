// SPDX-License-Identifier: Apache-2.0
#include "ops/written.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/operator.h"

namespace featc {

namespace {

constexpr std::string_view kAll = "...";

bool isArgument(char c) { return c >= 'a' && c <= 'z'; }

// `x, y`, or of a map `k: x, l: y`.
std::string joined(const Operator& op, std::span<const std::string> args) {
  if (!op.overloads.front().alternates) return fmt::format("{}", fmt::join(args, ", "));
  std::string text;
  for (size_t i = 0; i + 1 < args.size(); i += 2)
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", args[i], args[i + 1]);
  return text;
}

}  // namespace

std::string symbolOfForm(std::string_view form) {
  std::string symbol(form);
  std::erase_if(symbol, [](char c) { return c == ' ' || isArgument(c); });
  return symbol;
}

bool isInfix(const Operator& op) {
  return !op.written.empty() && isArgument(op.written.front()) && isArgument(op.written.back());
}

std::optional<std::string> writtenWith(const Operator& op, std::span<const std::string> args) {
  if (op.written.empty()) return std::nullopt;
  if (size_t all = op.written.find(kAll); all != std::string_view::npos) {
    if (op.overloads.front().alternates && args.size() % 2 != 0) return std::nullopt;
    return fmt::format("{}{}{}", op.written.substr(0, all), joined(op, args), op.written.substr(all + kAll.size()));
  }
  auto places = static_cast<size_t>(std::ranges::count_if(op.written, isArgument));
  if (op.chained && args.size() > places) return fmt::format("{}", fmt::join(args, fmt::format(" {} ", op.symbol)));
  if (args.size() != places) return std::nullopt;
  std::string text;
  size_t next = 0;
  for (char c : op.written) text += isArgument(c) ? args[next++] : std::string(1, c);
  return text;
}

}  // namespace featc
