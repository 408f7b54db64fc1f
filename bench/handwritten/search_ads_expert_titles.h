// SPDX-License-Identifier: Apache-2.0
// The expert's features of titles and their terms.
#pragma once

#include "bench/handwritten/search_ads_expert_ad.h"
#include "bench/handwritten/search_ads_expert_edits.h"

namespace featc::bench::ads {

namespace {

// -- Terms ----------------------------------------------------------------------------------------------------

constexpr uint8_t kNoTerm = 0xFF;

// A title's terms as numbers of the query's distinct terms.
struct TitleTerms {
  int64_t size = 0;
  uint8_t numbers[kMostElements];
  uint64_t found = 0;    // a bit for each term of the query
  int64_t matched = 0;   // how many of the title's terms are in the query
  int64_t distinct = 0;  // of the title
};

// `hashes` are those of the title's terms, whose first one is element `first`.
void matchTitle(const Input& in, const Terms& terms, const uint64_t* hashes, int64_t first, TitleTerms& title) {
  title.found = 0;
  title.matched = 0;
  title.distinct = 0;
  for (int64_t i = 0; i < title.size; ++i) {
    int64_t number = terms.table.find(hashes[i], in.titleTerms, first + i);
    title.numbers[i] = number < 0 ? kNoTerm : static_cast<uint8_t>(number);
    title.matched += number < 0 ? 0 : 1;
    title.found |= number < 0 ? 0 : uint64_t{1} << static_cast<unsigned>(number);
    bool repeated = false;
    for (int64_t k = 0; k < i; ++k)
      if (hashes[k] == hashes[i] && sameText(in.titleTerms, first + k, in.titleTerms, first + i)) repeated = true;
    title.distinct += repeated ? 0 : 1;
  }
}

// The shortest stretch with every term: that from the earliest of their last occurrences on.
int64_t coverOf(const TitleTerms& title, const Terms& terms) {
  if (terms.all == 0 || title.found != terms.all) return 0;
  int64_t last[kMostTerms];
  uint64_t seen = 0;
  int64_t best = kMostElements + 1;
  for (int64_t i = 0; i < title.size; ++i) {
    uint8_t number = title.numbers[i];
    if (number == kNoTerm) continue;
    last[number] = i;
    seen |= uint64_t{1} << number;
    if (seen != terms.all) continue;
    int64_t earliest = i;
    for (int64_t t = 0; t < terms.table.count; ++t) earliest = last[t] < earliest ? last[t] : earliest;
    best = i + 1 - earliest < best ? i + 1 - earliest : best;
  }
  return best;
}

int64_t indexOf(const TitleTerms& title, const Terms& terms) {
  if (terms.count == 0 || title.size == 0) return 0;
  if (title.found != terms.all) return -1;
  for (int64_t i = 0; i + terms.count <= title.size; ++i) {
    int64_t k = 0;
    while (k < terms.count && title.numbers[i + k] == terms.numbers[k]) ++k;
    if (k == terms.count) return i;
  }
  return -1;
}

bool inOrder(const TitleTerms& title, const Terms& terms) {
  if (terms.count == 0 || title.found != terms.all) return false;
  int64_t matched = 0;
  for (int64_t i = 0; i < title.size && matched < terms.count; ++i)
    matched += title.numbers[i] == terms.numbers[matched] ? 1 : 0;
  return matched == terms.count;
}

void putTerms(const Terms& terms, const TitleTerms& title, int64_t r, const Columns& out) {
  int64_t matched = out[kMatchedTerms].offsets[r];
  int64_t missed = out[kMissedTerms].offsets[r];
  for (int64_t t = 0; t < terms.table.count; ++t) {
    auto found = static_cast<int64_t>(title.found >> static_cast<unsigned>(t) & 1U);
    out[kMatchedTerms].ids[matched] = idOf(kMatchedTerms, terms.table.hashes[t]);
    out[kMissedTerms].ids[missed] = idOf(kMissedTerms, terms.table.hashes[t]);
    matched += found;
    missed += 1 - found;
  }
  out[kMatchedTerms].offsets[r + 1] = matched;
  out[kMissedTerms].offsets[r + 1] = missed;

  int64_t both = __builtin_popcountll(title.found);
  int64_t all = terms.table.count + title.distinct - both;
  out[kMatchCount].ids[r] = idOf(kMatchCount, static_cast<uint64_t>(both));
  out[kInOrder].ids[r] = idOf(kInOrder, inOrder(title, terms) ? 1 : 0);
  out[kSimilarity].dense[r] = denseOf(all > 0, static_cast<double>(both) / static_cast<double>(all), 0);
  int64_t asked = 0;
  for (int64_t t = 0; t < terms.count; ++t) asked += static_cast<int64_t>(title.found >> terms.numbers[t] & 1U);
  bool any = terms.count > 0 && title.size > 0;
  out[kQueryMatched].dense[r] = denseOf(any, static_cast<double>(asked) / static_cast<double>(terms.count), 0);
  out[kTitleMatched].dense[r] = denseOf(any, static_cast<double>(title.matched) / static_cast<double>(title.size), 0);
  out[kCover].dense[r] = static_cast<float>(coverOf(title, terms));
  out[kTermIndex].dense[r] = static_cast<float>(indexOf(title, terms));
}

void ofTitleTerms(const Input& in, const Prepared& p, const Columns& out) {
  constexpr int64_t kRoom = 2 * kMostElements;
  alignas(64) uint64_t hashes[kRoom + 8];
  Int slot = slotBitsOf(kTitleTerms);
  __builtin_memcpy(out[kTitleTerms].offsets, in.termOffsets, static_cast<size_t>(in.items + 1) * sizeof(int64_t));
  out[kMatchedTerms].offsets[0] = 0;
  out[kMissedTerms].offsets[0] = 0;
  TitleTerms title;
  for (int64_t begin = 0; begin < in.items;) {
    // As many rows as there is room for.
    int64_t first = in.termOffsets[begin];
    int64_t end = begin + 1;
    while (end < in.items && in.termOffsets[end + 1] - first <= kRoom) ++end;
    int64_t n = in.termOffsets[end] - first;
    for (int64_t e = 0; e < n; ++e) hashes[e] = hashAt(in.titleTerms, first + e);
    for (int64_t e = 0; e < n; e += kStep)
      Lanes::store(out[kTitleTerms].ids + first + e, Lanes::id(slot, Lanes::load(hashes + e)));
    for (int64_t r = begin; r < end; ++r) {
      int64_t at = in.termOffsets[r];
      title.size = in.termOffsets[r + 1] - at;
      matchTitle(in, p.terms, hashes + (at - first), at, title);
      putTerms(p.terms, title, r, out);
    }
    begin = end;
  }
}

// -- Titles -----------------------------------------------------------------------------------------------------

// Whether `part` is in the text, behind which as much may be read: its first and its last byte are looked for
// together, 32 places at a time.
bool holds(const char* text, int64_t size, const char* part, int64_t partSize) {
  if (partSize == 0) return true;
  if (partSize > size) return false;
  __m256i first = _mm256_set1_epi8(part[0]);
  __m256i last = _mm256_set1_epi8(part[partSize - 1]);
  int64_t places = size - partSize + 1;
  for (int64_t i = 0; i < places; i += 32) {
    __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + i));
    __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + i + partSize - 1));
    auto both = static_cast<uint32_t>(
        _mm256_movemask_epi8(_mm256_and_si256(_mm256_cmpeq_epi8(a, first), _mm256_cmpeq_epi8(b, last))));
    if (places - i < 32) both &= (1U << static_cast<unsigned>(places - i)) - 1;
    for (; both != 0; both &= both - 1) {
      int64_t at = i + __builtin_ctz(both);
      if (__builtin_memcmp(text + at, part, static_cast<size_t>(partSize)) == 0) return true;
    }
  }
  return false;
}

void ofTitles(const Input& in, const Prepared& p, const Columns& out) {
  const Lowered& asked = p.asked;
  Pattern query(asked);
  EditDistances distances(query, out[kEdits].dense);
  for (int64_t r = 0; r < in.items; ++r) {
    Lowered& name = distances.room();
    name.set(textAt(in.title, r), sizeAt(in.title, r));
    int64_t points = name.points;
    distances.start(r);
    out[kTitleLength].dense[r] = static_cast<float>(points);
    int64_t end = name.size < kStartLength ? name.size : kStartLength;
    if (points != name.size) {
      end = 0;
      for (int64_t n = 0; n < kStartLength && end < name.size; ++n) nextCodePoint(name.bytes, end);
    }
    out[kTitleStart].ids[r] = idOf(kTitleStart, hashText(name.bytes, end));
    bool begins =
        asked.size <= name.size && __builtin_memcmp(name.bytes, asked.bytes, static_cast<size_t>(asked.size)) == 0;
    out[kBeginsWith].ids[r] = idOf(kBeginsWith, begins ? 1 : 0);
    bool whole = begins || holds(name.bytes, name.size, asked.bytes, asked.size);
    out[kWholeQuery].ids[r] = idOf(kWholeQuery, whole ? 1 : 0);
    bool branded = isSet(in.brand.valid, r);
    bool asks = branded && holds(asked.bytes, asked.size, textAt(in.brand, r), sizeAt(in.brand, r));
    out[kAsksForBrand].ids[r] = branded ? idOf(kAsksForBrand, asks ? 1 : 0) : 0;
  }
  distances.finish();
}

}  // namespace

}  // namespace featc::bench::ads
