// SPDX-License-Identifier: Apache-2.0
// What the stores of a server have counted, for its metrics.
#pragma once

#include <vector>

#include "runtime/reads/store_stats.h"
#include "stores/kept_stores.h"

namespace featc {

// Of those that are open; rows in memory count nothing.
std::vector<StoreState> storeStates(const KeptStores& stores);

}  // namespace featc
