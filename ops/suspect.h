// SPDX-License-Identifier: Apache-2.0
// Constant arguments that can only be slips: what several records look for.
#pragma once

#include <cmath>
#include <optional>
#include <string>

#include "ops/operator.h"

namespace featc {

inline std::optional<double> constantNumber(const Value& v) {
  if (v.isInt()) return static_cast<double>(v.asInt());
  if (v.isFloat()) return v.asFloat();
  return std::nullopt;
}

inline bool isEmptyText(const Value& v) { return v.isString() && v.asString().empty(); }

// The parameter says how many are taken.
template <uint32_t param>
std::optional<Suspicion> suspectCount(std::span<const KnownArgument> arguments) {
  const Value& count = arguments[param].value;
  if (!count.isInt() || count.asInt() > 0) return std::nullopt;
  return Suspicion{param, "a count of " + toString(count) + " leaves nothing, so the result is always empty"};
}

// `count(actions == "buy")` counts all elements. Of a list that data brings, that may well be meant by `len`.
template <bool ofFieldsToo>
std::optional<Suspicion> suspectCountOfBools(std::span<const KnownArgument> arguments) {
  const KnownArgument& list = arguments[0];
  bool isBools = list.type.isList() && list.type.element().is(Kind::Bool);
  if (!isBools || !(ofFieldsToo || list.op != nullptr)) return std::nullopt;
  Suspicion s{0, "this counts all elements, those that are false too"};
  s.notes.emplace_back("how many are true: sum(int(x))");
  s.instead = "sum(int($0))";
  return s;
}

// Every string begins with, ends with and holds the empty one.
template <uint32_t param>
std::optional<Suspicion> suspectEmptyPart(std::span<const KnownArgument> arguments) {
  if (!isEmptyText(arguments[param].value)) return std::nullopt;
  return Suspicion{param, "every string has the empty one there, so the result is always true"};
}

// Bounds with no room between them, and what comes of it; crossed ones are fine where nothing is said of them.
template <uint32_t low, uint32_t high>
std::optional<Suspicion> suspectBounds(std::span<const KnownArgument> arguments, std::string_view whenEqual,
                                       std::string_view whenCrossed) {
  auto l = constantNumber(arguments[low].value);
  auto h = constantNumber(arguments[high].value);
  if (!l || !h || !(*l >= *h)) return std::nullopt;
  if (*l == *h)
    return Suspicion{high, "both bounds are " + toString(arguments[high].value) + ", so " + std::string(whenEqual)};
  if (whenCrossed.empty()) return std::nullopt;
  return Suspicion{high, "the upper bound " + toString(arguments[high].value) + " is below the lower bound " +
                             toString(arguments[low].value) + ", so " + std::string(whenCrossed)};
}

}  // namespace featc
