// SPDX-License-Identifier: Apache-2.0
// Features of the ad alone.
#pragma once

#include "bench/handwritten/search_ads_plain.h"

namespace featc::bench::ads {

namespace {

void idsOfAd(const Input& in, const Columns& out) {
  ids(in, out, kItemId, [&](int64_t r) { return idOf(kItemId, static_cast<uint64_t>(in.itemId.values[r])); });
  ids(in, out, kShopId, [&](int64_t r) { return idOf(kShopId, static_cast<uint64_t>(in.shopId.values[r])); });
  ids(in, out, kBrand, [&](int64_t r) { return maybeId(kBrand, textHash(in.brand, r)); });
  ids(in, out, kCategory, [&](int64_t r) { return idOf(kCategory, hashAt(in.category, r)); });
  WordMap<uint64_t> kinds;
  uint64_t count = 0;
  for (const char* kind : kKinds) kinds.emplace(Word{{kind, __builtin_strlen(kind)}}, count++);
  ids(in, out, kKind, [&](int64_t r) {
    auto found = kinds.find(wordAt(in.category, r));
    return idOf(kKind, found == kinds.end() ? count : found->second);
  });
  ids(in, out, kBrandBucket, [&](int64_t r) {
    return isSet(in.brand.valid, r) ? idOf(kBrandBucket, hashAt(in.brand, r) % kBrandBuckets) : 0;
  });
  lists(in, out, kTags, [&](int64_t r, auto put) {
    for (int64_t e = in.tagOffsets[r]; e < in.tagOffsets[r + 1]; ++e) put(hashAt(in.tags, e));
  });
  lists(in, out, kTitleTerms, [&](int64_t r, auto put) {
    for (int64_t e = in.termOffsets[r]; e < in.termOffsets[r + 1]; ++e) put(hashAt(in.titleTerms, e));
  });
  ids(in, out, kFirstTag, [&](int64_t r) {
    int64_t first = in.tagOffsets[r];
    return first < in.tagOffsets[r + 1] ? idOf(kFirstTag, hashAt(in.tags, first)) : 0;
  });
}

void bandsOfAd(const Input& in, const Columns& out) {
  ids(in, out, kCost, [&](int64_t r) {
    MaybeBand band = bandAt(in.price, r, kCosts);
    return band.present ? idOf(kCost, static_cast<uint64_t>(band.band)) : 0;
  });
  ids(in, out, kOffer, [&](int64_t r) {
    MaybeBand band = bandAt(in.bid, r, kOffers);
    return band.present ? idOf(kOffer, static_cast<uint64_t>(band.band)) : 0;
  });
  ids(in, out, kCtrBand, [&](int64_t r) {
    double x = smoothed(orZero(in.clicks, r), orZero(in.views, r));
    return std::isfinite(x) ? idOf(kCtrBand, bandOf(x, kCtrs)) : 0;
  });
  ids(in, out, kCvrBand, [&](int64_t r) {
    double x = smoothed(orZero(in.orders, r), orZero(in.clicks, r));
    return std::isfinite(x) ? idOf(kCvrBand, bandOf(x, kCvrs)) : 0;
  });
  ids(in, out, kStars, [&](int64_t r) {
    MaybeBand band = bandAt(in.rating, r, kRatings);
    return band.present ? idOf(kStars, static_cast<uint64_t>(band.band)) : 0;
  });
  ids(in, out, kViewsBand, [&](int64_t r) {
    return idOf(kViewsBand, isSet(in.views.valid, r) ? bandOf(in.views.values[r], kViewCounts) : 0);
  });
  int64_t today = dayOf(in.now.values[0]);
  ids(in, out, kListedBand, [&](int64_t r) {
    if (!isSet(in.listedAt.valid, r)) return uint64_t{0};
    return idOf(kListedBand, bandOf(today - dayOf(in.listedAt.values[r]), kListedDays));
  });
}

void crossesOfAd(const Input& in, const Columns& out) {
  ids(in, out, kBrandXCategory, [&](int64_t r) {
    return maybeId(kBrandXCategory, combineBoth(textHash(in.brand, r), textHash(in.category, r)));
  });
  ids(in, out, kCategoryXCost, [&](int64_t r) {
    return maybeId(kCategoryXCost, combineBoth(textHash(in.category, r), bandAt(in.price, r, kCosts).hash()));
  });
  ids(in, out, kCategoryXStars, [&](int64_t r) {
    return maybeId(kCategoryXStars, combineBoth(textHash(in.category, r), bandAt(in.rating, r, kRatings).hash()));
  });
  ids(in, out, kBrandXCost, [&](int64_t r) {
    return maybeId(kBrandXCost, combineBoth(textHash(in.brand, r), bandAt(in.price, r, kCosts).hash()));
  });
  ids(in, out, kShopXCategory, [&](int64_t r) {
    return idOf(kShopXCategory, combine(hashNumber(in.shopId.values[r]), hashAt(in.category, r)));
  });
  lists(in, out, kTagsXCategory, [&](int64_t r, auto put) {
    uint64_t category = hashAt(in.category, r);
    for (int64_t e = in.tagOffsets[r]; e < in.tagOffsets[r + 1]; ++e) put(combine(hashAt(in.tags, e), category));
  });
  ids(in, out, kCostXOffer, [&](int64_t r) {
    return maybeId(kCostXOffer, combineBoth(bandAt(in.price, r, kCosts).hash(), bandAt(in.bid, r, kOffers).hash()));
  });
}

void numbersOfAd(const Input& in, const Columns& out) {
  const double* price = in.price.values;
  const double* bid = in.bid.values;
  auto priced = [&](int64_t r) { return isSet(in.price.valid, r); };
  numbers(in, out, kPriceLog, [&](int64_t r) { return priced(r) ? denseOf(true, log1pOf(price[r]), 0) : 0.0F; });
  numbers(in, out, kBidLog, [&](int64_t r) { return denseOf(true, log1pOf(bid[r]), 0); });
  numbers(in, out, kCtr,
          [&](int64_t r) { return denseOf(true, smoothed(orZero(in.clicks, r), orZero(in.views, r)), 0.02F); });
  numbers(in, out, kCvr,
          [&](int64_t r) { return denseOf(true, smoothed(orZero(in.orders, r), orZero(in.clicks, r)), 0.01F); });
  numbers(in, out, kEcpm, [&](int64_t r) {
    return denseOf(true, bid[r] * smoothed(orZero(in.clicks, r), orZero(in.views, r)) * 1000, 0);
  });
  numbers(in, out, kDiscount, [&](int64_t r) {
    return denseOf(priced(r) && isSet(in.listPrice.valid, r), 1 - price[r] / in.listPrice.values[r], 0);
  });
  numbers(in, out, kRating,
          [&](int64_t r) { return denseOf(isSet(in.rating.valid, r), in.rating.values[r] / 5, 0.8F); });
  numbers(in, out, kViewsLog, [&](int64_t r) {
    return isSet(in.views.valid, r) ? denseOf(true, log1pOf(static_cast<double>(in.views.values[r])), 0) : 0.0F;
  });
  numbers(in, out, kTitleLength, [&](int64_t r) {
    return static_cast<float>(static_cast<double>(codePointsOf(textAt(in.title, r), sizeAt(in.title, r))));
  });
  numbers(in, out, kTagCount,
          [&](int64_t r) { return static_cast<float>(static_cast<double>(in.tagOffsets[r + 1] - in.tagOffsets[r])); });
  numbers(in, out, kBidToPrice, [&](int64_t r) { return denseOf(priced(r), bid[r] / price[r], 0); });
}

void ofAd(const Input& in, const Columns& out) {
  idsOfAd(in, out);
  bandsOfAd(in, out);
  crossesOfAd(in, out);
  numbersOfAd(in, out);
}

}  // namespace

}  // namespace featc::bench::ads
