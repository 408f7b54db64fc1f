// SPDX-License-Identifier: Apache-2.0
// What a run's stores counted of themselves: for --stats.
#pragma once

#include <string>
#include <vector>

#include "runtime/calls/extractor.h"

namespace featc {

// A line a store that counts: `user, shop: redis://127.0.0.1:6379/0: breaker closed, opened 0 times; ...`
std::vector<std::string> storeLines(const StoreBinding& stores);

}  // namespace featc
