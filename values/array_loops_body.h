// SPDX-License-Identifier: Apache-2.0
// The loops, for the files that each compile them for one instruction set. All of it has internal linkage, and calls
// nothing that has not: a linker would keep one instruction set's function for all.
#pragma once

#include <cstring>

#include "values/array_loops.h"
#include "values/hash.h"

namespace featc::array_loops {
namespace {  // NOLINT(google-build-namespaces): see above

constexpr uint64_t joined(uint64_t left, uint64_t right) {
  uint64_t x = left * 0x9E3779B97F4A7C15U + right;
  x ^= x >> 32U;
  x *= 0xD6E8FEB86659FD93U;
  return x ^ x >> 32U;
}
static_assert(joined(0x123456789, 0xFEDCBA987654) == combineHashes(0x123456789, 0xFEDCBA987654));

void combineOneWith(int64_t left, const int64_t* __restrict right, int64_t* __restrict out, size_t n) {
  for (size_t i = 0; i < n; ++i)
    out[i] = static_cast<int64_t>(joined(static_cast<uint64_t>(left), static_cast<uint64_t>(right[i])));
}
void combineWithOne(const int64_t* __restrict left, int64_t right, int64_t* __restrict out, size_t n) {
  for (size_t i = 0; i < n; ++i)
    out[i] = static_cast<int64_t>(joined(static_cast<uint64_t>(left[i]), static_cast<uint64_t>(right)));
}

void ids(uint32_t slot, const int64_t* __restrict payloads, uint64_t* __restrict out, size_t n) {
  const uint64_t high = uint64_t{slot} << kPayloadBits;
  for (size_t i = 0; i < n; ++i) out[i] = high | (static_cast<uint64_t>(payloads[i]) & kPayloadMask);
}

void clearMissing(const uint8_t* __restrict valid, int64_t* __restrict values, size_t n) {
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const auto bits = static_cast<uint64_t>(valid[i / 8]);
    for (size_t k = 0; k < 8; ++k) values[i + k] &= -static_cast<int64_t>(bits >> k & 1U);
  }
  for (; i < n; ++i) values[i] &= -static_cast<int64_t>(uint64_t{valid[i / 8]} >> (i % 8) & 1U);
}

// `lanes` values at a time, so many groups of eight that their comparisons do not wait for each other.
template <size_t lanes>
void findAmong(const int64_t* keys, size_t count, const int64_t* values, uint8_t* found) {
  int64_t hits[lanes] = {};
  for (size_t k = 0; k < count; ++k) {
    const int64_t key = keys[k];
    for (size_t i = 0; i < lanes; ++i) hits[i] |= values[i] == key ? -1 : 0;
  }
  for (size_t i = 0; i < lanes; i += 8) {
    constexpr int64_t kBits[8] = {1, 2, 4, 8, 16, 32, 64, 128};
    int64_t bits = 0;
    for (size_t k = 0; k < 8; ++k) bits |= hits[i + k] & kBits[k];
    found[i / 8] = static_cast<uint8_t>(bits);
  }
}
void findInts(const int64_t* keys, size_t count, const int64_t* values, uint8_t* found, size_t n) {
  constexpr size_t kLanes = 32;
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) findAmong<kLanes>(keys, count, values + i, found + i / 8);
  for (; i < n; i += 8) {
    int64_t group[8] = {};
    const size_t rows = n - i < 8 ? n - i : 8;
    std::memcpy(group, values + i, rows * sizeof(int64_t));
    findAmong<8>(keys, count, group, found + i / 8);
    found[i / 8] = static_cast<uint8_t>(found[i / 8] & ((1U << rows) - 1));
  }
}

template <size_t lanes>
void placesAmong(const int64_t* keys, size_t count, const int64_t* values, int64_t* out) {
  int64_t places[lanes];
  for (size_t i = 0; i < lanes; ++i) places[i] = -1;
  for (size_t k = 0; k < count; ++k) {
    const int64_t key = keys[k];
    for (size_t i = 0; i < lanes; ++i) places[i] = values[i] == key ? static_cast<int64_t>(k) : places[i];
  }
  std::memcpy(out, places, sizeof places);
}
void findPlaces(const int64_t* keys, size_t count, const int64_t* values, int64_t* places, size_t n) {
  constexpr size_t kLanes = 32;
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) placesAmong<kLanes>(keys, count, values + i, places + i);
  for (; i < n; i += 8) {
    int64_t group[8] = {};
    int64_t out[8];
    const size_t bytes = (n - i < 8 ? n - i : 8) * sizeof(int64_t);
    std::memcpy(group, values + i, bytes);
    placesAmong<8>(keys, count, group, out);
    std::memcpy(places + i, out, bytes);
  }
}

int64_t offsetAt(const char* offsets, size_t i) {
  int64_t offset;
  std::memcpy(&offset, offsets + i * sizeof offset, sizeof offset);
  return offset;
}
bool descend(const char* offsets, size_t n) {
  int64_t any = 0;
  for (size_t i = 0; i < n; ++i) any |= offsetAt(offsets, i + 1) < offsetAt(offsets, i) ? 1 : 0;
  return any != 0;
}
int64_t longest(const char* offsets, size_t n) {
  int64_t most = 0;
  for (size_t i = 0; i < n; ++i) {
    const int64_t size = offsetAt(offsets, i + 1) - offsetAt(offsets, i);
    most = size > most ? size : most;
  }
  return most;
}
void narrow(const char* offsets, uint32_t* __restrict out, size_t n) {
  const auto first = static_cast<uint32_t>(static_cast<uint64_t>(offsetAt(offsets, 0)));
  for (size_t i = 0; i <= n; ++i) out[i] = static_cast<uint32_t>(static_cast<uint64_t>(offsetAt(offsets, i))) - first;
}

constexpr ArrayLoops loopsOf(const char* instructions, size_t mostKeys) {
  return {.instructions = instructions,
          .combineOneWith = combineOneWith,
          .combineWithOne = combineWithOne,
          .ids = ids,
          .clearMissing = clearMissing,
          .findInts = findInts,
          .mostKeys = mostKeys,
          .findPlaces = findPlaces,
          .descend = descend,
          .longest = longest,
          .narrow = narrow};
}

}  // namespace
}  // namespace featc::array_loops
