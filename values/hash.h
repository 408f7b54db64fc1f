// SPDX-License-Identifier: Apache-2.0
// The 64-bit hashes behind ids. Formulas are frozen in docs/ids.md: changing one is a new
// semantics version.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "values/cell.h"

namespace featc {

enum class HashFamily : uint8_t { Xxh3, Farm, Murmur3 };

std::string_view hashFamilyName(HashFamily family);  // `xxh3`
std::optional<HashFamily> parseHashFamily(std::string_view name);

// Of the raw bytes: XXH3-64 with seed 0, FarmHash Fingerprint64, or the low 64 bits of
// MurmurHash3 x64_128 with seed 0.
uint64_t hashBytes(HashFamily family, std::string_view bytes);
// Of an integer's 8 little-endian bytes.
uint64_t hashInt(HashFamily family, int64_t value);
// Of a finite float's 8 little-endian bytes; -0 hashes as 0.
uint64_t hashFloat(HashFamily family, double value);

// The same of many values.
void hashStrings(HashFamily family, std::span<const Str> texts, int64_t* hashes);
// The same of strings that lie one behind the other: string i has bytes offsets[i] to before offsets[i + 1].
void hashStrings(HashFamily family, const char* bytes, std::span<const uint32_t> offsets, int64_t* hashes);
void hashInts(HashFamily family, std::span<const int64_t> values, int64_t* hashes);

// How `cross` joins the hash of what came before with the next one. Not symmetric.
constexpr uint64_t combineHashes(uint64_t left, uint64_t right) {
  uint64_t x = left * 0x9E3779B97F4A7C15U + right;
  x ^= x >> 32U;
  x *= 0xD6E8FEB86659FD93U;
  return x ^ x >> 32U;
}

// -- Ids ----------------------------------------------------------------------------------------

inline constexpr unsigned kPayloadBits = 44;
inline constexpr uint64_t kPayloadMask = (uint64_t{1} << kPayloadBits) - 1;
inline constexpr uint32_t kMaxSlot = (1U << 20U) - 1;

// [ slot: 20 bits ][ payload: 44 bits ]; a payload beyond 44 bits is cut to its low ones.
constexpr uint64_t makeId(uint32_t slot, int64_t payload) {
  return uint64_t{slot} << kPayloadBits | (static_cast<uint64_t>(payload) & kPayloadMask);
}
constexpr uint32_t slotOf(uint64_t id) { return static_cast<uint32_t>(id >> kPayloadBits); }
constexpr uint64_t payloadOf(uint64_t id) { return id & kPayloadMask; }
constexpr bool losesBits(int64_t payload) { return (static_cast<uint64_t>(payload) >> kPayloadBits) != 0; }

}  // namespace featc
