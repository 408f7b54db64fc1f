// SPDX-License-Identifier: Apache-2.0
// What rivals need to read their input. Static, as in xxh3.h.
#pragma once

#include <sleef.h>

#include <cmath>

#include "bench/handwritten/columns.h"
#include "bench/handwritten/xxh3.h"

namespace featc::bench {

namespace {

inline bool isSet(const uint8_t* bits, int64_t r) { return (bits[r >> 3] >> (r & 7) & 1) != 0; }
inline int64_t sizeAt(const Texts& texts, int64_t r) { return texts.offsets[r + 1] - texts.offsets[r]; }
inline const char* textAt(const Texts& texts, int64_t r) { return texts.bytes + texts.offsets[r]; }
inline uint64_t hashAt(const Texts& texts, int64_t r) { return hashText(textAt(texts, r), sizeAt(texts, r)); }
inline bool sameText(const Texts& a, int64_t i, const Texts& b, int64_t k) {
  int64_t size = sizeAt(a, i);
  return size == sizeAt(b, k) && __builtin_memcmp(textAt(a, i), textAt(b, k), static_cast<size_t>(size)) == 0;
}

// A hash that may be missing.
struct MaybeHash {
  bool present = false;
  uint64_t hash = 0;
};

template <class T, size_t n>
inline uint64_t bandOf(T x, const T (&boundaries)[n]) {
  uint64_t band = 0;
  for (T boundary : boundaries) band += x >= boundary ? 1 : 0;
  return band;
}

inline float denseOf(bool present, double x, float otherwise) {
  auto narrow = static_cast<float>(x);
  return present && std::isfinite(narrow) ? narrow : otherwise;
}

[[maybe_unused]] inline MaybeHash hashOne(const Texts& text) {
  return isSet(text.valid, 0) ? MaybeHash{true, hashAt(text, 0)} : MaybeHash();
}
[[maybe_unused]] inline MaybeHash combineBoth(MaybeHash a, MaybeHash b) {
  return {a.present && b.present, combine(a.hash, b.hash)};
}

inline char lowerOf(char c) { return static_cast<char>(c + (c >= 'A' && c <= 'Z' ? 32 : 0)); }

}  // namespace

}  // namespace featc::bench
