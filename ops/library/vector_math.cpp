// SPDX-License-Identifier: Apache-2.0
// The elementary functions in the instructions that every machine has, and the choice among the sets.
#include "ops/library/vector_math.h"

#include <sleef.h>

#include <vector>

#include "ops/library/vector_math_lanes.h"

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
    .expm1 = unary<double, Sleef_cinz_expm1d1_u10purec>,
    .sin = unary<double, Sleef_cinz_sind1_u10purec>,
    .cos = unary<double, Sleef_cinz_cosd1_u10purec>,
    .tan = unary<double, Sleef_cinz_tand1_u10purec>,
    .asin = unary<double, Sleef_cinz_asind1_u10purec>,
    .acos = unary<double, Sleef_cinz_acosd1_u10purec>,
    .atan = unary<double, Sleef_cinz_atand1_u10purec>,
    .sinh = unary<double, Sleef_cinz_sinhd1_u10purec>,
    .cosh = unary<double, Sleef_cinz_coshd1_u10purec>,
    .asinh = unary<double, Sleef_cinz_asinhd1_u10purec>,
    .acosh = unary<double, Sleef_cinz_acoshd1_u10purec>,
    .atanh = unary<double, Sleef_cinz_atanhd1_u10purec>,
    .sigmoid = sigmoid<double, Sleef_cinz_expd1_u10purec>,
    .pow = binary<double, Sleef_cinz_powd1_u10purec>,
    .atan2 = binary<double, Sleef_cinz_atan2d1_u10purec>,
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
    .expm1 = unary<Lanes2, Sleef_cinz_expm1d2_u10sse2>,
    .sin = unary<Lanes2, Sleef_cinz_sind2_u10sse2>,
    .cos = unary<Lanes2, Sleef_cinz_cosd2_u10sse2>,
    .tan = unary<Lanes2, Sleef_cinz_tand2_u10sse2>,
    .asin = unary<Lanes2, Sleef_cinz_asind2_u10sse2>,
    .acos = unary<Lanes2, Sleef_cinz_acosd2_u10sse2>,
    .atan = unary<Lanes2, Sleef_cinz_atand2_u10sse2>,
    .sinh = unary<Lanes2, Sleef_cinz_sinhd2_u10sse2>,
    .cosh = unary<Lanes2, Sleef_cinz_coshd2_u10sse2>,
    .asinh = unary<Lanes2, Sleef_cinz_asinhd2_u10sse2>,
    .acosh = unary<Lanes2, Sleef_cinz_acoshd2_u10sse2>,
    .atanh = unary<Lanes2, Sleef_cinz_atanhd2_u10sse2>,
    .sigmoid = sigmoid<Lanes2, Sleef_cinz_expd2_u10sse2>,
    .pow = binary<Lanes2, Sleef_cinz_powd2_u10sse2>,
    .atan2 = binary<Lanes2, Sleef_cinz_atan2d2_u10sse2>,
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
    .expm1 = unary<Lanes2, Sleef_cinz_expm1d2_u10advsimdnofma>,
    .sin = unary<Lanes2, Sleef_cinz_sind2_u10advsimdnofma>,
    .cos = unary<Lanes2, Sleef_cinz_cosd2_u10advsimdnofma>,
    .tan = unary<Lanes2, Sleef_cinz_tand2_u10advsimdnofma>,
    .asin = unary<Lanes2, Sleef_cinz_asind2_u10advsimdnofma>,
    .acos = unary<Lanes2, Sleef_cinz_acosd2_u10advsimdnofma>,
    .atan = unary<Lanes2, Sleef_cinz_atand2_u10advsimdnofma>,
    .sinh = unary<Lanes2, Sleef_cinz_sinhd2_u10advsimdnofma>,
    .cosh = unary<Lanes2, Sleef_cinz_coshd2_u10advsimdnofma>,
    .asinh = unary<Lanes2, Sleef_cinz_asinhd2_u10advsimdnofma>,
    .acosh = unary<Lanes2, Sleef_cinz_acoshd2_u10advsimdnofma>,
    .atanh = unary<Lanes2, Sleef_cinz_atanhd2_u10advsimdnofma>,
    .sigmoid = sigmoid<Lanes2, Sleef_cinz_expd2_u10advsimdnofma>,
    .pow = binary<Lanes2, Sleef_cinz_powd2_u10advsimdnofma>,
    .atan2 = binary<Lanes2, Sleef_cinz_atan2d2_u10advsimdnofma>,
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
