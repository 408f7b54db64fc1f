// SPDX-License-Identifier: Apache-2.0
// Loops over arrays of 64-bit numbers that wider vectors make faster, in every instruction set that this machine runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace featc {

// All sets give the same bits. Arrays need no alignment but their elements', nor padding; `out` overlaps no other one.
struct ArrayLoops {
  const char* instructions = nullptr;
  // out[i] = combineHashes(left, right[i]), and combineHashes(left[i], right).
  void (*combineOneWith)(int64_t left, const int64_t* right, int64_t* out, size_t n) = nullptr;
  void (*combineWithOne)(const int64_t* left, int64_t right, int64_t* out, size_t n) = nullptr;
  // out[i] = makeId(slot, payloads[i]).
  void (*ids)(uint32_t slot, const int64_t* payloads, uint64_t* out, size_t n) = nullptr;
  // values[i] = 0 where bit i of `valid` is not set.
  void (*clearMissing)(const uint8_t* valid, int64_t* values, size_t n) = nullptr;
  // Bit i of `found`: whether values[i] is among the keys, of which there should be at most mostKeys. Bits behind the
  // last are zero.
  void (*findInts)(const int64_t* keys, size_t count, const int64_t* values, uint8_t* found, size_t n) = nullptr;
  size_t mostKeys = 0;
  // places[i]: which of the keys, all different, values[i] is; -1: none.
  void (*findPlaces)(const int64_t* keys, size_t count, const int64_t* values, int64_t* places, size_t n) = nullptr;
  // Of n + 1 offsets, which may lie at any address: whether one is less than the one before; the largest difference of
  // two neighbours, none of which is negative; the offsets counted from the first, of which all fit.
  bool (*descend)(const char* offsets, size_t n) = nullptr;
  int64_t (*longest)(const char* offsets, size_t n) = nullptr;
  void (*narrow)(const char* offsets, uint32_t* out, size_t n) = nullptr;
};

// Those that this machine can run, the widest vectors last.
std::span<const ArrayLoops* const> allArrayLoops();
// The last of them.
const ArrayLoops& arrayLoops();

#if defined(__x86_64__)
extern const ArrayLoops kAvx2Loops;
extern const ArrayLoops kAvx512Loops;
#endif

}  // namespace featc
