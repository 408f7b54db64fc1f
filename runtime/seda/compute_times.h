// SPDX-License-Identifier: Apache-2.0
// How long computing batches takes.
#pragma once

#include <chrono>
#include <cstdint>

namespace featc {

// Guesses for batches that come, from those that were computed, smoothed.
class ComputeTimes {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // Computing a batch of so many items took so long.
  void observe(Duration took, int64_t items);
  // Of a batch like those of late; 0 before the first.
  Duration ofBatch() const { return batch_; }
  Duration of(int64_t items) const { return Duration(static_cast<int64_t>(item_ * static_cast<double>(items))); }
  // How many items are computed in that time; INT64_MAX before the first batch.
  int64_t itemsIn(Duration time) const;

 private:
  Duration batch_{};
  double item_ = 0;  // in ticks of the clock
};

}  // namespace featc
