// SPDX-License-Identifier: Apache-2.0
// The elementary functions in AVX-512: vectors of eight; compiled with -mavx512f.
#if defined(__x86_64__)

#include <sleef.h>

#include "ops/library/vector_math_lanes.h"

namespace featc {

const VectorMath kAvx512Math = {
    .instructions = "avx512f",
    .exp = unary<Lanes8, Sleef_cinz_expd8_u10avx512fnofma>,
    .log = unary<Lanes8, Sleef_cinz_logd8_u10avx512fnofma>,
    .log2 = unary<Lanes8, Sleef_cinz_log2d8_u10avx512fnofma>,
    .log10 = unary<Lanes8, Sleef_cinz_log10d8_u10avx512fnofma>,
    .log1p = unary<Lanes8, Sleef_cinz_log1pd8_u10avx512fnofma>,
    .tanh = unary<Lanes8, Sleef_cinz_tanhd8_u10avx512fnofma>,
    .expm1 = unary<Lanes8, Sleef_cinz_expm1d8_u10avx512fnofma>,
    .sin = unary<Lanes8, Sleef_cinz_sind8_u10avx512fnofma>,
    .cos = unary<Lanes8, Sleef_cinz_cosd8_u10avx512fnofma>,
    .tan = unary<Lanes8, Sleef_cinz_tand8_u10avx512fnofma>,
    .asin = unary<Lanes8, Sleef_cinz_asind8_u10avx512fnofma>,
    .acos = unary<Lanes8, Sleef_cinz_acosd8_u10avx512fnofma>,
    .atan = unary<Lanes8, Sleef_cinz_atand8_u10avx512fnofma>,
    .sinh = unary<Lanes8, Sleef_cinz_sinhd8_u10avx512fnofma>,
    .cosh = unary<Lanes8, Sleef_cinz_coshd8_u10avx512fnofma>,
    .asinh = unary<Lanes8, Sleef_cinz_asinhd8_u10avx512fnofma>,
    .acosh = unary<Lanes8, Sleef_cinz_acoshd8_u10avx512fnofma>,
    .atanh = unary<Lanes8, Sleef_cinz_atanhd8_u10avx512fnofma>,
    .sigmoid = sigmoid<Lanes8, Sleef_cinz_expd8_u10avx512fnofma>,
    .pow = binary<Lanes8, Sleef_cinz_powd8_u10avx512fnofma>,
    .atan2 = binary<Lanes8, Sleef_cinz_atan2d8_u10avx512fnofma>,
};

}  // namespace featc

#endif
