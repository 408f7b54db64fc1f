// SPDX-License-Identifier: Apache-2.0
// Features of the request alone, which both rivals compute alike: there is one row of them. Hashes are given, since
// other features need them too.
#pragma once

#include "bench/handwritten/search_ads_values.h"

namespace featc::bench::ads {

namespace {

struct RequestHashes {
  MaybeHash user, age, gender, city, hour, weekday, device, level, query;

  RequestHashes(const Input& in, const char* asked, int64_t askedSize)
      : user{true, hashNumber(in.userId.values[0])},
        gender(hashOne(in.gender)),
        city(hashOne(in.city)),
        hour{true, hashNumber(hourOf(in.now.values[0]))},
        weekday{true, hashNumber(weekdayOf(in.now.values[0]))},
        device(hashOne(in.device)),
        query{true, hashText(asked, askedSize)} {
    if (isSet(in.age.valid, 0)) age = {true, hashNumber(static_cast<int64_t>(bandOf(in.age.values[0], kAges)))};
    if (isSet(in.level.valid, 0)) level = {true, hashNumber(in.level.values[0])};
  }
};

void one(const Columns& out, Output output, uint64_t payload) { out[output].ids[0] = idOf(output, payload); }
void number(const Columns& out, Output output, bool present, double x, float otherwise = 0) {
  out[output].dense[0] = denseOf(present, x, otherwise);
}
void endOnlyRow(const Columns& out, Output output, int64_t n) {
  out[output].offsets[0] = 0;
  out[output].offsets[1] = n;
}

// `termHash(t)` and `interestHash(i)` are the hashes of a term and of an interest's key.
template <class TermHash, class InterestHash>
void idsOfRequest(const Input& in, const RequestHashes& hash, TermHash termHash, InterestHash interestHash,
                  const Columns& out) {
  int64_t now = in.now.values[0];
  one(out, kUserId, static_cast<uint64_t>(in.userId.values[0]));
  out[kCity].ids[0] = maybeId(kCity, hash.city);
  one(out, kDevice, positionOf(in.device, 0, kDevices));
  one(out, kAgeBand, isSet(in.age.valid, 0) ? bandOf(in.age.values[0], kAges) : kAgeMissing);
  out[kGender].ids[0] = maybeId(kGender, hash.gender);
  one(out, kLevel, isSet(in.level.valid, 0) ? static_cast<uint64_t>(in.level.values[0]) : 0);
  one(out, kHour, static_cast<uint64_t>(hourOf(now)));
  one(out, kWeekday, static_cast<uint64_t>(weekdayOf(now)));
  one(out, kWeekend, weekdayOf(now) >= 6 ? 1 : 0);
  one(out, kDayOfMonth, static_cast<uint64_t>(dayOfMonthOf(now)));
  out[kQuery].ids[0] = maybeId(kQuery, hash.query);
  out[kHourXWeekday].ids[0] = maybeId(kHourXWeekday, combineBoth(hash.hour, hash.weekday));
  out[kGenderXAge].ids[0] = maybeId(kGenderXAge, combineBoth(hash.gender, hash.age));
  out[kCityXHour].ids[0] = maybeId(kCityXHour, combineBoth(hash.city, hash.hour));
  out[kDeviceXLevel].ids[0] = maybeId(kDeviceXLevel, combineBoth(hash.device, hash.level));

  for (int64_t t = 0; t < in.queryTermCount; ++t) out[kQueryTerms].ids[t] = idOf(kQueryTerms, termHash(t));
  endOnlyRow(out, kQueryTerms, in.queryTermCount);
  int64_t n = 0;
  double top = 0;
  for (int64_t i = 0; in.interests.present && i < in.interests.count; ++i) {
    double weight = in.interests.values[i];
    top = i == 0 || weight > top ? weight : top;
    if (!std::isfinite(static_cast<float>(weight))) continue;
    out[kInterests].ids[n] = idOf(kInterests, interestHash(i));
    out[kInterests].weights[n++] = static_cast<float>(weight);
  }
  endOnlyRow(out, kInterests, n);
  number(out, kTopInterest, in.interests.present && in.interests.count > 0, top);
}

struct VisitTotals {
  int64_t last = 0;
  int64_t bought = 0;
  double prices = 0;
};
void numbersOfRequest(const Input& in, const VisitTotals& visits, const Columns& out) {
  int64_t now = in.now.values[0];
  bool any = in.visitCount > 0;
  number(out, kTermCount, true, static_cast<double>(in.queryTermCount));
  number(out, kQueryLength, true, static_cast<double>(codePointsOf(textAt(in.query, 0), sizeAt(in.query, 0))));
  number(out, kVisitCount, true, static_cast<double>(in.visitCount));
  number(out, kBoughtCount, true, static_cast<double>(visits.bought));
  number(out, kHoursSinceVisit, any, any ? log1pOf(static_cast<double>(now - visits.last) / 3600) : 0, -1);
  number(out, kUsualPrice, any, any ? log1pOf(visits.prices / static_cast<double>(in.visitCount)) : 0);
  number(out, kHourSine, true, Sleef_cinz_sind1_u10purec(static_cast<double>(hourOf(now)) * 0.2617993877991494));
}

}  // namespace

}  // namespace featc::bench::ads
