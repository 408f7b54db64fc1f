// SPDX-License-Identifier: Apache-2.0
// The expert's building blocks in AVX-512: eight rows at a time.
#pragma once

#include <immintrin.h>

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
    return static_cast<uint64_t>(__builtin_popcount(
        _mm512_cmp_pd_mask(_mm512_set1_pd(x), _mm512_loadu_pd(boundaries), _CMP_GE_OQ)));
  }
};

}  // namespace
