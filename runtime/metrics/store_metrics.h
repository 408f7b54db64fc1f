// SPDX-License-Identifier: Apache-2.0
// What stores count of themselves, as metrics.
#pragma once

#include <prometheus/metric_family.h>

#include <span>
#include <vector>

#include "runtime/reads/store_stats.h"

namespace featc {

// A series a store and number that the store has.
std::vector<prometheus::MetricFamily> storeFamilies(std::span<const StoreState> stores);

}  // namespace featc
