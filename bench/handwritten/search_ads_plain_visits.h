// SPDX-License-Identifier: Apache-2.0
// What the user likes and visited, with the ad.
#pragma once

#include "bench/handwritten/search_ads_plain.h"
#include "bench/handwritten/search_ads_request.h"

namespace featc::bench::ads {

namespace {

void ofLikings(const Input& in, const Columns& out) {
  WordMap<double> interests = mapOf(in.interests);
  WordMap<int64_t> brands = mapOf(in.brandClicks);
  WordMap<double> tags = mapOf(in.tagWeights);
  ids(in, out, kInterestBand, [&](int64_t r) {
    auto found = interests.find(wordAt(in.category, r));
    bool present = found != interests.end() && std::isfinite(found->second);
    return idOf(kInterestBand, present ? bandOf(found->second, kLikings) : 0);
  });
  ids(in, out, kKnowsBrand, [&](int64_t r) {
    bool present = in.brandClicks.present && isSet(in.brand.valid, r);
    return present ? idOf(kKnowsBrand, brands.contains(wordAt(in.brand, r)) ? 1 : 0) : 0;
  });
  ids(in, out, kBrandClicked, [&](int64_t r) {
    if (!isSet(in.brand.valid, r)) return uint64_t{0};
    auto found = brands.find(wordAt(in.brand, r));
    if (found == brands.end()) return uint64_t{0};
    return idOf(kBrandClicked, combine(hashWord(found->first), hashNumber(found->second)));
  });
  numbers(in, out, kInterest, [&](int64_t r) {
    auto found = interests.find(wordAt(in.category, r));
    return found == interests.end() ? 0.0F : denseOf(true, found->second, 0);
  });
  numbers(in, out, kBrandClicks, [&](int64_t r) {
    if (!isSet(in.brand.valid, r)) return 0.0F;
    auto found = brands.find(wordAt(in.brand, r));
    return found == brands.end() ? 0.0F : denseOf(true, log1pOf(static_cast<double>(found->second)), 0);
  });
  numbers(in, out, kTagSum, [&](int64_t r) {
    double sum = 0;
    for (int64_t e = in.tagOffsets[r]; e < in.tagOffsets[r + 1]; ++e) {
      auto found = tags.find(wordAt(in.tags, e));
      sum += found == tags.end() ? 0 : found->second;
    }
    return denseOf(true, sum, 0);
  });
  numbers(in, out, kTagBest, [&](int64_t r) {
    bool any = false;
    double best = 0;
    for (int64_t e = in.tagOffsets[r]; e < in.tagOffsets[r + 1]; ++e) {
      auto found = tags.find(wordAt(in.tags, e));
      if (found == tags.end()) continue;
      best = any ? std::max(best, found->second) : found->second;
      any = true;
    }
    return denseOf(any, best, 0);
  });
}

struct VisitedId {
  int64_t id;
  bool operator==(const VisitedId&) const = default;
};
struct VisitedIdHash {
  size_t operator()(VisitedId visited) const { return static_cast<size_t>(visited.id); }
};

void ofVisitedCategory(const Input& in, const Columns& out) {
  std::unordered_set<VisitedId, VisitedIdHash> visited;
  WordSet categories;
  double usual = 0;
  for (int64_t v = 0; v < in.visitCount; ++v) {
    visited.insert({in.visitIds[v]});
    categories.insert(wordAt(in.visitCategories, v));
    usual += in.visitPrices[v];
  }
  usual /= static_cast<double>(in.visitCount);

  ids(in, out, kVisited, [&](int64_t r) { return idOf(kVisited, visited.contains({in.itemId.values[r]}) ? 1 : 0); });
  ids(in, out, kVisitedCategory,
      [&](int64_t r) { return idOf(kVisitedCategory, categories.contains(wordAt(in.category, r)) ? 1 : 0); });
  numbers(in, out, kSameCategory, [&](int64_t r) {
    int64_t n = 0;
    for (int64_t v = 0; v < in.visitCount; ++v) n += sameText(in.visitCategories, v, in.category, r) ? 1 : 0;
    return static_cast<float>(n);
  });
  numbers(in, out, kBoughtSame, [&](int64_t r) {
    int64_t n = 0;
    for (int64_t v = 0; v < in.visitCount; ++v)
      n += sameText(in.visitCategories, v, in.category, r) && equals(in.visitActions, v, "buy") ? 1 : 0;
    return static_cast<float>(n);
  });
  numbers(in, out, kHoursSinceSame, [&](int64_t r) {
    bool any = false;
    int64_t last = 0;
    for (int64_t v = 0; v < in.visitCount; ++v) {
      if (!sameText(in.visitCategories, v, in.category, r)) continue;
      last = any ? std::max(last, in.visitTimes[v]) : in.visitTimes[v];
      any = true;
    }
    return denseOf(any, static_cast<double>(in.now.values[0] - last) / 3600, -1);
  });
  numbers(in, out, kPriceToSame, [&](int64_t r) {
    int64_t n = 0;
    double sum = 0;
    for (int64_t v = 0; v < in.visitCount; ++v) {
      if (!sameText(in.visitCategories, v, in.category, r)) continue;
      sum += in.visitPrices[v];
      ++n;
    }
    return denseOf(n > 0 && isSet(in.price.valid, r), in.price.values[r] / (sum / static_cast<double>(n)), 1);
  });
  numbers(in, out, kPriceToUsual, [&](int64_t r) {
    return denseOf(in.visitCount > 0 && isSet(in.price.valid, r), in.price.values[r] / usual, 1);
  });
}

// What depends on the visits alone.
void visitsOfRequest(const Input& in, const Columns& out) {
  VisitTotals totals;
  WordSet categories;
  int64_t n = 0;
  for (int64_t v = 0; v < in.visitCount; ++v) {
    totals.last = v == 0 ? in.visitTimes[v] : std::max(totals.last, in.visitTimes[v]);
    totals.prices += in.visitPrices[v];
    if (!equals(in.visitActions, v, "buy")) continue;
    ++totals.bought;
    if (categories.insert(wordAt(in.visitCategories, v)).second)
      out[kBoughtCategories].ids[n++] = idOf(kBoughtCategories, hashAt(in.visitCategories, v));
  }
  endOnlyRow(out, kBoughtCategories, n);
  numbersOfRequest(in, totals, out);

  int64_t now = in.now.values[0];
  int64_t count = std::min(in.visitCount, kGroupLength);
  for (int64_t v = 0; v < count; ++v) {
    out[kRecentId].ids[v] = idOf(kRecentId, static_cast<uint64_t>(in.visitIds[v]));
    out[kRecentCategory].ids[v] = idOf(kRecentCategory, hashAt(in.visitCategories, v));
    out[kRecentAction].ids[v] = idOf(kRecentAction, positionOf(in.visitActions, v, kActions));
    out[kRecentAge].ids[v] = idOf(kRecentAge, bandOf(now - in.visitTimes[v], kVisitAges));
  }
  for (Output output : {kRecentId, kRecentCategory, kRecentAction, kRecentAge}) endOnlyRow(out, output, count);
}

// The lines of the group that take the ad: a row of each has an element a visit.
void ofEachVisit(const Input& in, const Columns& out) {
  int64_t count = std::min(in.visitCount, kGroupLength);
  auto elements = [&](Output output, auto of) {
    out[output].offsets[0] = 0;
    for (int64_t r = 0; r < in.items; ++r) {
      for (int64_t v = 0; v < count; ++v) of(r, v, r * count + v);
      out[output].offsets[r + 1] = (r + 1) * count;
    }
  };
  elements(kRecentSame, [&](int64_t r, int64_t v, int64_t e) {
    out[kRecentSame].ids[e] = idOf(kRecentSame, sameText(in.visitCategories, v, in.category, r) ? 1 : 0);
  });
  elements(kRecentXCategory, [&](int64_t r, int64_t v, int64_t e) {
    uint64_t visited = hashAt(in.visitCategories, v);
    out[kRecentXCategory].ids[e] = idOf(kRecentXCategory, combine(visited, hashAt(in.category, r)));
  });
  elements(kRecentPriceGap, [&](int64_t r, int64_t v, int64_t e) {
    bool present = isSet(in.price.valid, r);
    double gap = present ? log1pOf(std::fabs(in.visitPrices[v] - in.price.values[r])) : 0;
    out[kRecentPriceGap].dense[e] = denseOf(present, gap, -1);
  });
}

}  // namespace

}  // namespace featc::bench::ads
