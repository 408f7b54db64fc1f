// SPDX-License-Identifier: Apache-2.0
// The smaller and the larger of two, for floats exactly: a NaN is handed on, and of equals (0 and -0)
// it is the first.
#pragma once

#include "ops/inline.h"

namespace featc {

template <class T>
constexpr T minOf(T a, T b) {
  return a != a || a <= b ? a : b;
}
template <class T>
constexpr T maxOf(T a, T b) {
  return a != a || a >= b ? a : b;
}

inline InlineValue inlineMinInt(Inline& b, InlineValue x, InlineValue y) {
  return b.select(b.compare(IntCompare::LessEqual, x, y), x, y);
}
inline InlineValue inlineMaxInt(Inline& b, InlineValue x, InlineValue y) {
  return b.select(b.compare(IntCompare::LessEqual, y, x), x, y);
}
inline InlineValue inlineMinFloat(Inline& b, InlineValue x, InlineValue y) {
  InlineValue smaller = b.select(b.compare(FloatCompare::Less, y, x), y, x);  // x where one is NaN
  return b.select(b.compare(FloatCompare::NotEqual, y, y), y, smaller);
}
inline InlineValue inlineMaxFloat(Inline& b, InlineValue x, InlineValue y) {
  InlineValue larger = b.select(b.compare(FloatCompare::Less, x, y), y, x);  // x where one is NaN
  return b.select(b.compare(FloatCompare::NotEqual, y, y), y, larger);
}

}  // namespace featc
