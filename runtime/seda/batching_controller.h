// SPDX-License-Identifier: Apache-2.0
// How many requests a stage takes at once: SEDA's batching controller.
#pragma once

#include <cstddef>

namespace featc {

// Larger batches cost less work a request, smaller ones make requests wait less. After the batching controller
// of Welsh, Culler and Brewer, "SEDA" (SOSP 2001), which lowers the factor until throughput begins to suffer and
// raises it again then: what is left in the queue when a batch is taken says so first, so that is what is
// watched here, smoothed as in the paper.
class BatchingController {
 public:
  // The factor stays within 1 .. most.
  explicit BatchingController(size_t most) : most_(most) {}

  size_t factor() const { return factor_; }
  // After a batch of `taken` requests that left `queued` behind.
  void observe(size_t taken, size_t queued);

 private:
  size_t most_;
  size_t factor_ = 1;
  double queued_ = 0;  // smoothed
};

}  // namespace featc
