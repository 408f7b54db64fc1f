// SPDX-License-Identifier: Apache-2.0
// The three families of 64-bit hashes.
#include "ops/hash.h"

#include <bit>
#include <cstring>

#define XXH_INLINE_ALL
#include <farmhash.h>
#include <murmurhash.h>
#include <xxhash.h>

namespace featc {

static_assert(std::endian::native == std::endian::little, "hashes are over little-endian bytes");

std::string_view hashFamilyName(HashFamily family) {
  switch (family) {
    case HashFamily::Xxh3: return "xxh3";
    case HashFamily::Farm: return "farm";
    case HashFamily::Murmur3: break;
  }
  return "murmur3";
}

std::optional<HashFamily> parseHashFamily(std::string_view name) {
  for (HashFamily family : {HashFamily::Xxh3, HashFamily::Farm, HashFamily::Murmur3})
    if (hashFamilyName(family) == name) return family;
  return std::nullopt;
}

uint64_t hashBytes(HashFamily family, std::string_view bytes) {
  switch (family) {
    case HashFamily::Xxh3: return XXH3_64bits(bytes.data(), bytes.size());
    case HashFamily::Farm: return util::Fingerprint64(bytes.data(), bytes.size());
    case HashFamily::Murmur3: break;
  }
  uint64_t out[2];
  lmmh_x64_128(bytes.data(), static_cast<unsigned>(bytes.size()), 0, out);
  return out[0];
}

uint64_t hashInt(HashFamily family, int64_t value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  return hashBytes(family, {bytes, sizeof bytes});
}

uint64_t hashFloat(HashFamily family, double value) {
  return hashInt(family, std::bit_cast<int64_t>(value == 0 ? 0.0 : value));
}

}  // namespace featc
