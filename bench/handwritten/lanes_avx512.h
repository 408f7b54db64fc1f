// SPDX-License-Identifier: Apache-2.0
// The expert's building blocks in AVX-512: eight rows at a time.
#pragma once

#include <immintrin.h>

#include <sleef.h>

#include "bench/handwritten/xxh3.h"

namespace {

struct Lanes {
  using Int = __m512i;
  using Float = __m512d;
  static constexpr int64_t kRows = 8;

  static Int all(uint64_t x) { return _mm512_set1_epi64(static_cast<int64_t>(x)); }
  static Int load(const void* p) { return _mm512_loadu_si512(p); }
  static Float loadFloat(const double* p) { return _mm512_loadu_pd(p); }
  static void store(void* p, Int x) { _mm512_storeu_si512(p, x); }

  // slot | (x & payload), in one instruction.
  static Int id(Int slot, Int x) { return _mm512_ternarylogic_epi64(slot, x, all(kPayload), 0xF8); }

  static Int times(Int x, uint64_t constant) { return _mm512_mullo_epi64(x, all(constant)); }

  static Int hash(Int x) {
    x = _mm512_xor_si512(_mm512_rol_epi64(x, 32), all(0x1CAD21F72C81017CU ^ 0xDB979083E96DD4DEU));
    x = _mm512_ternarylogic_epi64(x, _mm512_rol_epi64(x, 49), _mm512_rol_epi64(x, 24), 0x96);
    x = times(x, 0x9FB21C651E98DF25U);
    x = _mm512_xor_si512(x, _mm512_add_epi64(_mm512_srli_epi64(x, 35), all(8)));
    x = times(x, 0x9FB21C651E98DF25U);
    return _mm512_xor_si512(x, _mm512_srli_epi64(x, 28));
  }

  // combine() of `left`, which is multiplied already, and `right`, without its last step, which
  // crossId does together with the mask.
  static Int join(Int left, Int right) {
    Int x = _mm512_add_epi64(left, right);
    return times(_mm512_xor_si512(x, _mm512_srli_epi64(x, 32)), kCombine2);
  }
  static Int finish(Int joined) { return _mm512_xor_si512(joined, _mm512_srli_epi64(joined, 32)); }
  static Int crossId(Int slot, Int left, Int right) { return id(slot, finish(join(left, right))); }

  // Eight ascending boundaries, ready to compare with: all in one register to look up, and the two
  // that every search meets.
  struct Bands {
    Float table;
    Float middle;
    Float last;
    explicit Bands(const double* boundaries)
        : table(_mm512_loadu_pd(boundaries)),
          middle(_mm512_set1_pd(boundaries[3])),
          last(_mm512_set1_pd(boundaries[7])) {}
  };
  // base + how many boundaries are <= x: a binary search by permutation.
  static Int band(Int base, Float x, const Bands& bands) {
    Int at = _mm512_mask_mov_epi64(all(1), _mm512_cmp_pd_mask(x, bands.middle, _CMP_GE_OQ), all(5));
    Float probe = _mm512_permutexvar_pd(at, bands.table);
    at = _mm512_mask_add_epi64(at, _mm512_cmp_pd_mask(x, probe, _CMP_GE_OQ), at, all(2));
    at = _mm512_sub_epi64(at, all(1));
    probe = _mm512_permutexvar_pd(at, bands.table);
    at = _mm512_add_epi64(at, base);
    at = _mm512_mask_add_epi64(at, _mm512_cmp_pd_mask(x, probe, _CMP_GE_OQ), at, all(1));
    return _mm512_mask_add_epi64(at, _mm512_cmp_pd_mask(x, bands.last, _CMP_GE_OQ), at, all(1));
  }
  // The same for one row: all boundaries at once.
  static uint64_t bandOfOne(double x, const double* boundaries) {
    return static_cast<uint64_t>(
        __builtin_popcount(_mm512_cmp_pd_mask(_mm512_set1_pd(x), _mm512_loadu_pd(boundaries), _CMP_GE_OQ)));
  }

  // -- Missing values, and what the takeaway config needs besides -----------------------------------

  using Mask = __mmask8;

  // Rows r .. r + 7 of a bitmap, r a multiple of 8.
  static Mask presentAt(const uint8_t* bits, int64_t r) { return bits[r >> 3]; }
  static Mask both(Mask a, Mask b) { return a & b; }
  static Int keep(Mask mask, Int x) { return _mm512_maskz_mov_epi64(mask, x); }
  static Int addOne(Mask mask, Int x) { return _mm512_mask_add_epi64(x, mask, x, all(1)); }
  static Mask everywhere() { return 0xFF; }
  static bool holdsEverywhere(Mask mask) { return mask == 0xFF; }
  static Mask invert(Mask mask) { return static_cast<Mask>(~mask); }
  // The lanes of `mask` that do not equal c.
  static Mask butEqual(Mask mask, Int x, int64_t c) {
    return _mm512_mask_cmpneq_epi64_mask(mask, x, _mm512_set1_epi64(c));
  }
  static Mask atLeast(Int x, int64_t bound) { return _mm512_cmpge_epi64_mask(x, _mm512_set1_epi64(bound)); }
  static Mask atLeast(Float x, double bound) { return _mm512_cmp_pd_mask(x, _mm512_set1_pd(bound), _CMP_GE_OQ); }
  static Mask below(Float x, double bound) { return _mm512_cmp_pd_mask(x, _mm512_set1_pd(bound), _CMP_LT_OQ); }
  static Mask finite(Float x) {
    return _mm512_cmp_pd_mask(_mm512_abs_pd(x), _mm512_set1_pd(__builtin_inf()), _CMP_LT_OQ);
  }
  static Int plus(Int x, uint64_t c) { return _mm512_add_epi64(x, all(c)); }
  static Float allFloat(double x) { return _mm512_set1_pd(x); }
  static Float multiply(Float a, Float b) { return _mm512_mul_pd(a, b); }
  static Float subtract(Float a, Float b) { return _mm512_sub_pd(a, b); }
  static Float absolute(Float x) { return _mm512_abs_pd(x); }
  static Mask equal(Int a, Int b) { return _mm512_cmpeq_epi64_mask(a, b); }
  static Float divide(Float a, Float b) { return _mm512_div_pd(a, b); }
  static Float divide(Float a, double b) { return _mm512_div_pd(a, _mm512_set1_pd(b)); }
  static Float toFloat(Int x) { return _mm512_cvtepi64_pd(x); }
  static Float log1p(Float x) { return Sleef_cinz_log1pd8_u10avx512fnofma(x); }
  // table[index], index within 0 .. 7.
  static Int pick(const uint64_t* table, Int index) {
    return _mm512_permutexvar_epi64(index, _mm512_loadu_si512(table));
  }
  static void storeDense(float* to, Mask present, Float x, float otherwise) {
    __m256 narrow = _mm512_cvtpd_ps(x);
    __m256 size = _mm256_andnot_ps(_mm256_set1_ps(-0.0F), narrow);
    present &= _mm256_cmp_ps_mask(size, _mm256_set1_ps(__builtin_inff()), _CMP_LT_OQ);
    _mm256_storeu_ps(to, _mm256_mask_mov_ps(_mm256_set1_ps(otherwise), present, narrow));
  }
  static void storeTruth(float* to, Mask mask) { _mm256_storeu_ps(to, _mm256_maskz_mov_ps(mask, _mm256_set1_ps(1))); }
};

}  // namespace
