// SPDX-License-Identifier: Apache-2.0
// The 40-feature config with strings, lists and missing values (bench/takeaway.feat), and data for it.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/batch_builder.h"

namespace featc::bench {

std::string takeawayConfig();

// One request with `items` items; about a tenth of the items' values is missing where it may be.
// `sparseRequest`: what may be missing of the request is, and its lists are empty.
void fillTakeaway(BatchBuilder& builder, uint32_t items, uint64_t seed, bool sparseRequest = false);

}  // namespace featc::bench
