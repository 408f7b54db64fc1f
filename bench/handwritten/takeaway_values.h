// SPDX-License-Identifier: Apache-2.0
// What both takeaway rivals need to read their input. Static, as in xxh3.h.
#pragma once

#include "bench/handwritten/takeaway_rivals.h"
#include "bench/handwritten/values.h"

namespace featc::bench {

namespace {

constexpr int64_t kAges[] = {18, 25, 35, 50};
constexpr double kKms[] = {0.5, 1, 2, 3, 5};
constexpr double kCosts[] = {10, 20, 30, 45, 60, 90};
constexpr double kCtrs[] = {0.01, 0.03, 0.05, 0.1, 0.2};
constexpr int64_t kViews[] = {100, 1000, 5000, 10000};
constexpr int64_t kRecencies[] = {3600, 86400, 604800};
constexpr int64_t kSequenceLength = 50;

// The hash of the query in lower case; of a short one without allocating.
inline MaybeHash hashLower(const Texts& text) {
  if (!isSet(text.valid, 0)) return {};
  int64_t size = text.offsets[1] - text.offsets[0];
  const char* from = text.bytes + text.offsets[0];
  auto change = [&](char* to) {
    for (int64_t i = 0; i < size; ++i) to[i] = lowerOf(from[i]);
    return hashText(to, size);
  };
  char small[256];
  if (size <= static_cast<int64_t>(sizeof small)) return {true, change(small)};
  char* large = new char[static_cast<size_t>(size)];
  MaybeHash hash{true, change(large)};
  delete[] large;
  return hash;
}
inline MaybeHash hashAgeBand(const TakeawayInput& in) {
  if (!isSet(in.age.valid, 0)) return {};
  return {true, hashNumber(static_cast<int64_t>(bandOf(in.age.values[0], kAges)))};
}

}  // namespace

}  // namespace featc::bench
