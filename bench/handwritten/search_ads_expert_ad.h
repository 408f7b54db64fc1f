// SPDX-License-Identifier: Apache-2.0
// The expert's features of numbers: each column loaded once.
#pragma once

#include "bench/handwritten/bands.h"
#include "bench/handwritten/search_ads_prepared.h"

namespace featc::bench::ads {

namespace {

using Int = Lanes::Int;
using Float = Lanes::Float;
using Mask = Lanes::Mask;
constexpr int64_t kStep = Lanes::kRows;

Int slotBitsOf(Output output) { return Lanes::all(slotBits(slotOf(output))); }

// A cross of a request's value with a column of hashes.
class Cross {
 public:
  Cross(Output output, MaybeHash left, const Columns& out)
      : ids_(out[output].ids),
        slot_(slotBitsOf(output)),
        left_(Lanes::all(left.hash * kCombine1)),
        present_(left.present) {}
  bool present() const { return present_; }
  void put(int64_t r, Int right) const {
    Lanes::store(ids_ + r, present_ ? Lanes::crossId(slot_, left_, right) : Lanes::all(0));
  }
  void put(int64_t r, Int right, Mask valid) const {
    Int id = present_ ? Lanes::keep(valid, Lanes::crossId(slot_, left_, right)) : Lanes::all(0);
    Lanes::store(ids_ + r, id);
  }

 private:
  uint64_t* ids_;
  Int slot_;
  Int left_;
  bool present_;
};

const BandHashes& bandHashes() {
  static const BandHashes hashes;
  return hashes;
}

struct Band {
  Mask present;
  Int band;
};
template <size_t n>
Band bandsAt(const Floats& column, int64_t r, const double (&boundaries)[n]) {
  Float x = Lanes::loadFloat(column.values + r);
  return {Lanes::both(Lanes::presentAt(column.valid, r), Lanes::finite(x)), bandsOf(x, boundaries)};
}
void storeBand(const Columns& out, Output output, int64_t r, const Band& band) {
  Lanes::store(out[output].ids + r, Lanes::keep(band.present, Lanes::id(slotBitsOf(output), band.band)));
}

void ofPrices(const Input& in, const Prepared& p, const Columns& out) {
  const BandHashes& hashes = bandHashes();
  const Cross crosses[] = {{kLevelXCost, p.hash.level, out}, {kAgeXCost, p.hash.age, out}};
  bool visited = in.visitCount > 0;
  for (int64_t r = 0; r < in.items; r += kStep) {
    Float price = Lanes::loadFloat(in.price.values + r);
    Float bid = Lanes::loadFloat(in.bid.values + r);
    Mask priced = Lanes::presentAt(in.price.valid, r);
    Lanes::storeDense(out[kPriceLog].dense + r, priced, Lanes::log1p(price), 0);
    Lanes::storeDense(out[kBidLog].dense + r, Lanes::everywhere(), Lanes::log1p(bid), 0);
    Lanes::storeDense(out[kBidToPrice].dense + r, priced, Lanes::divide(bid, price), 0);
    Float part = Lanes::divide(price, Lanes::loadFloat(in.listPrice.values + r));
    Lanes::storeDense(out[kDiscount].dense + r, Lanes::both(priced, Lanes::presentAt(in.listPrice.valid, r)),
                      Lanes::subtract(Lanes::allFloat(1), part), 0);
    Mask usual = visited ? priced : Lanes::invert(Lanes::everywhere());
    Lanes::storeDense(out[kPriceToUsual].dense + r, usual, Lanes::divide(price, p.visits.usualPrice), 1);

    Band cost = bandsAt(in.price, r, kCosts);
    Band offer = bandsAt(in.bid, r, kOffers);
    storeBand(out, kCost, r, cost);
    storeBand(out, kOffer, r, offer);
    Int right = Lanes::pick(hashes.right, cost.band);
    for (const Cross& cross : crosses) cross.put(r, right, cost.present);
    Int both = Lanes::crossId(slotBitsOf(kCostXOffer), Lanes::pick(hashes.left, cost.band),
                              Lanes::pick(hashes.right, offer.band));
    Lanes::store(out[kCostXOffer].ids + r, Lanes::keep(Lanes::both(cost.present, offer.present), both));

    Float rating = Lanes::loadFloat(in.rating.values + r);
    Lanes::storeDense(out[kRating].dense + r, Lanes::presentAt(in.rating.valid, r), Lanes::divide(rating, 5.0), 0.8F);
    storeBand(out, kStars, r, bandsAt(in.rating, r, kRatings));
  }
}

Float smoothed(Int hits, Int shown) {
  return Lanes::divide(Lanes::toFloat(Lanes::plus(hits, 1)), Lanes::toFloat(Lanes::plus(shown, 20)));
}

void ofCounts(const Input& in, const Columns& out) {
  // An ad is listed for d days from the midnight d - 1 days before the last one on.
  int64_t today = dayOf(in.now.values[0]);
  int64_t midnights[std::size(kListedDays)];
  for (size_t d = 0; d < std::size(kListedDays); ++d) midnights[d] = (today - kListedDays[d] + 1) * kDay - 8 * 3600;

  auto counts = [](const Integers& column, int64_t r) {
    return Lanes::keep(Lanes::presentAt(column.valid, r), Lanes::load(column.values + r));
  };
  for (int64_t r = 0; r < in.items; r += kStep) {
    Int views = counts(in.views, r);
    Int clicks = counts(in.clicks, r);
    Float ctr = smoothed(clicks, views);
    Float cvr = smoothed(counts(in.orders, r), clicks);
    Lanes::storeDense(out[kCtr].dense + r, Lanes::everywhere(), ctr, 0.02F);
    Lanes::storeDense(out[kCvr].dense + r, Lanes::everywhere(), cvr, 0.01F);
    storeBand(out, kCtrBand, r, {Lanes::finite(ctr), bandsOf(ctr, kCtrs)});
    storeBand(out, kCvrBand, r, {Lanes::finite(cvr), bandsOf(cvr, kCvrs)});
    Float earned = Lanes::multiply(Lanes::multiply(Lanes::loadFloat(in.bid.values + r), ctr), Lanes::allFloat(1000));
    Lanes::storeDense(out[kEcpm].dense + r, Lanes::everywhere(), earned, 0);
    Lanes::storeDense(out[kViewsLog].dense + r, Lanes::presentAt(in.views.valid, r),
                      Lanes::log1p(Lanes::toFloat(views)), 0);
    // A missing one is 0, as the band of 0 views is.
    Lanes::store(out[kViewsBand].ids + r, Lanes::id(slotBitsOf(kViewsBand), bandsOf(views, kViewCounts)));

    Int listed = Lanes::load(in.listedAt.values + r);
    Int band = Lanes::all(0);
    for (int64_t midnight : midnights) band = Lanes::addOne(Lanes::invert(Lanes::atLeast(listed, midnight)), band);
    storeBand(out, kListedBand, r, {Lanes::presentAt(in.listedAt.valid, r), band});
  }
}

void ofIds(const Input& in, const Prepared& p, const Columns& out) {
  const Cross shops[] = {
      {kUserXShop, p.hash.user, out}, {kCityXShop, p.hash.city, out}, {kQueryXShop, p.hash.query, out}};
  const Cross items[] = {{kUserXItem, p.hash.user, out}, {kQueryXItem, p.hash.query, out}};
  for (int64_t r = 0; r < in.items; r += kStep) {
    Int shop = Lanes::load(in.shopId.values + r);
    Lanes::store(out[kShopId].ids + r, Lanes::id(slotBitsOf(kShopId), shop));
    Int hash = Lanes::hash(shop);
    for (const Cross& cross : shops) cross.put(r, hash);
    Int item = Lanes::load(in.itemId.values + r);
    Lanes::store(out[kItemId].ids + r, Lanes::id(slotBitsOf(kItemId), item));
    hash = Lanes::hash(item);
    for (const Cross& cross : items) cross.put(r, hash);
  }
  // Four vectors of items at a time, so that the comparisons do not wait for each other.
  Int slot = slotBitsOf(kVisited);
  for (int64_t r = 0; r < in.items;) {
    int64_t vectors = r + 4 * kStep <= in.items ? 4 : 1;
    Int x[4];
    Mask absent[4];
    for (int64_t k = 0; k < vectors; ++k) {
      x[k] = Lanes::load(in.itemId.values + r + k * kStep);
      absent[k] = Lanes::everywhere();
    }
    if (vectors == 4) {
      for (int64_t v = 0; v < in.visitCount; ++v)
        for (int64_t k = 0; k < 4; ++k) absent[k] = Lanes::butEqual(absent[k], x[k], in.visitIds[v]);
    } else {
      for (int64_t v = 0; v < in.visitCount; ++v) absent[0] = Lanes::butEqual(absent[0], x[0], in.visitIds[v]);
    }
    for (int64_t k = 0; k < vectors; ++k)
      Lanes::store(out[kVisited].ids + r + k * kStep, Lanes::addOne(Lanes::invert(absent[k]), slot));
    r += vectors * kStep;
  }
}

// The group's line of prices: a row has an element a visit.
void ofVisitPrices(const Input& in, const Columns& out) {
  int64_t count = in.visitCount < kGroupLength ? in.visitCount : kGroupLength;
  const RivalColumn& column = out[kRecentPriceGap];
  column.offsets[0] = 0;
  for (int64_t r = 0; r < in.items; ++r) {
    float* to = column.dense + r * count;
    column.offsets[r + 1] = (r + 1) * count;
    if (!isSet(in.price.valid, r)) {
      for (int64_t v = 0; v < count; ++v) to[v] = -1;
      continue;
    }
    Float price = Lanes::allFloat(in.price.values[r]);
    for (int64_t v = 0; v < count; v += kStep) {
      Float gap = Lanes::absolute(Lanes::subtract(Lanes::loadFloat(in.visitPrices + v), price));
      Lanes::storeDense(to + v, Lanes::everywhere(), Lanes::log1p(gap), -1);
    }
  }
}

}  // namespace

}  // namespace featc::bench::ads
