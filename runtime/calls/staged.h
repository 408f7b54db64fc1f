// SPDX-License-Identifier: Apache-2.0
// The staged scheduler: phase by phase over all rows, one fetch a source and read level.
#pragma once

#include "runtime/calls/block_runner.h"
#include "runtime/calls/call_memory.h"

namespace featc {

// A call between begin() and finish() of its memory. It never waits itself, so that whoever drives it may do
// something else meanwhile.
class StagedCall {
 public:
  explicit StagedCall(CallMemory& memory);

  // Computes phases below `limit` until answers are missing (false) or all of them are computed (true).
  bool advance(uint32_t limit);
  uint32_t phases() const { return phases_; }

 private:
  void computePhase();

  CallMemory& memory_;
  BlockRunner runner_;
  uint32_t phases_;
  uint32_t phase_ = 0;
};

void runStaged(CallMemory& memory);

}  // namespace featc
