// SPDX-License-Identifier: Apache-2.0
// One plain loop an output with its constants as literals, as generated or patient hands would write
// it. Compiled in parts (FEATC_PART of FEATC_PARTS), once for each FEATC_ISA.
#include <cmath>
#include <utility>

#include "bench/handwritten/mix_rivals.h"
#include "bench/handwritten/xxh3.h"

namespace featc::bench {

namespace {

template <uint32_t i>
void output(const MixInput& in, uint64_t* __restrict ids) {
  constexpr uint32_t k = i / 4;
  constexpr uint32_t slot = mixSlot(i);
  if constexpr (mixKind(i) == MixKind::Id) {
    const int64_t* x = in.ints[idColumn(k)];
    for (int64_t r = 0; r < in.rows; ++r) ids[r] = idOf(slot, static_cast<uint64_t>(x[r]));
  } else if constexpr (mixKind(i) == MixKind::Hash) {
    const int64_t* at = in.offsets[hashColumn(k)];
    const char* bytes = in.bytes[hashColumn(k)];
    for (int64_t r = 0; r < in.rows; ++r) ids[r] = idOf(slot, hashText(bytes + at[r], at[r + 1] - at[r]));
  } else if constexpr (mixKind(i) == MixKind::Band) {
    const double* x = in.floats[bandColumn(k)];
    for (int64_t r = 0; r < in.rows; ++r) {
      uint64_t band = 0;
      for (uint32_t b = 0; b < kBoundaries; ++b) band += x[r] >= bandBoundary(k, b) ? 1 : 0;
      // Without a branch, which would keep g++ from making vectors of the loop.
      uint64_t finite = std::abs(x[r]) < __builtin_inf() ? 1 : 0;
      ids[r] = (slotBits(slot) | band) & (0 - finite);
    }
  } else {
    const int64_t* x = in.ints[crossLeft(k)];
    const int64_t* y = in.ints[crossRight(k)];
    for (int64_t r = 0; r < in.rows; ++r) ids[r] = idOf(slot, combine(hashNumber(x[r]), hashNumber(y[r])));
  }
}

constexpr uint32_t kOutputs = kMixOutputs / FEATC_PARTS;

template <uint32_t... i>
void outputs(const MixInput& in, uint64_t* const* ids, std::integer_sequence<uint32_t, i...>) {
  (output<FEATC_PART * kOutputs + i>(in, ids[FEATC_PART * kOutputs + i]), ...);
}

}  // namespace

#define FEATC_JOIN_(a, b, c) a##b##_##c
#define FEATC_JOIN(a, b, c) FEATC_JOIN_(a, b, c)
MixRival FEATC_JOIN(mixPlainPart, FEATC_ISA, FEATC_PART);
void FEATC_JOIN(mixPlainPart, FEATC_ISA, FEATC_PART)(const MixInput& in, uint64_t* const* ids) {
  outputs(in, ids, std::make_integer_sequence<uint32_t, kOutputs>());
}

}  // namespace featc::bench
