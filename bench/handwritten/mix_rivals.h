// SPDX-License-Identifier: Apache-2.0
// The mix of 1,000 outputs written by hand: what featc is measured against.
#pragma once

#include <array>
#include <cstdint>

#include "bench/mix_shape.h"

namespace featc::bench {

// The item columns of a batch, each readable for 64 bytes past its end.
struct MixInput {
  int64_t rows = 0;
  std::array<const int64_t*, kInts> ints{};
  std::array<const double*, kFloats> floats{};
  std::array<const int64_t*, kStrings> offsets{};
  std::array<const char*, kStrings> bytes{};
};

// Writes ids[output][row]; as in a featc::Result, each column has room for whole groups of 8 rows.
using MixRival = void(const MixInput& input, uint64_t* const* ids);

// `plain`: one loop an output, left to the compiler's vectorizer, for this machine or for AVX2.
// `expert`: every hash and load shared, intrinsics.
MixRival mixPlainNative, mixPlainAvx2, mixExpertAvx512, mixExpertAvx2;

}  // namespace featc::bench
