// SPDX-License-Identifier: Apache-2.0
// Crosses of what the request gives with the ad.
#pragma once

#include "bench/handwritten/search_ads_plain.h"

namespace featc::bench::ads {

namespace {

void withCategory(const Input& in, const Columns& out, Output output, MaybeHash left) {
  ids(in, out, output,
      [&](int64_t r) { return left.present ? idOf(output, combine(left.hash, hashAt(in.category, r))) : 0; });
}
void withBrand(const Input& in, const Columns& out, Output output, MaybeHash left) {
  ids(in, out, output, [&](int64_t r) {
    bool present = left.present && isSet(in.brand.valid, r);
    return present ? idOf(output, combine(left.hash, hashAt(in.brand, r))) : 0;
  });
}
void withNumber(const Input& in, const Columns& out, Output output, MaybeHash left, const int64_t* right) {
  ids(in, out, output,
      [&](int64_t r) { return left.present ? idOf(output, combine(left.hash, hashNumber(right[r]))) : 0; });
}
void withCost(const Input& in, const Columns& out, Output output, MaybeHash left) {
  ids(in, out, output,
      [&](int64_t r) { return maybeId(output, combineBoth(left, bandAt(in.price, r, kCosts).hash())); });
}
void withTags(const Input& in, const Columns& out, Output output, MaybeHash left) {
  lists(in, out, output, [&](int64_t r, auto put) {
    for (int64_t e = in.tagOffsets[r]; left.present && e < in.tagOffsets[r + 1]; ++e)
      put(combine(left.hash, hashAt(in.tags, e)));
  });
}

void crosses(const Input& in, const Columns& out) {
  MaybeHash user{true, hashNumber(in.userId.values[0])};
  MaybeHash age = ageBandOf(in).hash();
  MaybeHash gender = hashOne(in.gender);
  MaybeHash city = hashOne(in.city);
  MaybeHash hour{true, hashNumber(hourOf(in.now.values[0]))};
  MaybeHash weekday{true, hashNumber(weekdayOf(in.now.values[0]))};
  MaybeHash device = hashOne(in.device);
  MaybeHash level = isSet(in.level.valid, 0) ? MaybeHash{true, hashNumber(in.level.values[0])} : MaybeHash();
  std::string asked = lowered(in.query, 0);
  MaybeHash query{true, hashText(asked.data(), static_cast<int64_t>(asked.size()))};

  withCategory(in, out, kUserXCategory, user);
  withBrand(in, out, kUserXBrand, user);
  withNumber(in, out, kUserXShop, user, in.shopId.values);
  withNumber(in, out, kUserXItem, user, in.itemId.values);
  withCategory(in, out, kAgeXCategory, age);
  withCategory(in, out, kGenderXCategory, gender);
  withBrand(in, out, kGenderXBrand, gender);
  withCategory(in, out, kGenderXAgeXCategory, combineBoth(gender, age));
  withCategory(in, out, kCityXCategory, city);
  withNumber(in, out, kCityXShop, city, in.shopId.values);
  withCategory(in, out, kCityXHourXCategory, combineBoth(city, hour));
  withCategory(in, out, kHourXCategory, hour);
  withCategory(in, out, kWeekdayXCategory, weekday);
  withCategory(in, out, kDeviceXCategory, device);
  withCost(in, out, kLevelXCost, level);
  withCost(in, out, kAgeXCost, age);
  withCategory(in, out, kQueryXCategory, query);
  withBrand(in, out, kQueryXBrand, query);
  withNumber(in, out, kQueryXItem, query, in.itemId.values);
  withNumber(in, out, kQueryXShop, query, in.shopId.values);
  withTags(in, out, kGenderXTags, gender);
  withTags(in, out, kQueryXTags, query);

  Vector<uint64_t> terms;
  for (const Word& term : queryTermsOf(in)) terms.push_back(hashWord(term));
  lists(in, out, kTermsXCategory, [&](int64_t r, auto put) {
    uint64_t category = hashAt(in.category, r);
    for (uint64_t term : terms) put(combine(term, category));
  });
  lists(in, out, kTermsXBrand, [&](int64_t r, auto put) {
    if (!isSet(in.brand.valid, r)) return;
    uint64_t brand = hashAt(in.brand, r);
    for (uint64_t term : terms) put(combine(term, brand));
  });
}

}  // namespace

}  // namespace featc::bench::ads
