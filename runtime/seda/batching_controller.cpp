// SPDX-License-Identifier: Apache-2.0
// How many requests a stage takes at once: SEDA's batching controller.
#include "runtime/seda/batching_controller.h"

#include <algorithm>

namespace featc {

namespace {

constexpr double kSmoothing = 0.7;  // weight of what was before

}  // namespace

void BatchingController::observe(size_t taken, size_t queued) {
  queued_ = kSmoothing * queued_ + (1 - kSmoothing) * static_cast<double>(queued);
  if (queued_ > static_cast<double>(factor_)) {
    // More than another batch waits: the stage does not keep up.
    factor_ = std::min(most_, factor_ + std::max<size_t>(1, factor_ / 2));
  } else if (queued == 0 && taken < factor_) {
    --factor_;
  }
}

}  // namespace featc
