// SPDX-License-Identifier: Apache-2.0
// The expert's features of categories, brands and tags: each text hashed once.
#pragma once

#include "bench/handwritten/search_ads_expert_ad.h"

namespace featc::bench::ads {

namespace {

constexpr int64_t kBlock = 256;

// Crosses of all query terms with one value a row: few ids, which one vector holds nearly always. What is written too
// far is overwritten by the next row.
int64_t crossTerms(const Terms& terms, Int slot, uint64_t right, uint64_t* to) {
  Int other = Lanes::all(right);
  for (int64_t t = 0; t < terms.count; t += kStep)
    Lanes::store(to + t, Lanes::crossId(slot, Lanes::load(terms.left + t), other));
  return terms.count;
}

// What is crossed with the category, and with the price or the shop.
void crossCategories(const Input& in, const Prepared& p, const Columns& out, int64_t begin, int64_t n,
                     const uint64_t* hashes) {
  const BandHashes& bands = bandHashes();
  const RequestHashes& h = p.hash;
  const Cross crosses[] = {{kUserXCategory, h.user, out},     {kAgeXCategory, h.age, out},
                           {kGenderXCategory, h.gender, out}, {kGenderXAgeXCategory, combineBoth(h.gender, h.age), out},
                           {kCityXCategory, h.city, out},     {kCityXHourXCategory, combineBoth(h.city, h.hour), out},
                           {kHourXCategory, h.hour, out},     {kWeekdayXCategory, h.weekday, out},
                           {kDeviceXCategory, h.device, out}, {kQueryXCategory, h.query, out}};
  for (int64_t i = 0; i < n; i += kStep) {
    int64_t r = begin + i;
    Int hash = Lanes::load(hashes + i);
    Lanes::store(out[kCategory].ids + r, Lanes::id(slotBitsOf(kCategory), hash));
    for (const Cross& cross : crosses) cross.put(r, hash);
    Int left = Lanes::times(hash, kCombine1);
    Band cost = bandsAt(in.price, r, kCosts);
    Int id = Lanes::crossId(slotBitsOf(kCategoryXCost), left, Lanes::pick(bands.right, cost.band));
    Lanes::store(out[kCategoryXCost].ids + r, Lanes::keep(cost.present, id));
    Band stars = bandsAt(in.rating, r, kRatings);
    id = Lanes::crossId(slotBitsOf(kCategoryXStars), left, Lanes::pick(bands.right, stars.band));
    Lanes::store(out[kCategoryXStars].ids + r, Lanes::keep(stars.present, id));
    Int shop = Lanes::times(Lanes::hash(Lanes::load(in.shopId.values + r)), kCombine1);
    Lanes::store(out[kShopXCategory].ids + r, Lanes::crossId(slotBitsOf(kShopXCategory), shop, hash));
  }
}

// What is looked up by the category: the vocabulary, the user's interests and visits.
void lookUpCategories(const Input& in, const Prepared& p, const Columns& out, int64_t begin, int64_t n,
                      const uint64_t* hashes) {
  static const Kinds kinds;
  alignas(64) double means[kBlock];
  alignas(64) uint8_t visited[kBlock / 8 + 8] = {};
  int64_t count = in.visitCount < kGroupLength ? in.visitCount : kGroupLength;
  Int sameSlot = slotBitsOf(kRecentSame);
  Int crossSlot = slotBitsOf(kRecentXCategory);
  for (int64_t i = 0; i < n; ++i) {
    int64_t r = begin + i;
    int64_t kind = kinds.table.find(hashes[i], in.category, r);
    out[kKind].ids[r] = idOf(kKind, kind < 0 ? std::size(kKinds) : static_cast<uint64_t>(kind));
    int64_t liked = p.interests.table.find(hashes[i], in.category, r);
    double interest = liked < 0 ? 0 : p.interests.values[liked];
    out[kInterest].dense[r] = denseOf(true, interest, 0);
    out[kInterestBand].ids[r] = idOf(kInterestBand, std::isfinite(interest) ? bandOf(interest, kLikings) : 0);

    int64_t number = p.visits.categories.find(hashes[i], in.category, r);
    bool found = number >= 0;
    static constexpr VisitedCategory kNone{0, 0, 0, 0, -1, 0};
    const VisitedCategory& category = found ? p.visits.of[number] : kNone;
    out[kVisitedCategory].ids[r] = idOf(kVisitedCategory, found ? 1 : 0);
    out[kSameCategory].dense[r] = static_cast<float>(category.count);
    out[kBoughtSame].dense[r] = static_cast<float>(category.bought);
    out[kHoursSinceSame].dense[r] = category.hoursSince;
    means[i] = category.price;
    visited[i >> 3] |= static_cast<uint8_t>((found ? 1U : 0U) << static_cast<unsigned>(i & 7));

    Int wanted = Lanes::all(static_cast<uint64_t>(number));
    Int right = Lanes::all(hashes[i]);
    uint64_t* same = out[kRecentSame].ids + r * count;
    uint64_t* cross = out[kRecentXCategory].ids + r * count;
    for (int64_t v = 0; v < count; v += kStep) {
      Mask equal = Lanes::equal(Lanes::load(p.visits.numbers + v), wanted);
      Lanes::store(same + v, Lanes::addOne(equal, sameSlot));
      Lanes::store(cross + v, Lanes::crossId(crossSlot, Lanes::load(p.visits.left + v), right));
    }
    out[kRecentSame].offsets[r + 1] = (r + 1) * count;
    out[kRecentXCategory].offsets[r + 1] = (r + 1) * count;
  }
  for (int64_t i = 0; i < n; i += kStep) {
    Mask present = Lanes::both(Lanes::presentAt(in.price.valid, begin + i), Lanes::presentAt(visited, i));
    Float price = Lanes::loadFloat(in.price.values + begin + i);
    Lanes::storeDense(out[kPriceToSame].dense + begin + i, present, Lanes::divide(price, Lanes::loadFloat(means + i)),
                      1);
  }
}

void crossBrands(const Input& in, const Prepared& p, const Columns& out, int64_t begin, int64_t n,
                 const uint64_t* hashes, const uint64_t* categories) {
  const BandHashes& bands = bandHashes();
  const Cross crosses[] = {
      {kUserXBrand, p.hash.user, out}, {kGenderXBrand, p.hash.gender, out}, {kQueryXBrand, p.hash.query, out}};
  for (int64_t i = 0; i < n; i += kStep) {
    int64_t r = begin + i;
    Int hash = Lanes::load(hashes + i);
    Mask valid = Lanes::presentAt(in.brand.valid, r);
    Lanes::store(out[kBrand].ids + r, Lanes::keep(valid, Lanes::id(slotBitsOf(kBrand), hash)));
    for (const Cross& cross : crosses) cross.put(r, hash, valid);
    Int left = Lanes::times(hash, kCombine1);
    Int id = Lanes::crossId(slotBitsOf(kBrandXCategory), left, Lanes::load(categories + i));
    Lanes::store(out[kBrandXCategory].ids + r, Lanes::keep(valid, id));
    Band cost = bandsAt(in.price, r, kCosts);
    id = Lanes::crossId(slotBitsOf(kBrandXCost), left, Lanes::pick(bands.right, cost.band));
    Lanes::store(out[kBrandXCost].ids + r, Lanes::keep(Lanes::both(valid, cost.present), id));
  }
}

// Of each of the user's brands what its key gives, worked out once.
struct KnownBrands {
  uint64_t ids[kMostKeys];
  float clicks[kMostKeys];
  explicit KnownBrands(const Likings<int64_t>& brands) {
    for (int64_t b = 0; b < brands.table.count; ++b) {
      ids[b] = idOf(kBrandClicked, combine(brands.table.hashes[b], hashNumber(brands.values[b])));
      clicks[b] = denseOf(true, log1pOf(static_cast<double>(brands.values[b])), 0);
    }
  }
};
void lookUpBrands(const Input& in, const Prepared& p, const KnownBrands& known, const Columns& out, int64_t begin,
                  int64_t n, const uint64_t* hashes) {
  for (int64_t i = 0; i < n; ++i) {
    int64_t r = begin + i;
    bool present = isSet(in.brand.valid, r);
    int64_t number = present ? p.brands.table.find(hashes[i], in.brand, r) : -1;
    bool found = number >= 0;
    out[kBrandBucket].ids[r] = present ? idOf(kBrandBucket, hashes[i] % kBrandBuckets) : 0;
    out[kKnowsBrand].ids[r] = present && in.brandClicks.present ? idOf(kKnowsBrand, found ? 1 : 0) : 0;
    out[kBrandClicked].ids[r] = found ? known.ids[number] : 0;
    out[kBrandClicks].dense[r] = found ? known.clicks[number] : 0;
  }
}

// All tags of all items lie one after another: their outputs do so too.
void ofTagsAlone(const Input& in, const Prepared& p, const Columns& out, int64_t first, int64_t n, uint64_t* hashes,
                 uint64_t* left) {
  const Cross crosses[] = {{kGenderXTags, p.hash.gender, out}, {kQueryXTags, p.hash.query, out}};
  Int slot = slotBitsOf(kTags);
  for (int64_t e = 0; e < n; ++e) hashes[e] = hashAt(in.tags, first + e);
  for (int64_t e = 0; e < n; e += kStep) {
    Int hash = Lanes::load(hashes + e);
    Lanes::store(left + e, Lanes::times(hash, kCombine1));
    Lanes::store(out[kTags].ids + first + e, Lanes::id(slot, hash));
    for (const Cross& cross : crosses)
      if (cross.present()) cross.put(first + e, hash);
  }
}

void ofTags(const Input& in, const Prepared& p, const Columns& out, int64_t begin, int64_t n,
            const uint64_t* categories) {
  Int slot = slotBitsOf(kTagsXCategory);
  alignas(64) uint64_t hashes[kMostElements + 8];
  alignas(64) uint64_t left[kMostElements + 8];
  int64_t first = 0;
  int64_t known = 0;  // up to which tag hashes are there
  for (int64_t r = begin; r < begin + n; ++r) {
    int64_t at = in.tagOffsets[r];
    int64_t end = in.tagOffsets[r + 1];
    if (r == begin || end > known) {
      // As many rows as there is room for.
      int64_t last = r + 1;
      while (last < begin + n && in.tagOffsets[last + 1] - at <= kMostElements) ++last;
      first = at;
      known = in.tagOffsets[last];
      ofTagsAlone(in, p, out, first, known - first, hashes, left);
    }
    out[kFirstTag].ids[r] = at < end ? idOf(kFirstTag, hashes[at - first]) : 0;
    out[kTagCount].dense[r] = static_cast<float>(end - at);
    Int category = Lanes::all(categories[r - begin]);
    for (int64_t e = at; e < end; e += kStep)
      Lanes::store(out[kTagsXCategory].ids + e, Lanes::crossId(slot, Lanes::load(left + (e - first)), category));
    uint64_t hits = 0;
    double sum = 0;
    double best = 0;
    bool any = false;
    for (int64_t e = at; e < end; ++e) {
      uint64_t hash = hashes[e - first];
      int64_t term = p.terms.table.find(hash, in.tags, e);
      if (term >= 0) hits |= uint64_t{1} << static_cast<unsigned>(term);
      int64_t liked = p.tags.table.find(hash, in.tags, e);
      if (liked < 0) continue;
      double weight = p.tags.values[liked];
      sum += weight;
      best = !any || weight > best ? weight : best;
      any = true;
    }
    out[kTagHits].ids[r] = idOf(kTagHits, static_cast<uint64_t>(__builtin_popcountll(hits)));
    out[kTagSum].dense[r] = denseOf(true, sum, 0);
    out[kTagBest].dense[r] = denseOf(any, best, 0);
  }
}

// Where the rows of tags' outputs begin is where the tags do.
void putTagOffsets(const Input& in, const Prepared& p, const Columns& out) {
  auto bytes = static_cast<size_t>(in.items + 1) * sizeof(int64_t);
  for (Output output : {kTags, kTagsXCategory, kQueryXTags})
    __builtin_memcpy(out[output].offsets, in.tagOffsets, bytes);
  if (p.hash.gender.present)
    __builtin_memcpy(out[kGenderXTags].offsets, in.tagOffsets, bytes);
  else
    __builtin_memset(out[kGenderXTags].offsets, 0, bytes);
}

void crossAllTerms(const Input& in, const Prepared& p, const Columns& out, int64_t begin, int64_t n,
                   const uint64_t* categories, const uint64_t* brands) {
  const RivalColumn& withCategory = out[kTermsXCategory];
  const RivalColumn& withBrand = out[kTermsXBrand];
  Int categorySlot = slotBitsOf(kTermsXCategory);
  Int brandSlot = slotBitsOf(kTermsXBrand);
  for (int64_t r = begin; r < begin + n; ++r) {
    int64_t at = withCategory.offsets[r];
    withCategory.offsets[r + 1] = at + crossTerms(p.terms, categorySlot, categories[r - begin], withCategory.ids + at);
    at = withBrand.offsets[r];
    bool present = isSet(in.brand.valid, r);
    withBrand.offsets[r + 1] =
        at + (present ? crossTerms(p.terms, brandSlot, brands[r - begin], withBrand.ids + at) : 0);
  }
}

void ofTexts(const Input& in, const Prepared& p, const Columns& out) {
  KnownBrands known(p.brands);
  alignas(64) uint64_t categories[kBlock];
  alignas(64) uint64_t brands[kBlock];
  for (Output output : {kTermsXCategory, kTermsXBrand, kRecentSame, kRecentXCategory}) out[output].offsets[0] = 0;
  putTagOffsets(in, p, out);
  for (int64_t begin = 0; begin < in.items; begin += kBlock) {
    int64_t n = in.items - begin < kBlock ? in.items - begin : kBlock;
    for (int64_t i = 0; i < n; ++i) categories[i] = hashAt(in.category, begin + i);
    for (int64_t i = 0; i < n; ++i) brands[i] = hashAt(in.brand, begin + i);
    crossCategories(in, p, out, begin, n, categories);
    lookUpCategories(in, p, out, begin, n, categories);
    crossBrands(in, p, out, begin, n, brands, categories);
    lookUpBrands(in, p, known, out, begin, n, brands);
    crossAllTerms(in, p, out, begin, n, categories, brands);
    ofTags(in, p, out, begin, n, categories);
  }
}

}  // namespace

}  // namespace featc::bench::ads
