// SPDX-License-Identifier: Apache-2.0
// The elementary functions in AVX: vectors of four; compiled with -mavx.
#if defined(__x86_64__)

#include <sleef.h>

#include "ops/library/vector_math_lanes.h"

namespace featc {

const VectorMath kAvxMath = {
    .instructions = "avx",
    .exp = unary<Lanes4, Sleef_cinz_expd4_u10avx>,
    .log = unary<Lanes4, Sleef_cinz_logd4_u10avx>,
    .log2 = unary<Lanes4, Sleef_cinz_log2d4_u10avx>,
    .log10 = unary<Lanes4, Sleef_cinz_log10d4_u10avx>,
    .log1p = unary<Lanes4, Sleef_cinz_log1pd4_u10avx>,
    .tanh = unary<Lanes4, Sleef_cinz_tanhd4_u10avx>,
    .expm1 = unary<Lanes4, Sleef_cinz_expm1d4_u10avx>,
    .sin = unary<Lanes4, Sleef_cinz_sind4_u10avx>,
    .cos = unary<Lanes4, Sleef_cinz_cosd4_u10avx>,
    .tan = unary<Lanes4, Sleef_cinz_tand4_u10avx>,
    .asin = unary<Lanes4, Sleef_cinz_asind4_u10avx>,
    .acos = unary<Lanes4, Sleef_cinz_acosd4_u10avx>,
    .atan = unary<Lanes4, Sleef_cinz_atand4_u10avx>,
    .sinh = unary<Lanes4, Sleef_cinz_sinhd4_u10avx>,
    .cosh = unary<Lanes4, Sleef_cinz_coshd4_u10avx>,
    .asinh = unary<Lanes4, Sleef_cinz_asinhd4_u10avx>,
    .acosh = unary<Lanes4, Sleef_cinz_acoshd4_u10avx>,
    .atanh = unary<Lanes4, Sleef_cinz_atanhd4_u10avx>,
    .sigmoid = sigmoid<Lanes4, Sleef_cinz_expd4_u10avx>,
    .pow = binary<Lanes4, Sleef_cinz_powd4_u10avx>,
    .atan2 = binary<Lanes4, Sleef_cinz_atan2d4_u10avx>,
};

}  // namespace featc

#endif
