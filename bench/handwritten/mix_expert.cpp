// SPDX-License-Identifier: Apache-2.0
// The mix as an expert would write it: rows in blocks that fit the cache; in each, every column
// hashed once; then one tight vector loop an output. Compiled once for each FEATC_ISA, AVX-512 or AVX2.
#include <cmath>

#include "bench/handwritten/lanes.h"
#include "bench/handwritten/mix_rivals.h"

namespace featc::bench {

namespace {

constexpr int64_t kBlock = 512;

struct Boundaries {
  alignas(64) double of[kMixOutputs / 4][kBoundaries]{};
  constexpr Boundaries() {
    for (uint32_t k = 0; k < kMixOutputs / 4; ++k)
      for (uint32_t b = 0; b < kBoundaries; ++b) of[k][b] = bandBoundary(k, b);
  }
};
constexpr Boundaries kBands;

// What several outputs use, for the rows of a block.
struct Shared {
  alignas(64) uint64_t text[kStrings][kBlock];
  alignas(64) uint64_t left[kInts][kBlock];  // times combine()'s first factor
  alignas(64) uint64_t right[kInts][kBlock];
  bool allFinite[kFloats];  // no row of the column is NaN or infinite, which have no band
};

// `n` is the block's rows; those past the last one up to a whole group are computed too.
void share(const MixInput& in, int64_t begin, int64_t n, Shared& shared) {
  for (uint32_t c = 0; c < kStrings; ++c) {
    const int64_t* at = in.offsets[c] + begin;
    for (int64_t r = 0; r < n; ++r) shared.text[c][r] = hashText(in.bytes[c] + at[r], at[r + 1] - at[r]);
  }
  for (uint32_t c = 0; c < kInts; ++c) {
    for (int64_t r = 0; r < n; r += Lanes::kRows) {
      Lanes::Int hash = Lanes::hash(Lanes::load(in.ints[c] + begin + r));
      Lanes::store(shared.right[c] + r, hash);
      Lanes::store(shared.left[c] + r, Lanes::times(hash, kCombine1));
    }
  }
  for (uint32_t c = 0; c < kFloats; ++c) {
    Lanes::Mask finite = Lanes::everywhere();
    for (int64_t r = 0; r < n; r += Lanes::kRows)
      finite = Lanes::both(finite, Lanes::finite(Lanes::loadFloat(in.floats[c] + begin + r)));
    shared.allFinite[c] = Lanes::holdsEverywhere(finite);
  }
}

template <bool allFinite>
void bands(const double* x, int64_t n, Lanes::Int slot, const Lanes::Bands& bands, uint64_t* out) {
  for (int64_t r = 0; r < n; r += Lanes::kRows) {
    Lanes::Float value = Lanes::loadFloat(x + r);
    Lanes::Int id = Lanes::band(slot, value, bands);
    Lanes::store(out + r, allFinite ? id : Lanes::keep(Lanes::finite(value), id));
  }
}

void block(const MixInput& in, int64_t begin, int64_t n, const Shared& shared, uint64_t* const* ids) {
  for (uint32_t k = 0; k < kMixOutputs / 4; ++k) {
    const int64_t* x = in.ints[idColumn(k)] + begin;
    uint64_t* out = ids[4 * k] + begin;
    Lanes::Int slot = Lanes::all(slotBits(mixSlot(4 * k)));
    for (int64_t r = 0; r < n; r += Lanes::kRows) Lanes::store(out + r, Lanes::id(slot, Lanes::load(x + r)));

    const uint64_t* text = shared.text[hashColumn(k)];
    out = ids[4 * k + 1] + begin;
    slot = Lanes::all(slotBits(mixSlot(4 * k + 1)));
    for (int64_t r = 0; r < n; r += Lanes::kRows) Lanes::store(out + r, Lanes::id(slot, Lanes::load(text + r)));

    const double* y = in.floats[bandColumn(k)] + begin;
    out = ids[4 * k + 2] + begin;
    slot = Lanes::all(slotBits(mixSlot(4 * k + 2)));
    Lanes::Bands table(kBands.of[k]);
    if (shared.allFinite[bandColumn(k)])
      bands<true>(y, n, slot, table, out);
    else
      bands<false>(y, n, slot, table, out);

    const uint64_t* left = shared.left[crossLeft(k)];
    const uint64_t* right = shared.right[crossRight(k)];
    out = ids[4 * k + 3] + begin;
    slot = Lanes::all(slotBits(mixSlot(4 * k + 3)));
    for (int64_t r = 0; r < n; r += Lanes::kRows)
      Lanes::store(out + r, Lanes::crossId(slot, Lanes::load(left + r), Lanes::load(right + r)));
  }
}

// One row: a vector an output would be mostly empty, so only the hashes are computed in lanes.
void oneRow(const MixInput& in, uint64_t* const* ids) {
  uint64_t text[kStrings];
  for (uint32_t c = 0; c < kStrings; ++c)
    text[c] = hashText(in.bytes[c] + in.offsets[c][0], in.offsets[c][1] - in.offsets[c][0]);
  static_assert(kInts % Lanes::kRows == 0 || kInts < 24);
  alignas(64) int64_t x[24] = {};
  alignas(64) uint64_t left[24];
  alignas(64) uint64_t right[24];
  for (uint32_t c = 0; c < kInts; ++c) x[c] = in.ints[c][0];
  for (int64_t c = 0; c < 24; c += Lanes::kRows) {
    Lanes::Int hash = Lanes::hash(Lanes::load(x + c));
    Lanes::store(right + c, hash);
    Lanes::store(left + c, Lanes::times(hash, kCombine1));
  }
  for (uint32_t k = 0; k < kMixOutputs / 4; ++k) {
    uint32_t i = 4 * k;
    ids[i][0] = idOf(mixSlot(i), static_cast<uint64_t>(x[idColumn(k)]));
    ids[i + 1][0] = idOf(mixSlot(i + 1), text[hashColumn(k)]);
    double y = in.floats[bandColumn(k)][0];
    ids[i + 2][0] = std::isfinite(y) ? slotBits(mixSlot(i + 2)) | Lanes::bandOfOne(y, kBands.of[k]) : 0;
    uint64_t joined = left[crossLeft(k)] + right[crossRight(k)];
    joined = (joined ^ joined >> 32U) * kCombine2;
    ids[i + 3][0] = idOf(mixSlot(i + 3), joined ^ joined >> 32U);
  }
}

}  // namespace

#define FEATC_JOIN_(a, b) a##b
#define FEATC_JOIN(a, b) FEATC_JOIN_(a, b)
void FEATC_JOIN(mixExpert, FEATC_ISA)(const MixInput& in, uint64_t* const* ids) {
  if (in.rows == 1) return oneRow(in, ids);
  Shared shared;
  for (int64_t begin = 0; begin < in.rows; begin += kBlock) {
    int64_t n = in.rows - begin < kBlock ? in.rows - begin : kBlock;
    share(in, begin, n, shared);
    block(in, begin, n, shared, ids);
  }
}

}  // namespace featc::bench
