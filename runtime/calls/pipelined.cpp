// SPDX-License-Identifier: Apache-2.0
// The pipelined scheduler: each shard sends its keys and goes on when its own rows are back; there is no barrier
// between read levels.
#include "runtime/calls/pipelined.h"

#include <algorithm>
#include <vector>

#include "runtime/calls/block_runner.h"

namespace featc {

namespace {

class PipelinedCall {
 public:
  explicit PipelinedCall(CallMemory& memory)
      : memory_(memory),
        runner_(*memory.program(), memory.frame(), memory.worker(), memory.costs(), memory.observer()),
        phases_(memory.program()->layout().phases),
        next_(memory.nextPhases()),
        unfinished_(memory.shards().size()) {
    next_.assign(memory.shards().size(), 0);
  }

  void run() {
    while (unfinished_ > 0) {
      memory_.reads().poll();
      Shard* shard = readiest();
      if (shard == nullptr)
        memory_.waitForReads();
      else
        compute(*shard);
    }
  }

 private:
  // The shard that can go on and is furthest behind: phases that send keys come before what may be computed
  // while they are in flight, since that waits for nobody.
  Shard* readiest() {
    Shard* best = nullptr;
    for (Shard& shard : memory_.shards()) {
      uint32_t phase = next_[shard.index];
      if (phase == phases_ || (best != nullptr && !isBefore(phase, next_[best->index]))) continue;
      if (isReady(shard, phase)) best = &shard;
    }
    return best;
  }

  bool isBefore(uint32_t a, uint32_t b) const {
    bool aSends = sendsKeys(a);
    bool bSends = sendsKeys(b);
    return aSends != bSends ? aSends : a < b;
  }
  // Phase 2 l computes the keys of level l; the last one emits.
  bool sendsKeys(uint32_t phase) const { return phase % 2 == 0 && phase + 1 < phases_; }

  // Items use what their requests computed in the same phase.
  bool isReady(const Shard& shard, uint32_t phase) const {
    return (shard.scope == Scope::Request || next_[0] > phase) && memory_.reads().haveArrived(shard, phase);
  }

  void compute(Shard& shard) {
    CallReads& reads = memory_.reads();
    uint32_t& phase = next_[shard.index];
    reads.scatter(shard, phase, memory_.frame(), memory_.arena());
    runner_.run(shard, phase);
    reads.collect(shard, phase, memory_.frame());
    reads.send(phase);
    if (++phase == phases_) --unfinished_;
  }

  CallMemory& memory_;
  BlockRunner runner_;
  uint32_t phases_;
  std::vector<uint32_t>& next_;  // by shard: the phase it computes next
  size_t unfinished_;
};

}  // namespace

void runPipelined(CallMemory& memory) { PipelinedCall(memory).run(); }

}  // namespace featc
