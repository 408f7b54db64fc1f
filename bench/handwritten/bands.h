// SPDX-License-Identifier: Apache-2.0
// Bands of numbers in vectors, and their hashes, for the expert's rivals of real configs.
#pragma once

#include "bench/handwritten/lanes.h"
#include "bench/handwritten/values.h"

namespace featc::bench {

namespace {

// How many of a few boundaries are <= x.
template <class T, size_t n>
Lanes::Int bandsOf(auto x, const T (&boundaries)[n]) {
  Lanes::Int band = Lanes::all(0);
  for (T boundary : boundaries) band = Lanes::addOne(Lanes::atLeast(x, boundary), band);
  return band;
}

// Hashes of 0 .. 7, where a band is crossed: left ones multiplied already.
struct BandHashes {
  alignas(64) uint64_t left[8];
  alignas(64) uint64_t right[8];
  BandHashes() {
    for (int64_t band = 0; band < 8; ++band) {
      right[band] = hashNumber(band);
      left[band] = right[band] * kCombine1;
    }
  }
};

}  // namespace

}  // namespace featc::bench
