// SPDX-License-Identifier: Apache-2.0
// The 40 features of bench/takeaway.feat written by hand: what featc is measured against.
#pragma once

#include <array>
#include <cstdint>

#include "bench/handwritten/columns.h"

namespace featc::bench {

// -- What comes in: the columns of a batch of one request -------------------------------------------

// Numbers and bitmaps are readable for 64 bytes past their end. Lists are not sliced, so that the
// elements of item r are offsets[r] .. offsets[r + 1] - 1, and all of them are present.
struct TakeawayInput {
  Integers userId, hour, now, age;  // of the one request
  Texts city, query, gender;
  const int64_t* clicks = nullptr;
  int64_t clickCount = 0;
  const int64_t* clickTimes = nullptr;
  int64_t clickTimeCount = 0;
  bool hasTaste = false;
  Texts tasteKeys;  // ascending
  const double* tasteWeights = nullptr;
  int64_t tasteCount = 0;

  int64_t items = 0;
  Integers itemId, itemClicks, itemViews;
  Floats price, distance;
  Texts category;
  const int64_t* tagOffsets = nullptr;
  Texts tags;
};

// -- What goes out --------------------------------------------------------------------------------------

// In the config's order.
enum TakeawayOutput : uint32_t {
  kUserId,
  kCity,
  kHour,
  kAgeBand,
  kGender,
  kItemId,
  kCategory,
  kTags,
  kAgeCategory,
  kCityHourCategory,
  kGenderTags,
  kQuery,
  kTaste,
  kKmBand,
  kClickedBefore,
  kCtr,
  kPriceLog,
  kTasteOfIt,
  kHoursSinceLast,
  kCheapAndNear,
  kRecent,
  kRecency,
  kAgeCity,
  kGenderCity,
  kUserCategory,
  kUserItem,
  kHourItem,
  kQueryCategory,
  kQueryTags,
  kCityTags,
  kGenderCategory,
  kGenderAgeCategory,
  kCost,
  kCostKm,
  kCtrBand,
  kViewsBand,
  kFirstTag,
  kClickCount,
  kTagCount,
  kKmLog,
  kTakeawayOutputs
};

constexpr std::array<uint32_t, kTakeawayOutputs> kTakeawaySlots = {
    1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 0,  0,  0, 0, 0,
    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 0, 0, 0};

using TakeawayColumns = const RivalColumn*;  // by output
using TakeawayRival = void(const TakeawayInput& input, const TakeawayColumns& out);

// `plain`: one loop an output, left to the compiler's vectorizer, for this machine or for AVX2.
// `expert`: every hash and load shared, intrinsics.
TakeawayRival takeawayPlainNative, takeawayPlainAvx2, takeawayExpertAvx512, takeawayExpertAvx2;

}  // namespace featc::bench
