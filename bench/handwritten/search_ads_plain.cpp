// SPDX-License-Identifier: Apache-2.0
// The search ads config as straightforward C++: each output by a loop of its own that computes what it needs. Compiled
// once for each FEATC_ISA.
#include "bench/handwritten/search_ads_plain.h"
#include "bench/handwritten/search_ads_plain_ad.h"
#include "bench/handwritten/search_ads_plain_crosses.h"
#include "bench/handwritten/search_ads_plain_text.h"
#include "bench/handwritten/search_ads_plain_visits.h"
#include "bench/handwritten/search_ads_request.h"

namespace featc::bench::ads {

#define FEATC_JOIN_(a, b) a##b
#define FEATC_JOIN(a, b) FEATC_JOIN_(a, b)
void FEATC_JOIN(plain, FEATC_ISA)(const Input& in, const Columns& out) {
  std::string asked = lowered(in.query, 0);
  idsOfRequest(
      in, RequestHashes(in, asked.data(), static_cast<int64_t>(asked.size())),
      [&](int64_t t) { return hashAt(in.queryTerms, t); }, [&](int64_t i) { return hashAt(in.interests.keys, i); },
      out);
  visitsOfRequest(in, out);
  ofAd(in, out);
  crosses(in, out);
  ofTerms(in, out);
  ofTitles(in, out);
  ofLikings(in, out);
  ofVisitedCategory(in, out);
  ofEachVisit(in, out);
}

}  // namespace featc::bench::ads
