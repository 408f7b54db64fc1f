// SPDX-License-Identifier: Apache-2.0
// The staged scheduler: phase by phase over all rows, one fetch a source and read level.
#include "runtime/calls/staged.h"

#include <algorithm>

namespace featc {

StagedCall::StagedCall(CallMemory& memory)
    : memory_(memory),
      runner_(*memory.program(), memory.frame(), memory.worker(), memory.costs(), memory.observer()),
      phases_(memory.program()->layout().phases) {}

bool StagedCall::advance(uint32_t limit) {
  CallReads& reads = memory_.reads();
  reads.poll();
  for (; phase_ < limit; ++phase_) {
    auto waits = [&](const Shard& shard) { return !reads.haveArrived(shard, phase_); };
    if (std::ranges::any_of(memory_.shards(), waits)) return false;
    computePhase();
  }
  return true;
}

void StagedCall::computePhase() {
  CallReads& reads = memory_.reads();
  for (Shard& shard : memory_.shards()) {
    reads.scatter(shard, phase_, memory_.frame(), memory_.arena());
    runner_.run(shard, phase_);
    reads.collect(shard, phase_, memory_.frame());
  }
  // Whatever the shards ask for goes out together.
  reads.send(phase_);
}

void runStaged(CallMemory& memory) {
  StagedCall call(memory);
  while (!call.advance(call.phases())) memory.waitForReads();
}

}  // namespace featc
