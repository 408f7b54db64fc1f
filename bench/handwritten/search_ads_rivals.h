// SPDX-License-Identifier: Apache-2.0
// The 120 features of bench/search_ads.feat written by hand: what featc is measured against.
#pragma once

#include <cstdint>

#include "bench/handwritten/columns.h"

namespace featc::bench::ads {

// What the expert's tables have room for: a query parser and a profile cut what is longer.
inline constexpr int64_t kMostTerms = 64;
inline constexpr int64_t kMostVisits = 64;
inline constexpr int64_t kMostKeys = 64;       // of a map
inline constexpr int64_t kMostElements = 256;  // tags or terms of an ad
inline constexpr int64_t kMostText = 1024;     // bytes of a query or a title

// The columns of a batch of one request. Numbers and bitmaps are readable for 64 bytes past their end. Lists are not
// sliced, so that the elements of item r are offsets[r] .. offsets[r + 1] - 1, and all of them are present.
struct Input {
  Integers userId, now, age, level;  // of the one request
  Texts query, city, device, gender;
  Texts queryTerms;
  int64_t queryTermCount = 0;
  TextMap<double> interests;
  TextMap<int64_t> brandClicks;
  TextMap<double> tagWeights;
  const int64_t* visitIds = nullptr;
  Texts visitCategories;
  const int64_t* visitTimes = nullptr;
  const double* visitPrices = nullptr;
  Texts visitActions;
  int64_t visitCount = 0;

  int64_t items = 0;
  Integers itemId, shopId, views, clicks, orders, listedAt;
  Floats price, listPrice, bid, rating;
  Texts title, brand, category;
  const int64_t* termOffsets = nullptr;  // of the titles' terms
  Texts titleTerms;
  const int64_t* tagOffsets = nullptr;
  Texts tags;
};

// In the config's order; output `o` has slot o + 1, if any.
enum Output : uint32_t {
  // The request.
  kUserId,
  kCity,
  kDevice,
  kAgeBand,
  kGender,
  kLevel,
  kHour,
  kWeekday,
  kWeekend,
  kDayOfMonth,
  kQuery,
  kQueryTerms,
  kInterests,
  kBoughtCategories,
  kHourXWeekday,
  kGenderXAge,
  kCityXHour,
  kDeviceXLevel,
  kTermCount,
  kQueryLength,
  kVisitCount,
  kBoughtCount,
  kHoursSinceVisit,
  kUsualPrice,
  kTopInterest,
  kHourSine,
  // The ad.
  kItemId,
  kShopId,
  kBrand,
  kCategory,
  kKind,
  kBrandBucket,
  kTags,
  kTitleTerms,
  kFirstTag,
  kTitleStart,
  kCost,
  kOffer,
  kCtrBand,
  kCvrBand,
  kStars,
  kViewsBand,
  kListedBand,
  kBrandXCategory,
  kCategoryXCost,
  kCategoryXStars,
  kBrandXCost,
  kShopXCategory,
  kTagsXCategory,
  kCostXOffer,
  kPriceLog,
  kBidLog,
  kCtr,
  kCvr,
  kEcpm,
  kDiscount,
  kRating,
  kViewsLog,
  kTitleLength,
  kTagCount,
  kBidToPrice,
  // The user and the query, with the ad.
  kUserXCategory,
  kUserXBrand,
  kUserXShop,
  kUserXItem,
  kAgeXCategory,
  kGenderXCategory,
  kGenderXBrand,
  kGenderXAgeXCategory,
  kCityXCategory,
  kCityXShop,
  kCityXHourXCategory,
  kHourXCategory,
  kWeekdayXCategory,
  kDeviceXCategory,
  kLevelXCost,
  kAgeXCost,
  kQueryXCategory,
  kQueryXBrand,
  kQueryXItem,
  kQueryXShop,
  kTermsXCategory,
  kTermsXBrand,
  kGenderXTags,
  kQueryXTags,
  // How well the ad's text fits.
  kMatchedTerms,
  kMissedTerms,
  kMatchCount,
  kWholeQuery,
  kBeginsWith,
  kInOrder,
  kAsksForBrand,
  kTagHits,
  kSimilarity,
  kQueryMatched,
  kTitleMatched,
  kCover,
  kTermIndex,
  kEdits,
  // What the user likes.
  kInterestBand,
  kKnowsBrand,
  kBrandClicked,
  kInterest,
  kBrandClicks,
  kTagSum,
  kTagBest,
  // What the user visited, with the ad.
  kVisited,
  kVisitedCategory,
  kSameCategory,
  kBoughtSame,
  kHoursSinceSame,
  kPriceToSame,
  kPriceToUsual,
  // Of each visit.
  kRecentId,
  kRecentCategory,
  kRecentAction,
  kRecentAge,
  kRecentSame,
  kRecentXCategory,
  kRecentPriceGap,
  kOutputs
};

using Columns = const RivalColumn*;  // by output

using Rival = void(const Input& input, const Columns& out);

// `plain`: one loop an output, with the containers of the standard library, for this machine or for AVX2.
// `expert`: every hash shared, what the request gives prepared before the items, intrinsics, no allocation.
Rival plainNative, plainAvx2, expertAvx512, expertAvx2;

}  // namespace featc::bench::ads
