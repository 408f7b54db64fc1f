// SPDX-License-Identifier: Apache-2.0
// The takeaway config as an expert would write it: every string hashed once, what depends on the
// request computed once, the rest in vectors. Compiled once for each FEATC_ISA, AVX-512 or AVX2.
#include "bench/handwritten/bands.h"
#include "bench/handwritten/takeaway_values.h"

namespace featc::bench {

namespace {

using Int = Lanes::Int;
using Float = Lanes::Float;
using Mask = Lanes::Mask;
constexpr int64_t kStep = Lanes::kRows;
constexpr int64_t kBlock = 256;

Int slotOf(TakeawayOutput output) { return Lanes::all(slotBits(kTakeawaySlots[output])); }
uint64_t idOf(TakeawayOutput output, uint64_t payload) { return ::idOf(kTakeawaySlots[output], payload); }
uint64_t maybeId(TakeawayOutput output, MaybeHash hash) { return hash.present ? idOf(output, hash.hash) : 0; }

// What the request gives, hashed once.
struct Request {
  MaybeHash age, city, gender, query, hour, user;

  explicit Request(const TakeawayInput& in)
      : age(hashAgeBand(in)),
        city(hashOne(in.city)),
        gender(hashOne(in.gender)),
        query(hashLower(in.query)),
        hour{true, hashNumber(in.hour.values[0])},
        user{true, hashNumber(in.userId.values[0])} {}
};

// The user's taste with its keys' hashes. A map that is too large is searched key by key.
struct Taste {
  static constexpr int64_t kMost = 64;
  int64_t count = 0;
  uint64_t hashes[kMost];

  explicit Taste(const TakeawayInput& in) {
    count = in.hasTaste && in.tasteCount <= kMost ? in.tasteCount : 0;
    for (int64_t t = 0; t < count; ++t) hashes[t] = hashAt(in.tasteKeys, t);
  }
};

void ofRequest(const TakeawayInput& in, const Request& request, const Taste& taste, const TakeawayColumns& out) {
  out[kUserId].ids[0] = idOf(kUserId, static_cast<uint64_t>(in.userId.values[0]));
  out[kCity].ids[0] = idOf(kCity, request.city.hash);
  out[kHour].ids[0] = idOf(kHour, static_cast<uint64_t>(in.hour.values[0]));
  out[kAgeBand].ids[0] = idOf(kAgeBand, request.age.present ? bandOf(in.age.values[0], kAges) : 99);
  out[kGender].ids[0] = maybeId(kGender, request.gender);
  out[kQuery].ids[0] = maybeId(kQuery, request.query);
  out[kAgeCity].ids[0] = maybeId(kAgeCity, combineBoth(request.age, request.city));
  out[kGenderCity].ids[0] = maybeId(kGenderCity, combineBoth(request.gender, request.city));

  int64_t n = 0;
  for (int64_t t = 0; in.hasTaste && t < in.tasteCount; ++t) {
    auto weight = static_cast<float>(in.tasteWeights[t]);
    if (!std::isfinite(weight)) continue;
    out[kTaste].ids[n] = idOf(kTaste, taste.count > 0 ? taste.hashes[t] : hashAt(in.tasteKeys, t));
    out[kTaste].weights[n++] = weight;
  }
  out[kTaste].offsets[0] = 0;
  out[kTaste].offsets[1] = n;

  int64_t last = in.clickTimeCount > 0 ? in.clickTimes[0] : 0;
  out[kHoursSinceLast].dense[0] = denseOf(true, static_cast<double>(in.now.values[0] - last) / 3600, 0);
  out[kClickCount].dense[0] = static_cast<float>(static_cast<double>(in.clickCount));

  int64_t recent = in.clickCount < kSequenceLength ? in.clickCount : kSequenceLength;
  for (int64_t c = 0; c < recent; ++c) out[kRecent].ids[c] = idOf(kRecent, static_cast<uint64_t>(in.clicks[c]));
  out[kRecent].offsets[0] = 0;
  out[kRecent].offsets[1] = recent;
  int64_t times = in.clickTimeCount < kSequenceLength ? in.clickTimeCount : kSequenceLength;
  for (int64_t c = 0; c < times; ++c)
    out[kRecency].ids[c] = idOf(kRecency, bandOf(in.now.values[0] - in.clickTimes[c], kRecencies));
  out[kRecency].offsets[0] = 0;
  out[kRecency].offsets[1] = times;
}

// A cross of a request's value with a column of hashes.
class Cross {
 public:
  Cross(TakeawayOutput output, MaybeHash left, const TakeawayColumns& out)
      : ids_(out[output].ids),
        slot_(slotOf(output)),
        left_(Lanes::all(left.hash * kCombine1)),
        present_(left.present) {}
  bool present() const { return present_; }
  void put(int64_t r, Int right) const { Lanes::store(ids_ + r, Lanes::crossId(slot_, left_, right)); }
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

// All tags of all items lie one after another: their outputs do so too.
void ofTags(const TakeawayInput& in, const Request& request, const TakeawayColumns& out) {
  const Cross crosses[] = {
      {kGenderTags, request.gender, out}, {kQueryTags, request.query, out}, {kCityTags, request.city, out}};
  int64_t total = in.tagOffsets[in.items];
  alignas(64) uint64_t hashes[kBlock];
  for (int64_t begin = 0; begin < total; begin += kBlock) {
    int64_t n = total - begin < kBlock ? total - begin : kBlock;
    for (int64_t e = 0; e < n; ++e) hashes[e] = hashAt(in.tags, begin + e);
    for (int64_t e = 0; e < n; e += kStep) {
      Int hash = Lanes::load(hashes + e);
      Lanes::store(out[kTags].ids + begin + e, Lanes::id(slotOf(kTags), hash));
      for (const Cross& cross : crosses)
        if (cross.present()) cross.put(begin + e, hash);
    }
  }
  auto offsets = [&](TakeawayOutput output, bool present) {
    auto bytes = static_cast<size_t>(in.items + 1) * sizeof(int64_t);
    if (present)
      __builtin_memcpy(out[output].offsets, in.tagOffsets, bytes);
    else
      __builtin_memset(out[output].offsets, 0, bytes);
  };
  offsets(kTags, true);
  offsets(kGenderTags, request.gender.present);
  offsets(kQueryTags, request.query.present);
  offsets(kCityTags, request.city.present);

  for (int64_t r = 0; r < in.items; ++r) {
    int64_t first = in.tagOffsets[r];
    int64_t count = in.tagOffsets[r + 1] - first;
    out[kFirstTag].ids[r] = count > 0 ? idOf(kFirstTag, out[kTags].ids[first]) : 0;
    out[kTagCount].dense[r] = static_cast<float>(static_cast<double>(count));
  }
}

// Each category hashed once; six crosses and the taste use it.
void ofCategory(const TakeawayInput& in, const Request& request, const Taste& taste, const TakeawayColumns& out) {
  const Cross crosses[] = {
      {kAgeCategory, request.age, out},       {kCityHourCategory, combineBoth(request.city, request.hour), out},
      {kUserCategory, request.user, out},     {kQueryCategory, request.query, out},
      {kGenderCategory, request.gender, out}, {kGenderAgeCategory, combineBoth(request.gender, request.age), out}};
  alignas(64) uint64_t hashes[kBlock];
  for (int64_t begin = 0; begin < in.items; begin += kBlock) {
    int64_t n = in.items - begin < kBlock ? in.items - begin : kBlock;
    for (int64_t r = 0; r < n; ++r) hashes[r] = hashAt(in.category, begin + r);
    for (int64_t r = 0; r < n; r += kStep) {
      Int hash = Lanes::load(hashes + r);
      Mask valid = Lanes::presentAt(in.category.valid, begin + r);
      Lanes::store(out[kCategory].ids + begin + r, Lanes::keep(valid, Lanes::id(slotOf(kCategory), hash)));
      for (const Cross& cross : crosses) cross.put(begin + r, hash, valid);
    }
    // Equal hashes are rarely wrong, but the text decides.
    for (int64_t r = 0; r < n; ++r) {
      double weight = 0;
      if (isSet(in.category.valid, begin + r)) {
        for (int64_t t = 0; t < taste.count; ++t) {
          if (taste.hashes[t] != hashes[r] || !sameText(in.tasteKeys, t, in.category, begin + r)) continue;
          weight = in.tasteWeights[t];
          break;
        }
      }
      out[kTasteOfIt].dense[begin + r] = denseOf(true, weight, 0);
    }
  }
}

void largeTaste(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) {
    for (int64_t t = 0; t < in.tasteCount && isSet(in.category.valid, r); ++t) {
      if (!sameText(in.tasteKeys, t, in.category, r)) continue;
      out[kTasteOfIt].dense[r] = denseOf(true, in.tasteWeights[t], 0);
      break;
    }
  }
}

void ofItemId(const TakeawayInput& in, const Request& request, const TakeawayColumns& out) {
  Cross user(kUserItem, request.user, out);
  Cross hour(kHourItem, request.hour, out);
  for (int64_t r = 0; r < in.items; r += kStep) {
    Int x = Lanes::load(in.itemId.values + r);
    Lanes::store(out[kItemId].ids + r, Lanes::id(slotOf(kItemId), x));
    Int hash = Lanes::hash(x);
    user.put(r, hash);
    hour.put(r, hash);
  }
  // Four vectors of items at a time, so that the comparisons do not wait for each other.
  Int slot = slotOf(kClickedBefore);
  auto emit = [&](int64_t r, Mask absent) {
    Lanes::store(out[kClickedBefore].ids + r, Lanes::addOne(Lanes::invert(absent), slot));
  };
  int64_t r = 0;
  for (; r + 4 * kStep <= in.items; r += 4 * kStep) {
    Int x[4];
    Mask absent[4];
    for (int64_t v = 0; v < 4; ++v) {
      x[v] = Lanes::load(in.itemId.values + r + v * kStep);
      absent[v] = Lanes::everywhere();
    }
    for (int64_t k = 0; k < in.clickCount; ++k)
      for (int64_t v = 0; v < 4; ++v) absent[v] = Lanes::butEqual(absent[v], x[v], in.clicks[k]);
    for (int64_t v = 0; v < 4; ++v) emit(r + v * kStep, absent[v]);
  }
  for (; r < in.items; r += kStep) {
    Int x = Lanes::load(in.itemId.values + r);
    Mask absent = Lanes::everywhere();
    for (int64_t k = 0; k < in.clickCount; ++k) absent = Lanes::butEqual(absent, x, in.clicks[k]);
    emit(r, absent);
  }
}

void ofNumbers(const TakeawayInput& in, const TakeawayColumns& out) {
  static const BandHashes bands;
  for (int64_t r = 0; r < in.items; r += kStep) {
    Float price = Lanes::loadFloat(in.price.values + r);
    Float km = Lanes::divide(Lanes::loadFloat(in.distance.values + r), 1000.0);
    Mask priced = Lanes::presentAt(in.price.valid, r);
    Mask placed = Lanes::presentAt(in.distance.valid, r);
    Lanes::storeDense(out[kPriceLog].dense + r, priced, Lanes::log1p(price), 0);
    Lanes::storeDense(out[kKmLog].dense + r, placed, Lanes::log1p(km), 0);
    Mask cheap = Lanes::both(priced, Lanes::below(price, 20));
    Lanes::storeTruth(out[kCheapAndNear].dense + r, Lanes::both(cheap, Lanes::both(placed, Lanes::below(km, 1))));

    priced = Lanes::both(priced, Lanes::finite(price));
    placed = Lanes::both(placed, Lanes::finite(km));
    Int cost = bandsOf(price, kCosts);
    Int step = bandsOf(km, kKms);
    Lanes::store(out[kCost].ids + r, Lanes::keep(priced, Lanes::id(slotOf(kCost), cost)));
    Lanes::store(out[kKmBand].ids + r, Lanes::keep(placed, Lanes::id(slotOf(kKmBand), step)));
    Int both = Lanes::crossId(slotOf(kCostKm), Lanes::pick(bands.left, cost), Lanes::pick(bands.right, step));
    Lanes::store(out[kCostKm].ids + r, Lanes::keep(Lanes::both(priced, placed), both));

    Mask viewed = Lanes::presentAt(in.itemViews.valid, r);
    Int views = Lanes::keep(viewed, Lanes::load(in.itemViews.values + r));
    Int hits = Lanes::keep(Lanes::presentAt(in.itemClicks.valid, r), Lanes::load(in.itemClicks.values + r));
    Float ctr = Lanes::divide(Lanes::toFloat(Lanes::plus(hits, 1)), Lanes::toFloat(Lanes::plus(views, 20)));
    Mask good = Lanes::finite(ctr);
    Lanes::storeDense(out[kCtr].dense + r, good, ctr, 0.05F);
    Lanes::store(out[kCtrBand].ids + r, Lanes::keep(good, Lanes::id(slotOf(kCtrBand), bandsOf(ctr, kCtrs))));
    // A missing one is 0, as the band of 0 views is.
    Lanes::store(out[kViewsBand].ids + r, Lanes::id(slotOf(kViewsBand), bandsOf(views, kViews)));
  }
}

}  // namespace

#define FEATC_JOIN_(a, b) a##b
#define FEATC_JOIN(a, b) FEATC_JOIN_(a, b)
void FEATC_JOIN(takeawayExpert, FEATC_ISA)(const TakeawayInput& in, const TakeawayColumns& out) {
  Request request(in);
  Taste taste(in);
  ofRequest(in, request, taste, out);
  ofItemId(in, request, out);
  ofNumbers(in, out);
  ofTags(in, request, out);
  ofCategory(in, request, taste, out);
  if (in.hasTaste && in.tasteCount > Taste::kMost) largeTaste(in, out);
}

}  // namespace featc::bench
