// SPDX-License-Identifier: Apache-2.0
// The elementary functions in AVX-512: vectors of eight; compiled with -mavx512f.
#if defined(__x86_64__)

#include <sleef.h>

#include "ops/vector_math_lanes.h"

namespace featc {

const VectorMath kAvx512Math = {
    .instructions = "avx512f",
    .exp = unary<Lanes8, Sleef_cinz_expd8_u10avx512fnofma>,
    .log = unary<Lanes8, Sleef_cinz_logd8_u10avx512fnofma>,
    .log2 = unary<Lanes8, Sleef_cinz_log2d8_u10avx512fnofma>,
    .log10 = unary<Lanes8, Sleef_cinz_log10d8_u10avx512fnofma>,
    .log1p = unary<Lanes8, Sleef_cinz_log1pd8_u10avx512fnofma>,
    .tanh = unary<Lanes8, Sleef_cinz_tanhd8_u10avx512fnofma>,
    .sigmoid = sigmoid<Lanes8, Sleef_cinz_expd8_u10avx512fnofma>,
    .pow = binary<Lanes8, Sleef_cinz_powd8_u10avx512fnofma>,
};

}  // namespace featc

#endif
