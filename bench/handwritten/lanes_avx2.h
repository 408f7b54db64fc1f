// SPDX-License-Identifier: Apache-2.0
// The expert's building blocks in AVX2: four rows at a time.
#pragma once

#include <immintrin.h>

#include <sleef.h>

#include "bench/handwritten/xxh3.h"

namespace {

struct Lanes {
  using Int = __m256i;
  using Float = __m256d;
  static constexpr int64_t kRows = 4;

  static Int all(uint64_t x) { return _mm256_set1_epi64x(static_cast<int64_t>(x)); }
  static Int load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static Float loadFloat(const double* p) { return _mm256_loadu_pd(p); }
  static void store(void* p, Int x) { _mm256_storeu_si256(static_cast<__m256i*>(p), x); }

  static Int id(Int slot, Int x) { return _mm256_or_si256(slot, _mm256_and_si256(x, all(kPayload))); }

  // There is no 64-bit multiplication: three of 32 bits. `high` has x's upper halves in its lower ones.
  static Int times(Int x, Int high, uint64_t constant) {
    Int low = _mm256_mul_epu32(x, all(constant & 0xFFFFFFFFU));
    Int middle = _mm256_add_epi64(_mm256_mul_epu32(high, all(constant & 0xFFFFFFFFU)),
                                  _mm256_mul_epu32(x, all(constant >> 32U)));
    return _mm256_add_epi64(low, _mm256_slli_epi64(middle, 32));
  }
  static Int times(Int x, uint64_t constant) { return times(x, _mm256_srli_epi64(x, 32), constant); }

  template <int bits>
  static Int rotate(Int x) {
    return _mm256_or_si256(_mm256_slli_epi64(x, bits), _mm256_srli_epi64(x, 64 - bits));
  }
  // Whole bytes: one shuffle.
  static Int rotate24(Int x) {
    const Int order = _mm256_setr_epi8(5, 6, 7, 0, 1, 2, 3, 4, 13, 14, 15, 8, 9, 10, 11, 12, 5, 6, 7, 0, 1, 2, 3, 4, 13,
                                       14, 15, 8, 9, 10, 11, 12);
    return _mm256_shuffle_epi8(x, order);
  }

  static Int hash(Int x) {
    x = _mm256_xor_si256(_mm256_shuffle_epi32(x, 0xB1), all(0x1CAD21F72C81017CU ^ 0xDB979083E96DD4DEU));
    x = _mm256_xor_si256(x, _mm256_xor_si256(rotate<49>(x), rotate24(x)));
    x = times(x, 0x9FB21C651E98DF25U);
    x = _mm256_xor_si256(x, _mm256_add_epi64(_mm256_srli_epi64(x, 35), all(8)));
    x = times(x, 0x9FB21C651E98DF25U);
    return _mm256_xor_si256(x, _mm256_srli_epi64(x, 28));
  }

  // combine() of `left`, which is multiplied already, and `right`, but for its last step. Its first
  // shift leaves the upper halves as they are, so that they serve the multiplication too.
  static Int join(Int left, Int right) {
    Int x = _mm256_add_epi64(left, right);
    Int high = _mm256_srli_epi64(x, 32);
    return times(_mm256_xor_si256(x, high), high, kCombine2);
  }
  static Int finish(Int joined) { return _mm256_xor_si256(joined, _mm256_srli_epi64(joined, 32)); }
  static Int crossId(Int slot, Int left, Int right) { return id(slot, finish(join(left, right))); }

  struct Bands {
    Float boundary[8];
    explicit Bands(const double* boundaries) {
      for (int b = 0; b < 8; ++b) boundary[b] = _mm256_set1_pd(boundaries[b]);
    }
  };
  // base + how many boundaries are <= x: a comparison that holds is -1.
  static Int band(Int base, Float x, const Bands& bands) {
    for (const Float& boundary : bands.boundary)
      base = _mm256_sub_epi64(base, _mm256_castpd_si256(_mm256_cmp_pd(x, boundary, _CMP_GE_OQ)));
    return base;
  }
  static uint64_t bandOfOne(double x, const double* boundaries) {
    Float v = _mm256_set1_pd(x);
    int low = _mm256_movemask_pd(_mm256_cmp_pd(v, _mm256_loadu_pd(boundaries), _CMP_GE_OQ));
    int high = _mm256_movemask_pd(_mm256_cmp_pd(v, _mm256_loadu_pd(boundaries + 4), _CMP_GE_OQ));
    return static_cast<uint64_t>(__builtin_popcount(static_cast<unsigned>(low | high << 4U)));
  }

  // -- Missing values, and what the takeaway config needs besides -----------------------------------

  using Mask = Int;  // all bits of a lane

  // Rows r .. r + 3 of a bitmap, r a multiple of 4.
  static Mask presentAt(const uint8_t* bits, int64_t r) {
    const Int lane = _mm256_setr_epi64x(1, 2, 4, 8);
    Int group = all(static_cast<uint64_t>(bits[r >> 3]) >> static_cast<unsigned>(r & 4));
    return _mm256_cmpeq_epi64(_mm256_and_si256(group, lane), lane);
  }
  static Mask both(Mask a, Mask b) { return _mm256_and_si256(a, b); }
  static Int keep(Mask mask, Int x) { return _mm256_and_si256(mask, x); }
  static Int addOne(Mask mask, Int x) { return _mm256_sub_epi64(x, mask); }
  static Mask everywhere() { return _mm256_set1_epi64x(-1); }
  static bool holdsEverywhere(Mask mask) { return _mm256_movemask_epi8(mask) == -1; }
  static Mask invert(Mask mask) { return _mm256_xor_si256(mask, everywhere()); }
  // The lanes of `mask` that do not equal c.
  static Mask butEqual(Mask mask, Int x, int64_t c) {
    return _mm256_andnot_si256(_mm256_cmpeq_epi64(x, _mm256_set1_epi64x(c)), mask);
  }
  // Boundaries are far from the least integer.
  static Mask atLeast(Int x, int64_t bound) { return _mm256_cmpgt_epi64(x, _mm256_set1_epi64x(bound - 1)); }
  static Mask atLeast(Float x, double bound) {
    return _mm256_castpd_si256(_mm256_cmp_pd(x, _mm256_set1_pd(bound), _CMP_GE_OQ));
  }
  static Mask below(Float x, double bound) {
    return _mm256_castpd_si256(_mm256_cmp_pd(x, _mm256_set1_pd(bound), _CMP_LT_OQ));
  }
  static Mask finite(Float x) { return below(absolute(x), __builtin_inf()); }
  static Int plus(Int x, uint64_t c) { return _mm256_add_epi64(x, all(c)); }
  static Float allFloat(double x) { return _mm256_set1_pd(x); }
  static Float multiply(Float a, Float b) { return _mm256_mul_pd(a, b); }
  static Float subtract(Float a, Float b) { return _mm256_sub_pd(a, b); }
  static Float absolute(Float x) { return _mm256_andnot_pd(_mm256_set1_pd(-0.0), x); }
  static Mask equal(Int a, Int b) { return _mm256_cmpeq_epi64(a, b); }
  static Float divide(Float a, Float b) { return _mm256_div_pd(a, b); }
  static Float divide(Float a, double b) { return _mm256_div_pd(a, _mm256_set1_pd(b)); }
  // There is no such conversion: the halves become floats of their own that one addition joins, so
  // that the result is rounded once.
  static Float toFloat(Int x) {
    Int high = _mm256_blend_epi16(_mm256_srai_epi32(x, 16), _mm256_setzero_si256(), 0x33);
    high = _mm256_add_epi64(high, _mm256_castpd_si256(_mm256_set1_pd(442721857769029238784.)));     // 3 * 2^67
    Int low = _mm256_blend_epi16(x, _mm256_castpd_si256(_mm256_set1_pd(4503599627370496.)), 0x88);  // 2^52
    Float shifted = _mm256_sub_pd(_mm256_castsi256_pd(high), _mm256_set1_pd(442726361368656609280.));
    return _mm256_add_pd(shifted, _mm256_castsi256_pd(low));
  }
  static Float log1p(Float x) { return Sleef_cinz_log1pd4_u10avx(x); }
  // table[index], index within 0 .. 7.
  static Int pick(const uint64_t* table, Int index) {
    return _mm256_i64gather_epi64(reinterpret_cast<const long long*>(table), index, 8);
  }
  // The lower halves of four 64-bit lanes.
  static __m128 narrow(Mask mask) {
    Int order = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    return _mm_castsi128_ps(_mm256_castsi256_si128(_mm256_permutevar8x32_epi32(mask, order)));
  }
  static void storeDense(float* to, Mask present, Float x, float otherwise) {
    __m128 value = _mm256_cvtpd_ps(x);
    __m128 size = _mm_andnot_ps(_mm_set1_ps(-0.0F), value);
    __m128 good = _mm_and_ps(narrow(present), _mm_cmplt_ps(size, _mm_set1_ps(__builtin_inff())));
    _mm_storeu_ps(to, _mm_blendv_ps(_mm_set1_ps(otherwise), value, good));
  }
  static void storeTruth(float* to, Mask mask) { _mm_storeu_ps(to, _mm_and_ps(narrow(mask), _mm_set1_ps(1))); }
};

}  // namespace
