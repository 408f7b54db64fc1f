// SPDX-License-Identifier: Apache-2.0
// The 120-feature ranking config (bench/search_ads.feat), and data for it.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/batch_builder.h"

namespace featc::bench {

std::string searchAdsConfig();

// `Odd`: floats that are not finite, texts that are empty or long, terms that are repeated. `Bare`: what may be missing
// of the request is, and its lists are empty. Rivals must agree on them, though they are not what is timed.
enum class SearchAds { Usual, Odd, Bare };

// One request with `items` ads, as one user's search would bring them: ids and words follow Zipf's law, most ads are of
// the category that is asked for, and a tenth of what may be missing is.
void fillSearchAds(BatchBuilder& builder, uint32_t items, uint64_t seed, SearchAds kind = SearchAds::Usual);

}  // namespace featc::bench
