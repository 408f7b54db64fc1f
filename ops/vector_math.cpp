// SPDX-License-Identifier: Apache-2.0
// The elementary functions in the instructions that every machine has, and the choice among the sets.
#include "ops/vector_math.h"

#include <sleef.h>

#include <vector>

#include "ops/vector_math_lanes.h"

namespace featc {

namespace {

constexpr VectorMath kScalarMath = {
    .instructions = "scalar",
    .exp = unary<double, Sleef_cinz_expd1_u10purec>,
    .log = unary<double, Sleef_cinz_logd1_u10purec>,
    .log2 = unary<double, Sleef_cinz_log2d1_u10purec>,
    .log10 = unary<double, Sleef_cinz_log10d1_u10purec>,
    .log1p = unary<double, Sleef_cinz_log1pd1_u10purec>,
    .tanh = unary<double, Sleef_cinz_tanhd1_u10purec>,
    .sigmoid = sigmoid<double, Sleef_cinz_expd1_u10purec>,
    .pow = binary<double, Sleef_cinz_powd1_u10purec>,
};

#if defined(__x86_64__)
constexpr VectorMath kBaselineMath = {
    .instructions = "sse2",
    .exp = unary<Lanes2, Sleef_cinz_expd2_u10sse2>,
    .log = unary<Lanes2, Sleef_cinz_logd2_u10sse2>,
    .log2 = unary<Lanes2, Sleef_cinz_log2d2_u10sse2>,
    .log10 = unary<Lanes2, Sleef_cinz_log10d2_u10sse2>,
    .log1p = unary<Lanes2, Sleef_cinz_log1pd2_u10sse2>,
    .tanh = unary<Lanes2, Sleef_cinz_tanhd2_u10sse2>,
    .sigmoid = sigmoid<Lanes2, Sleef_cinz_expd2_u10sse2>,
    .pow = binary<Lanes2, Sleef_cinz_powd2_u10sse2>,
};
#elif defined(__aarch64__)
constexpr VectorMath kBaselineMath = {
    .instructions = "advsimd",
    .exp = unary<Lanes2, Sleef_cinz_expd2_u10advsimdnofma>,
    .log = unary<Lanes2, Sleef_cinz_logd2_u10advsimdnofma>,
    .log2 = unary<Lanes2, Sleef_cinz_log2d2_u10advsimdnofma>,
    .log10 = unary<Lanes2, Sleef_cinz_log10d2_u10advsimdnofma>,
    .log1p = unary<Lanes2, Sleef_cinz_log1pd2_u10advsimdnofma>,
    .tanh = unary<Lanes2, Sleef_cinz_tanhd2_u10advsimdnofma>,
    .sigmoid = sigmoid<Lanes2, Sleef_cinz_expd2_u10advsimdnofma>,
    .pow = binary<Lanes2, Sleef_cinz_powd2_u10advsimdnofma>,
};
#endif

std::vector<const VectorMath*> runnable() {
  std::vector<const VectorMath*> sets = {&kScalarMath};
#if defined(__x86_64__)
  sets.push_back(&kBaselineMath);
  if (__builtin_cpu_supports("avx") != 0) sets.push_back(&kAvxMath);
  if (__builtin_cpu_supports("avx512f") != 0) sets.push_back(&kAvx512Math);
#elif defined(__aarch64__)
  sets.push_back(&kBaselineMath);
#endif
  return sets;
}

}  // namespace

std::span<const VectorMath* const> vectorMaths() {
  static const std::vector<const VectorMath*> sets = runnable();
  return sets;
}

const VectorMath& vectorMath() {
  static const VectorMath& widest = *vectorMaths().back();
  return widest;
}

}  // namespace featc
