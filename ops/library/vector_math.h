// SPDX-License-Identifier: Apache-2.0
// The elementary functions over arrays of numbers, in every instruction set that this machine runs.
#pragma once

#include <cstddef>
#include <span>

namespace featc {

// out[i] = f(x[i]) for i < n; `out` may be `x`, the arrays need no alignment nor padding.
using UnaryArrayFunction = void (*)(const double* x, double* out, size_t n);
using BinaryArrayFunction = void (*)(const double* x, const double* y, double* out, size_t n);

// Every set gives the same bits (but those of a NaN): SLEEF's cinz functions use no fused multiply-add.
struct VectorMath {
  const char* instructions = nullptr;
  UnaryArrayFunction exp = nullptr;
  UnaryArrayFunction log = nullptr;
  UnaryArrayFunction log2 = nullptr;
  UnaryArrayFunction log10 = nullptr;
  UnaryArrayFunction log1p = nullptr;
  UnaryArrayFunction tanh = nullptr;
  UnaryArrayFunction expm1 = nullptr;
  UnaryArrayFunction sin = nullptr;
  UnaryArrayFunction cos = nullptr;
  UnaryArrayFunction tan = nullptr;
  UnaryArrayFunction asin = nullptr;
  UnaryArrayFunction acos = nullptr;
  UnaryArrayFunction atan = nullptr;
  UnaryArrayFunction sinh = nullptr;
  UnaryArrayFunction cosh = nullptr;
  UnaryArrayFunction asinh = nullptr;
  UnaryArrayFunction acosh = nullptr;
  UnaryArrayFunction atanh = nullptr;
  UnaryArrayFunction sigmoid = nullptr;
  BinaryArrayFunction pow = nullptr;
  BinaryArrayFunction atan2 = nullptr;
};

// Those that this machine can run: one row at a time first, the widest vectors last.
std::span<const VectorMath* const> vectorMaths();
// The last of them.
const VectorMath& vectorMath();

#if defined(__x86_64__)
extern const VectorMath kAvxMath;
extern const VectorMath kAvx512Math;
#endif

}  // namespace featc
