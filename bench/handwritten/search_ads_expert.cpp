// SPDX-License-Identifier: Apache-2.0
// The search ads config as an expert would write it: every text hashed once, what depends on the request prepared
// before the items, the rest in vectors, nothing allocated. Compiled once for each FEATC_ISA, AVX-512 or AVX2.
#include "bench/handwritten/search_ads_expert_ad.h"
#include "bench/handwritten/search_ads_expert_texts.h"
#include "bench/handwritten/search_ads_expert_titles.h"

namespace featc::bench::ads {

#define FEATC_JOIN_(a, b) a##b
#define FEATC_JOIN(a, b) FEATC_JOIN_(a, b)
void FEATC_JOIN(expert, FEATC_ISA)(const Input& in, const Columns& out) {
  Prepared prepared(in);
  ofRequest(in, prepared, out);
  ofIds(in, prepared, out);
  ofPrices(in, prepared, out);
  ofCounts(in, out);
  ofVisitPrices(in, out);
  ofTexts(in, prepared, out);
  ofTitleTerms(in, prepared, out);
  ofTitles(in, prepared, out);
}

}  // namespace featc::bench::ads
