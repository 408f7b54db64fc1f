// SPDX-License-Identifier: Apache-2.0
// The elementary functions in AVX: vectors of four; compiled with -mavx.
#if defined(__x86_64__)

#include <sleef.h>

#include "ops/vector_math_lanes.h"

namespace featc {

const VectorMath kAvxMath = {
    .instructions = "avx",
    .exp = unary<Lanes4, Sleef_cinz_expd4_u10avx>,
    .log = unary<Lanes4, Sleef_cinz_logd4_u10avx>,
    .log2 = unary<Lanes4, Sleef_cinz_log2d4_u10avx>,
    .log10 = unary<Lanes4, Sleef_cinz_log10d4_u10avx>,
    .log1p = unary<Lanes4, Sleef_cinz_log1pd4_u10avx>,
    .tanh = unary<Lanes4, Sleef_cinz_tanhd4_u10avx>,
    .sigmoid = sigmoid<Lanes4, Sleef_cinz_expd4_u10avx>,
    .pow = binary<Lanes4, Sleef_cinz_powd4_u10avx>,
};

}  // namespace featc

#endif
