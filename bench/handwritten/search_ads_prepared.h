// SPDX-License-Identifier: Apache-2.0
// What the request gives, prepared before the expert's loops over the items: texts hashed once and put into tables,
// visits summed up by category. All of it lies on the stack.
#pragma once

#include <initializer_list>
#include <iterator>

#include "bench/handwritten/lanes.h"
#include "bench/handwritten/search_ads_request.h"

namespace featc::bench::ads {

namespace {

// Distinct texts by their hashes, numbered in the order they came.
template <int64_t most>
struct TextTable {
  static constexpr uint64_t kSlots = uint64_t{4} * most;
  Texts texts;
  int64_t count = 0;
  uint8_t slots[kSlots] = {};  // the number + 1
  uint64_t hashes[most];
  int64_t rows[most];

  explicit TextTable(const Texts& from) : texts(from) {}

  // Its number, -1 where it is not there. Equal hashes are rarely wrong, but the text decides.
  int64_t find(uint64_t hash, const Texts& others, int64_t r) const {
    for (uint64_t at = hash % kSlots; slots[at] != 0; at = (at + 1) % kSlots) {
      int64_t number = slots[at] - 1;
      if (hashes[number] == hash && sameText(texts, rows[number], others, r)) return number;
    }
    return -1;
  }
  int64_t add(uint64_t hash, int64_t r) {
    int64_t number = find(hash, texts, r);
    if (number >= 0) return number;
    uint64_t at = hash % kSlots;
    while (slots[at] != 0) at = (at + 1) % kSlots;
    hashes[count] = hash;
    rows[count] = r;
    slots[at] = static_cast<uint8_t>(count + 1);
    return count++;
  }
};

struct Terms {
  TextTable<kMostTerms> table;
  int64_t count;
  uint64_t hashes[kMostTerms];
  alignas(64) uint64_t left[kMostTerms + 8];  // multiplied for crosses
  uint8_t numbers[kMostTerms];                // of distinct ones
  uint64_t all = 0;                           // a bit for each distinct one

  explicit Terms(const Input& in) : table(in.queryTerms), count(in.queryTermCount) {
    for (int64_t t = 0; t < count; ++t) {
      hashes[t] = hashAt(in.queryTerms, t);
      left[t] = hashes[t] * kCombine1;
      numbers[t] = static_cast<uint8_t>(table.add(hashes[t], t));
    }
    for (int64_t t = 0; t < table.count; ++t) all |= uint64_t{1} << static_cast<unsigned>(t);
  }
};

// What the visits of a category come to.
struct VisitedCategory {
  int64_t count = 0;
  int64_t bought = 0;
  int64_t last = 0;
  double prices = 0;
  float hoursSince = 0;
  double price = 0;  // the mean
};

struct Visits {
  TextTable<kMostVisits> categories;
  VisitedCategory of[kMostVisits];
  uint64_t hashes[kMostVisits];
  alignas(64) uint64_t left[kMostVisits + 8];     // multiplied for crosses
  alignas(64) uint64_t numbers[kMostVisits + 8];  // of distinct categories
  VisitTotals totals;
  uint64_t boughtCategories[kMostVisits];  // their numbers, in the order they were bought
  int64_t boughtCount = 0;
  double usualPrice = 0;

  explicit Visits(const Input& in) : categories(in.visitCategories) {
    uint64_t seen = 0;
    for (int64_t v = 0; v < in.visitCount; ++v) {
      hashes[v] = hashAt(in.visitCategories, v);
      left[v] = hashes[v] * kCombine1;
      int64_t number = categories.add(hashes[v], v);
      numbers[v] = static_cast<uint64_t>(number);
      int64_t time = in.visitTimes[v];
      VisitedCategory& category = of[number];
      category.last = category.count == 0 || time > category.last ? time : category.last;
      category.prices += in.visitPrices[v];
      ++category.count;
      totals.last = v == 0 || time > totals.last ? time : totals.last;
      totals.prices += in.visitPrices[v];
      if (!equals(in.visitActions, v, "buy")) continue;
      ++category.bought;
      ++totals.bought;
      uint64_t bit = uint64_t{1} << static_cast<unsigned>(number);
      if ((seen & bit) == 0) boughtCategories[boughtCount++] = static_cast<uint64_t>(number);
      seen |= bit;
    }
    for (int64_t c = 0; c < categories.count; ++c) {
      of[c].hoursSince = denseOf(true, static_cast<double>(in.now.values[0] - of[c].last) / 3600, -1);
      of[c].price = of[c].prices / static_cast<double>(of[c].count);
    }
    if (in.visitCount > 0) usualPrice = totals.prices / static_cast<double>(in.visitCount);
  }
};

// A map of the request. Its keys are distinct, so that their numbers are their places.
template <class V>
struct Likings {
  TextTable<kMostKeys> table;
  const V* values;
  explicit Likings(const TextMap<V>& map) : table(map.keys), values(map.values) {
    for (int64_t i = 0; map.present && i < map.count; ++i) table.add(hashAt(map.keys, i), i);
  }
};

// The vocabulary of categories.
struct Kinds {
  char bytes[256];
  int64_t offsets[std::size(kKinds) + 1] = {};
  TextTable<32> table;
  Kinds() : table({offsets, bytes, nullptr}) {
    for (size_t k = 0; k < std::size(kKinds); ++k) {
      auto size = static_cast<int64_t>(__builtin_strlen(kKinds[k]));
      __builtin_memcpy(bytes + offsets[k], kKinds[k], static_cast<size_t>(size));
      offsets[k + 1] = offsets[k] + size;
      table.add(hashText(kKinds[k], size), static_cast<int64_t>(k));
    }
  }
};

// A text in lower case, with room to read on behind it.
struct Lowered {
  int64_t size = 0;
  int64_t points = 0;  // code points
  alignas(64) char bytes[kMostText + 64];

  Lowered() = default;
  Lowered(const Texts& texts, int64_t r) { set(textAt(texts, r), sizeAt(texts, r)); }
  // 32 bytes at a time, of which those past the text's end may be read.
  void set(const char* from, int64_t n) {
    size = n;
    points = n;
    for (int64_t i = 0; i < n; i += 32) {
      __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i));
      __m256i upper = _mm256_and_si256(_mm256_cmpgt_epi8(x, _mm256_set1_epi8('A' - 1)),
                                       _mm256_cmpgt_epi8(_mm256_set1_epi8('Z' + 1), x));
      __m256i lower = _mm256_add_epi8(x, _mm256_and_si256(upper, _mm256_set1_epi8(32)));
      _mm256_store_si256(reinterpret_cast<__m256i*>(bytes + i), lower);
      // Bytes 0x80 .. 0xBF go on with a code point.
      auto inside = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpgt_epi8(_mm256_set1_epi8(-64), x)));
      if (n - i < 32) inside &= (1U << static_cast<unsigned>(n - i)) - 1;
      points -= __builtin_popcount(inside);
    }
  }
};

struct Prepared {
  Lowered asked;
  Terms terms;
  Visits visits;
  Likings<double> interests;
  Likings<int64_t> brands;
  Likings<double> tags;
  RequestHashes hash;

  explicit Prepared(const Input& in)
      : asked(in.query, 0),
        terms(in),
        visits(in),
        interests(in.interests),
        brands(in.brandClicks),
        tags(in.tagWeights),
        hash(in, asked.bytes, asked.size) {}
};

void ofRequest(const Input& in, const Prepared& p, const Columns& out) {
  idsOfRequest(
      in, p.hash, [&](int64_t t) { return p.terms.hashes[t]; }, [&](int64_t i) { return p.interests.table.hashes[i]; },
      out);
  numbersOfRequest(in, p.visits.totals, out);
  for (int64_t b = 0; b < p.visits.boughtCount; ++b)
    out[kBoughtCategories].ids[b] = idOf(kBoughtCategories, p.visits.categories.hashes[p.visits.boughtCategories[b]]);
  endOnlyRow(out, kBoughtCategories, p.visits.boughtCount);

  int64_t now = in.now.values[0];
  int64_t count = in.visitCount < kGroupLength ? in.visitCount : kGroupLength;
  for (int64_t v = 0; v < count; ++v) {
    out[kRecentId].ids[v] = idOf(kRecentId, static_cast<uint64_t>(in.visitIds[v]));
    out[kRecentCategory].ids[v] = idOf(kRecentCategory, p.visits.hashes[v]);
    out[kRecentAction].ids[v] = idOf(kRecentAction, positionOf(in.visitActions, v, kActions));
    out[kRecentAge].ids[v] = idOf(kRecentAge, bandOf(now - in.visitTimes[v], kVisitAges));
  }
  for (Output output : {kRecentId, kRecentCategory, kRecentAction, kRecentAge}) endOnlyRow(out, output, count);
}

}  // namespace

}  // namespace featc::bench::ads
