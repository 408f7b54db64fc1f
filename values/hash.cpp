// SPDX-License-Identifier: Apache-2.0
// The three families of 64-bit hashes.
#include "values/hash.h"

#include <bit>
#include <cstring>

#define XXH_INLINE_ALL
#include <farmhash.h>
#include <murmurhash.h>
#include <xxhash.h>

namespace featc {

namespace {

// The families with their functions inline, for loops that choose one once.
template <HashFamily family>
uint64_t hashOf(const char* bytes, size_t size) {
  if (size == 0) bytes = "";  // no function may be given null
  if constexpr (family == HashFamily::Xxh3) {
    return XXH3_64bits(bytes, size);
  } else if constexpr (family == HashFamily::Farm) {
    return util::Fingerprint64(bytes, size);
  } else {
    uint64_t out[2];
    lmmh_x64_128(bytes, static_cast<unsigned>(size), 0, out);
    return out[0];
  }
}

template <class F>
decltype(auto) withFamily(HashFamily family, F&& f) {
  switch (family) {
    case HashFamily::Xxh3: return f.template operator()<HashFamily::Xxh3>();
    case HashFamily::Farm: return f.template operator()<HashFamily::Farm>();
    case HashFamily::Murmur3: break;
  }
  return f.template operator()<HashFamily::Murmur3>();
}

}  // namespace

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
  return withFamily(family, [&]<HashFamily f>() { return hashOf<f>(bytes.data(), bytes.size()); });
}

uint64_t hashInt(HashFamily family, int64_t value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  return hashBytes(family, {bytes, sizeof bytes});
}

void hashStrings(HashFamily family, std::span<const Str> texts, int64_t* hashes) {
  withFamily(family, [&]<HashFamily f>() {
    for (size_t i = 0; i < texts.size(); ++i) hashes[i] = static_cast<int64_t>(hashOf<f>(texts[i].data, texts[i].size));
  });
}

void hashStrings(HashFamily family, const char* bytes, std::span<const uint32_t> offsets, int64_t* hashes) {
  withFamily(family, [&]<HashFamily f>() {
    for (size_t i = 0; i + 1 < offsets.size(); ++i)
      hashes[i] = static_cast<int64_t>(hashOf<f>(bytes + offsets[i], offsets[i + 1] - offsets[i]));
  });
}

void hashInts(HashFamily family, std::span<const int64_t> values, int64_t* hashes) {
  withFamily(family, [&]<HashFamily f>() {
    for (size_t i = 0; i < values.size(); ++i) {
      char bytes[sizeof(int64_t)];
      std::memcpy(bytes, &values[i], sizeof bytes);
      hashes[i] = static_cast<int64_t>(hashOf<f>(bytes, sizeof bytes));
    }
  });
}

uint64_t hashFloat(HashFamily family, double value) {
  return hashInt(family, std::bit_cast<int64_t>(value == 0 ? 0.0 : value));
}

}  // namespace featc
