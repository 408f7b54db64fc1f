// SPDX-License-Identifier: Apache-2.0
// How many of some ascending boundaries are at most a value, as a function and inline.
#pragma once

#include <algorithm>
#include <vector>

#include "ops/inline.h"
#include "ops/kernel.h"

namespace featc {

template <class C>
struct Boundaries : OpState {
  std::vector<C> values;
};

template <class C>
[[gnu::noinline]] int64_t searchAtMost(const std::vector<C>& boundaries, C x) {
  return std::upper_bound(boundaries.begin(), boundaries.end(), x) - boundaries.begin();
}
// `x` is a number. So few boundaries are all compared: no branch depends on the value.
template <class C>
[[gnu::always_inline]] inline int64_t countAtMost(const std::vector<C>& boundaries, C x) {
  constexpr size_t kFew = 8;
  const size_t size = boundaries.size();
  if (size > kFew) return searchAtMost(boundaries, x);
  const C* data = boundaries.data();
  int64_t count = 0;
  for (size_t i = 0; i < size; ++i) count += data[i] <= x ? 1 : 0;
  return count;
}

// Beyond this many boundaries a binary search wins over comparing with each.
inline constexpr size_t kMaxInlineBoundaries = 64;

template <class C>
InlineValue inlineCountAtMost(Inline& b, const InlineValue* a) {
  const auto& boundaries = static_cast<const Boundaries<C>*>(b.state())->values;
  if (boundaries.size() > kMaxInlineBoundaries) return {};
  InlineValue count;
  for (C boundary : boundaries) {
    InlineValue reached;
    if constexpr (std::is_same_v<C, double>)
      reached = b.compare(FloatCompare::LessEqual, b.constFloat(boundary), a[0]);
    else
      reached = b.compare(IntCompare::LessEqual, b.constInt(boundary), a[0]);
    InlineValue one = b.boolToInt(reached);
    count = count ? b.add(count, one) : one;
  }
  return count;
}

}  // namespace featc
