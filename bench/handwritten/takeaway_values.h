// SPDX-License-Identifier: Apache-2.0
// What both takeaway rivals need to read their input. Static, as in xxh3.h.
#pragma once

#include <sleef.h>

#include <cmath>

#include "bench/handwritten/takeaway_rivals.h"
#include "bench/handwritten/xxh3.h"

namespace featc::bench {

namespace {

inline bool isSet(const uint8_t* bits, int64_t r) { return (bits[r >> 3] >> (r & 7) & 1) != 0; }
inline uint64_t hashAt(const Texts& texts, int64_t r) {
  return hashText(texts.bytes + texts.offsets[r], texts.offsets[r + 1] - texts.offsets[r]);
}
inline bool sameText(const Texts& a, int64_t i, const Texts& b, int64_t k) {
  int64_t size = a.offsets[i + 1] - a.offsets[i];
  return size == b.offsets[k + 1] - b.offsets[k] &&
         __builtin_memcmp(a.bytes + a.offsets[i], b.bytes + b.offsets[k], static_cast<size_t>(size)) == 0;
}

// A hash that may be missing.
struct MaybeHash {
  bool present = false;
  uint64_t hash = 0;
};

constexpr int64_t kAges[] = {18, 25, 35, 50};
constexpr double kKms[] = {0.5, 1, 2, 3, 5};
constexpr double kCosts[] = {10, 20, 30, 45, 60, 90};
constexpr double kCtrs[] = {0.01, 0.03, 0.05, 0.1, 0.2};
constexpr int64_t kViews[] = {100, 1000, 5000, 10000};
constexpr int64_t kRecencies[] = {3600, 86400, 604800};
constexpr int64_t kSequenceLength = 50;

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

// The hash of the query in lower case; of a short one without allocating.
inline MaybeHash hashLower(const Texts& text) {
  if (!isSet(text.valid, 0)) return {};
  int64_t size = text.offsets[1] - text.offsets[0];
  const char* from = text.bytes + text.offsets[0];
  auto change = [&](char* to) {
    for (int64_t i = 0; i < size; ++i) to[i] = static_cast<char>(from[i] + (from[i] >= 'A' && from[i] <= 'Z' ? 32 : 0));
    return hashText(to, size);
  };
  char small[256];
  if (size <= static_cast<int64_t>(sizeof small)) return {true, change(small)};
  char* large = new char[static_cast<size_t>(size)];
  MaybeHash hash{true, change(large)};
  delete[] large;
  return hash;
}
inline MaybeHash hashOne(const Texts& text) {
  return isSet(text.valid, 0) ? MaybeHash{true, hashAt(text, 0)} : MaybeHash();
}
inline MaybeHash hashAgeBand(const TakeawayInput& in) {
  if (!isSet(in.age.valid, 0)) return {};
  return {true, hashNumber(static_cast<int64_t>(bandOf(in.age.values[0], kAges)))};
}
inline MaybeHash combineBoth(MaybeHash a, MaybeHash b) { return {a.present && b.present, combine(a.hash, b.hash)}; }

}  // namespace

}  // namespace featc::bench
