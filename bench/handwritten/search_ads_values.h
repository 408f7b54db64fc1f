// SPDX-License-Identifier: Apache-2.0
// Constants of bench/search_ads.feat, and what both rivals compute alike. Static, as in xxh3.h.
#pragma once

#include "bench/handwritten/search_ads_rivals.h"
#include "bench/handwritten/values.h"

namespace featc::bench::ads {

namespace {

constexpr int64_t kAges[] = {18, 25, 30, 35, 45, 60};
constexpr double kCosts[] = {10, 20, 50, 100, 200, 500, 1000};
constexpr double kOffers[] = {0.1, 0.2, 0.5, 1, 2, 5};
constexpr double kCtrs[] = {0.005, 0.01, 0.02, 0.05, 0.1};
constexpr double kCvrs[] = {0.01, 0.02, 0.05, 0.1};
constexpr double kRatings[] = {3, 3.5, 4, 4.3, 4.6, 4.8};
constexpr int64_t kViewCounts[] = {100, 1000, 10000, 100000};
constexpr int64_t kListedDays[] = {1, 7, 30, 90, 365};
constexpr double kLikings[] = {0.05, 0.1, 0.3, 0.6};
constexpr int64_t kVisitAges[] = {3600, 86400, 604800, 2592000};
constexpr const char* kDevices[] = {"ios", "android", "harmony", "web", "mini"};
constexpr const char* kKinds[] = {"phone",  "laptop", "tablet",   "camera",  "headphones", "watch",   "shoes", "dress",
                                  "jacket", "bag",    "lipstick", "perfume", "toy",        "book",    "lamp",  "sofa",
                                  "kettle", "rice",   "tea",      "coffee",  "snack",      "bicycle", "tent",  "耳机"};
constexpr const char* kActions[] = {"view", "cart", "buy"};
constexpr int64_t kAgeMissing = 9;
constexpr int64_t kBrandBuckets = 1000;
constexpr int64_t kStartLength = 8;  // code points
constexpr int64_t kGroupLength = 30;

constexpr uint32_t slotOf(Output output) { return output + 1; }
[[maybe_unused]] constexpr uint64_t idOf(Output output, uint64_t payload) { return ::idOf(slotOf(output), payload); }
[[maybe_unused]] inline uint64_t maybeId(Output output, MaybeHash hash) {
  return hash.present ? idOf(output, hash.hash) : 0;
}

inline bool equals(const Texts& texts, int64_t r, const char* other) {
  auto size = static_cast<size_t>(sizeAt(texts, r));
  return size == __builtin_strlen(other) && __builtin_memcmp(textAt(texts, r), other, size) == 0;
}
// The position among `words`, their number where the text is not among them.
template <size_t n>
uint64_t positionOf(const Texts& texts, int64_t r, const char* const (&words)[n]) {
  uint64_t at = 0;
  while (at < n && !equals(texts, r, words[at])) ++at;
  return at;
}

// -- The calendar of Shanghai, eight hours ahead of UTC all year ------------------------------------------

constexpr int64_t kDay = 86400;
constexpr int64_t floorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
constexpr int64_t dayOf(int64_t time) { return floorDivide(time + 8 * 3600, kDay); }  // since 1970
constexpr int64_t hourOf(int64_t time) { return (time + 8 * 3600 - dayOf(time) * kDay) / 3600; }
// 1 is Monday; 1970 began on a Thursday.
constexpr int64_t weekdayOf(int64_t time) {
  int64_t day = dayOf(time) + 3;
  return day - floorDivide(day, 7) * 7 + 1;
}
// Howard Hinnant's civil_from_days.
constexpr int64_t dayOfMonthOf(int64_t time) {
  int64_t z = dayOf(time) + 719468;
  int64_t dayOfEra = z - floorDivide(z, 146097) * 146097;
  int64_t yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  int64_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  int64_t shifted = (5 * dayOfYear + 2) / 153;
  return dayOfYear - (153 * shifted + 2) / 5 + 1;
}

// -- UTF-8, which the texts are ---------------------------------------------------------------------------

inline bool startsCodePoint(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }
inline int64_t codePointsOf(const char* s, int64_t size) {
  int64_t n = 0;
  for (int64_t i = 0; i < size; ++i) n += startsCodePoint(s[i]) ? 1 : 0;
  return n;
}
// The code point that begins at s[i], which then is where the next one begins.
inline uint32_t nextCodePoint(const char* s, int64_t& i) {
  auto byte = [&](int64_t at) { return static_cast<uint32_t>(static_cast<unsigned char>(s[at])); };
  uint32_t first = byte(i);
  if (first < 0x80) return ++i, first;
  int64_t more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  uint32_t point = first & (0x3FU >> static_cast<unsigned>(more));
  for (int64_t m = 1; m <= more; ++m) point = point << 6U | (byte(i + m) & 0x3FU);
  i += more + 1;
  return point;
}

// -- Numbers of the ad --------------------------------------------------------------------------------------

inline int64_t orZero(const Integers& column, int64_t r) { return isSet(column.valid, r) ? column.values[r] : 0; }
inline double smoothed(int64_t hits, int64_t shown) {
  return static_cast<double>(hits + 1) / static_cast<double>(shown + 20);
}
inline double log1pOf(double x) { return Sleef_cinz_log1pd1_u10purec(x); }

}  // namespace

}  // namespace featc::bench::ads
