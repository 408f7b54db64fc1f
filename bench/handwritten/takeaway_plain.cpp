// SPDX-License-Identifier: Apache-2.0
// The takeaway config as straightforward C++: each output by a loop of its own that computes what it
// needs. Compiled once for each FEATC_ISA.
#include "bench/handwritten/takeaway_values.h"

namespace featc::bench {

namespace {

constexpr uint32_t slotOf(TakeawayOutput output) { return kTakeawaySlots[output]; }

uint64_t maybeId(TakeawayOutput output, MaybeHash hash) { return hash.present ? idOf(slotOf(output), hash.hash) : 0; }

void hashOfCategory(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r)
    out[kCategory].ids[r] = isSet(in.category.valid, r) ? idOf(slotOf(kCategory), hashAt(in.category, r)) : 0;
}

// cross(request's value, category)
void withCategory(const TakeawayInput& in, const TakeawayColumns& out, TakeawayOutput output, MaybeHash left) {
  uint64_t* ids = out[output].ids;
  for (int64_t r = 0; r < in.items; ++r) {
    bool present = left.present && isSet(in.category.valid, r);
    ids[r] = present ? idOf(slotOf(output), combine(left.hash, hashAt(in.category, r))) : 0;
  }
}

// cross(request's value, item_id)
void withItem(const TakeawayInput& in, const TakeawayColumns& out, TakeawayOutput output, uint64_t left) {
  uint64_t* ids = out[output].ids;
  for (int64_t r = 0; r < in.items; ++r) ids[r] = idOf(slotOf(output), combine(left, hashNumber(in.itemId.values[r])));
}

// cross(request's value, tags)
void withTags(const TakeawayInput& in, const TakeawayColumns& out, TakeawayOutput output, MaybeHash left) {
  const RivalColumn& column = out[output];
  int64_t n = 0;
  column.offsets[0] = 0;
  for (int64_t r = 0; r < in.items; ++r) {
    for (int64_t e = in.tagOffsets[r]; left.present && e < in.tagOffsets[r + 1]; ++e)
      column.ids[n++] = idOf(slotOf(output), combine(left.hash, hashAt(in.tags, e)));
    column.offsets[r + 1] = n;
  }
}

void tags(const TakeawayInput& in, const TakeawayColumns& out) {
  const RivalColumn& column = out[kTags];
  int64_t n = 0;
  column.offsets[0] = 0;
  for (int64_t r = 0; r < in.items; ++r) {
    for (int64_t e = in.tagOffsets[r]; e < in.tagOffsets[r + 1]; ++e)
      column.ids[n++] = idOf(slotOf(kTags), hashAt(in.tags, e));
    column.offsets[r + 1] = n;
  }
}

void kmBand(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) {
    double km = in.distance.values[r] / 1000.0;
    bool present = isSet(in.distance.valid, r) && std::isfinite(km);
    out[kKmBand].ids[r] = present ? idOf(slotOf(kKmBand), bandOf(km, kKms)) : 0;
  }
}

void cost(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) {
    double price = in.price.values[r];
    bool present = isSet(in.price.valid, r) && std::isfinite(price);
    out[kCost].ids[r] = present ? idOf(slotOf(kCost), bandOf(price, kCosts)) : 0;
  }
}

void costKm(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) {
    double price = in.price.values[r];
    double km = in.distance.values[r] / 1000.0;
    bool present = isSet(in.price.valid, r) && isSet(in.distance.valid, r) && std::isfinite(price) && std::isfinite(km);
    uint64_t left = hashNumber(static_cast<int64_t>(bandOf(price, kCosts)));
    uint64_t right = hashNumber(static_cast<int64_t>(bandOf(km, kKms)));
    out[kCostKm].ids[r] = present ? idOf(slotOf(kCostKm), combine(left, right)) : 0;
  }
}

void clickedBefore(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) {
    bool found = false;
    for (int64_t c = 0; c < in.clickCount && !found; ++c) found = in.clicks[c] == in.itemId.values[r];
    out[kClickedBefore].ids[r] = idOf(slotOf(kClickedBefore), found ? 1 : 0);
  }
}

double ctrOf(const TakeawayInput& in, int64_t r) {
  int64_t hits = isSet(in.itemClicks.valid, r) ? in.itemClicks.values[r] : 0;
  int64_t shown = isSet(in.itemViews.valid, r) ? in.itemViews.values[r] : 0;
  return static_cast<double>(hits + 1) / static_cast<double>(shown + 20);
}
void ctr(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) out[kCtr].dense[r] = denseOf(true, ctrOf(in, r), 0.05F);
}
void ctrBand(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) {
    double x = ctrOf(in, r);
    out[kCtrBand].ids[r] = std::isfinite(x) ? idOf(slotOf(kCtrBand), bandOf(x, kCtrs)) : 0;
  }
}
void viewsBand(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) {
    bool present = isSet(in.itemViews.valid, r);
    out[kViewsBand].ids[r] = idOf(slotOf(kViewsBand), present ? bandOf(in.itemViews.values[r], kViews) : 0);
  }
}

void priceLog(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) {
    bool present = isSet(in.price.valid, r);
    out[kPriceLog].dense[r] = denseOf(present, present ? Sleef_cinz_log1pd1_u10purec(in.price.values[r]) : 0, 0);
  }
}
void kmLog(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) {
    bool present = isSet(in.distance.valid, r);
    double x = present ? Sleef_cinz_log1pd1_u10purec(in.distance.values[r] / 1000.0) : 0;
    out[kKmLog].dense[r] = denseOf(present, x, 0);
  }
}

void tasteOfIt(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) {
    double weight = 0;
    if (in.hasTaste && isSet(in.category.valid, r)) {
      for (int64_t t = 0; t < in.tasteCount; ++t) {
        if (!sameText(in.tasteKeys, t, in.category, r)) continue;
        weight = in.tasteWeights[t];
        break;
      }
    }
    out[kTasteOfIt].dense[r] = denseOf(true, weight, 0);
  }
}

void cheapAndNear(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) {
    bool cheap = isSet(in.price.valid, r) && in.price.values[r] < 20;
    bool near = isSet(in.distance.valid, r) && in.distance.values[r] / 1000.0 < 1;
    out[kCheapAndNear].dense[r] = cheap && near ? 1 : 0;
  }
}

void firstTag(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r) {
    int64_t first = in.tagOffsets[r];
    out[kFirstTag].ids[r] = first < in.tagOffsets[r + 1] ? idOf(slotOf(kFirstTag), hashAt(in.tags, first)) : 0;
  }
}
void tagCount(const TakeawayInput& in, const TakeawayColumns& out) {
  for (int64_t r = 0; r < in.items; ++r)
    out[kTagCount].dense[r] = static_cast<float>(static_cast<double>(in.tagOffsets[r + 1] - in.tagOffsets[r]));
}

void ofRequest(const TakeawayInput& in, const TakeawayColumns& out) {
  out[kUserId].ids[0] = idOf(slotOf(kUserId), static_cast<uint64_t>(in.userId.values[0]));
  out[kCity].ids[0] = idOf(slotOf(kCity), hashAt(in.city, 0));
  out[kHour].ids[0] = idOf(slotOf(kHour), static_cast<uint64_t>(in.hour.values[0]));
  out[kAgeBand].ids[0] = idOf(slotOf(kAgeBand), isSet(in.age.valid, 0) ? bandOf(in.age.values[0], kAges) : 99);
  out[kGender].ids[0] = maybeId(kGender, hashOne(in.gender));
  out[kQuery].ids[0] = maybeId(kQuery, hashLower(in.query));
  out[kAgeCity].ids[0] = maybeId(kAgeCity, combineBoth(hashAgeBand(in), hashOne(in.city)));
  out[kGenderCity].ids[0] = maybeId(kGenderCity, combineBoth(hashOne(in.gender), hashOne(in.city)));

  int64_t n = 0;
  for (int64_t t = 0; in.hasTaste && t < in.tasteCount; ++t) {
    auto weight = static_cast<float>(in.tasteWeights[t]);
    if (!std::isfinite(weight)) continue;
    out[kTaste].ids[n] = idOf(slotOf(kTaste), hashAt(in.tasteKeys, t));
    out[kTaste].weights[n++] = weight;
  }
  out[kTaste].offsets[0] = 0;
  out[kTaste].offsets[1] = n;

  int64_t last = in.clickTimeCount > 0 ? in.clickTimes[0] : 0;
  out[kHoursSinceLast].dense[0] = denseOf(true, static_cast<double>(in.now.values[0] - last) / 3600, 0);
  out[kClickCount].dense[0] = static_cast<float>(static_cast<double>(in.clickCount));

  int64_t recent = in.clickCount < kSequenceLength ? in.clickCount : kSequenceLength;
  for (int64_t c = 0; c < recent; ++c) out[kRecent].ids[c] = idOf(slotOf(kRecent), static_cast<uint64_t>(in.clicks[c]));
  out[kRecent].offsets[0] = 0;
  out[kRecent].offsets[1] = recent;
  int64_t times = in.clickTimeCount < kSequenceLength ? in.clickTimeCount : kSequenceLength;
  for (int64_t c = 0; c < times; ++c)
    out[kRecency].ids[c] = idOf(slotOf(kRecency), bandOf(in.now.values[0] - in.clickTimes[c], kRecencies));
  out[kRecency].offsets[0] = 0;
  out[kRecency].offsets[1] = times;
}

}  // namespace

#define FEATC_JOIN_(a, b) a##b
#define FEATC_JOIN(a, b) FEATC_JOIN_(a, b)
void FEATC_JOIN(takeawayPlain, FEATC_ISA)(const TakeawayInput& in, const TakeawayColumns& out) {
  ofRequest(in, out);
  for (int64_t r = 0; r < in.items; ++r)
    out[kItemId].ids[r] = idOf(slotOf(kItemId), static_cast<uint64_t>(in.itemId.values[r]));
  hashOfCategory(in, out);
  tags(in, out);
  MaybeHash age = hashAgeBand(in);
  MaybeHash city = hashOne(in.city);
  MaybeHash gender = hashOne(in.gender);
  MaybeHash query = hashLower(in.query);
  MaybeHash hour{true, hashNumber(in.hour.values[0])};
  MaybeHash user{true, hashNumber(in.userId.values[0])};
  withCategory(in, out, kAgeCategory, age);
  withCategory(in, out, kCityHourCategory, combineBoth(city, hour));
  withTags(in, out, kGenderTags, gender);
  kmBand(in, out);
  clickedBefore(in, out);
  ctr(in, out);
  priceLog(in, out);
  tasteOfIt(in, out);
  cheapAndNear(in, out);
  withCategory(in, out, kUserCategory, user);
  withItem(in, out, kUserItem, user.hash);
  withItem(in, out, kHourItem, hour.hash);
  withCategory(in, out, kQueryCategory, query);
  withTags(in, out, kQueryTags, query);
  withTags(in, out, kCityTags, city);
  withCategory(in, out, kGenderCategory, gender);
  withCategory(in, out, kGenderAgeCategory, combineBoth(gender, age));
  cost(in, out);
  costKm(in, out);
  ctrBand(in, out);
  viewsBand(in, out);
  firstTag(in, out);
  tagCount(in, out);
  kmLog(in, out);
}

}  // namespace featc::bench
