// SPDX-License-Identifier: Apache-2.0
// How well the ad's text fits the query.
#pragma once

#include "bench/handwritten/search_ads_plain.h"

namespace featc::bench::ads {

namespace {

// The query's distinct terms in their order.
Vector<Word> distinctOf(const Vector<Word>& words) {
  Vector<Word> distinct;
  WordSet seen;
  for (const Word& word : words)
    if (seen.insert(word).second) distinct.push_back(word);
  return distinct;
}

// Levenshtein's distance of two texts in code points.
int64_t editDistance(const Vector<uint32_t>& a, const Vector<uint32_t>& b) {
  Vector<int64_t> cost(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) cost[j] = static_cast<int64_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int64_t diagonal = cost[0];
    cost[0] = static_cast<int64_t>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      int64_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = cost[j];
      cost[j] = std::min(replaced, std::min(cost[j], cost[j - 1]) + 1);
    }
  }
  return cost[b.size()];
}
Vector<uint32_t> pointsOf(std::string_view text) {
  Vector<uint32_t> points;
  for (int64_t i = 0; i < static_cast<int64_t>(text.size());) points.push_back(nextCodePoint(text.data(), i));
  return points;
}
bool holds(std::string_view text, std::string_view part) {
  return memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

// The shortest stretch of the title that has each of the `distinct` terms, whose numbers `numberOf` has.
int64_t coverOf(const Vector<Word>& title, const WordMap<size_t>& numberOf) {
  Vector<int64_t> inside(numberOf.size());
  size_t covered = 0;
  size_t best = 0;
  for (size_t i = 0, begin = 0; i < title.size() && !numberOf.empty(); ++i) {
    auto found = numberOf.find(title[i]);
    if (found != numberOf.end() && inside[found->second]++ == 0) ++covered;
    for (; covered == numberOf.size(); ++begin) {
      if (best == 0 || i + 1 - begin < best) best = i + 1 - begin;
      auto leaving = numberOf.find(title[begin]);
      if (leaving != numberOf.end() && --inside[leaving->second] == 0) --covered;
    }
  }
  return static_cast<int64_t>(best);
}

// Where the whole query stands in the title, -1 where it does not.
int64_t indexOf(const Vector<Word>& query, const Vector<Word>& title) {
  if (query.empty() || title.empty()) return 0;
  for (size_t i = 0; i + query.size() <= title.size(); ++i) {
    size_t k = 0;
    while (k < query.size() && title[i + k] == query[k]) ++k;
    if (k == query.size()) return static_cast<int64_t>(i);
  }
  return -1;
}

void ofTerms(const Input& in, const Columns& out) {
  Vector<Word> query = queryTermsOf(in);
  Vector<Word> distinct = distinctOf(query);
  WordSet queried(distinct.begin(), distinct.end());
  WordMap<size_t> numberOf;
  for (const Word& word : distinct) numberOf.emplace(word, numberOf.size());
  auto titleSet = [&](int64_t r) {
    WordSet words;
    for (int64_t e = in.termOffsets[r]; e < in.termOffsets[r + 1]; ++e) words.insert(wordAt(in.titleTerms, e));
    return words;
  };
  auto common = [&](const WordSet& words) {
    return std::count_if(distinct.begin(), distinct.end(), [&](const Word& word) { return words.contains(word); });
  };

  lists(in, out, kMatchedTerms, [&](int64_t r, auto put) {
    WordSet words = titleSet(r);
    for (const Word& word : distinct)
      if (words.contains(word)) put(hashWord(word));
  });
  lists(in, out, kMissedTerms, [&](int64_t r, auto put) {
    WordSet words = titleSet(r);
    for (const Word& word : distinct)
      if (!words.contains(word)) put(hashWord(word));
  });
  ids(in, out, kMatchCount, [&](int64_t r) { return idOf(kMatchCount, static_cast<uint64_t>(common(titleSet(r)))); });
  ids(in, out, kInOrder, [&](int64_t r) {
    size_t matched = 0;
    for (int64_t e = in.termOffsets[r]; e < in.termOffsets[r + 1] && matched < query.size(); ++e)
      if (wordAt(in.titleTerms, e) == query[matched]) ++matched;
    return idOf(kInOrder, !query.empty() && matched == query.size() ? 1 : 0);
  });
  ids(in, out, kTagHits, [&](int64_t r) {
    WordSet tags;
    for (int64_t e = in.tagOffsets[r]; e < in.tagOffsets[r + 1]; ++e) tags.insert(wordAt(in.tags, e));
    return idOf(kTagHits, static_cast<uint64_t>(common(tags)));
  });
  numbers(in, out, kSimilarity, [&](int64_t r) {
    WordSet words = titleSet(r);
    auto both = static_cast<size_t>(common(words));
    size_t all = distinct.size() + words.size() - both;
    return denseOf(all > 0, static_cast<double>(both) / static_cast<double>(all), 0);
  });
  numbers(in, out, kQueryMatched, [&](int64_t r) {
    WordSet words = titleSet(r);
    auto n = std::count_if(query.begin(), query.end(), [&](const Word& word) { return words.contains(word); });
    return denseOf(!query.empty() && !words.empty(), static_cast<double>(n) / static_cast<double>(query.size()), 0);
  });
  numbers(in, out, kTitleMatched, [&](int64_t r) {
    Vector<Word> title = wordsAt(in.titleTerms, in.termOffsets, r);
    auto n = std::count_if(title.begin(), title.end(), [&](const Word& word) { return queried.contains(word); });
    return denseOf(!title.empty(), static_cast<double>(n) / static_cast<double>(title.size()), 0);
  });
  numbers(in, out, kCover,
          [&](int64_t r) { return static_cast<float>(coverOf(wordsAt(in.titleTerms, in.termOffsets, r), numberOf)); });
  numbers(in, out, kTermIndex,
          [&](int64_t r) { return static_cast<float>(indexOf(query, wordsAt(in.titleTerms, in.termOffsets, r))); });
}

void ofTitles(const Input& in, const Columns& out) {
  std::string asked = lowered(in.query, 0);
  Vector<uint32_t> askedPoints = pointsOf(asked);
  Vector<std::string> names;
  for (int64_t r = 0; r < in.items; ++r) names.push_back(lowered(in.title, r));
  auto name = [&](int64_t r) -> const std::string& { return names[static_cast<size_t>(r)]; };

  ids(in, out, kTitleStart, [&](int64_t r) {
    const std::string& text = name(r);
    int64_t end = 0;
    for (int64_t n = 0; n < kStartLength && end < static_cast<int64_t>(text.size()); ++n)
      nextCodePoint(text.data(), end);
    return idOf(kTitleStart, hashText(text.data(), end));
  });
  ids(in, out, kWholeQuery, [&](int64_t r) { return idOf(kWholeQuery, holds(name(r), asked) ? 1 : 0); });
  ids(in, out, kBeginsWith, [&](int64_t r) {
    const std::string& text = name(r);
    bool begins = text.size() >= asked.size() && __builtin_memcmp(text.data(), asked.data(), asked.size()) == 0;
    return idOf(kBeginsWith, begins ? 1 : 0);
  });
  ids(in, out, kAsksForBrand, [&](int64_t r) {
    return isSet(in.brand.valid, r) ? idOf(kAsksForBrand, holds(asked, wordAt(in.brand, r).text) ? 1 : 0) : 0;
  });
  numbers(in, out, kEdits, [&](int64_t r) {
    auto distance = static_cast<double>(editDistance(askedPoints, pointsOf(name(r))));
    return denseOf(true, distance / static_cast<double>(codePointsOf(textAt(in.title, r), sizeAt(in.title, r))), 1);
  });
}

}  // namespace

}  // namespace featc::bench::ads
