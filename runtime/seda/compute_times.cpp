// SPDX-License-Identifier: Apache-2.0
// Exponential smoothing of what batches took.
#include "runtime/seda/compute_times.h"

#include <algorithm>

#include "runtime/executable.h"

namespace featc {

void ComputeTimes::observe(Duration took, int64_t items) {
  batch_ = (7 * batch_ + 3 * took) / 10;
  // A batch of few items says little about one of many.
  const double item = static_cast<double>(took.count()) / static_cast<double>(std::max<int64_t>(items, kBlockRows));
  item_ = 0.7 * item_ + 0.3 * item;
}

int64_t ComputeTimes::itemsIn(Duration time) const {
  return item_ > 0 ? static_cast<int64_t>(static_cast<double>(time.count()) / item_) : INT64_MAX;
}

}  // namespace featc
