// SPDX-License-Identifier: Apache-2.0
// Computes a phase of a shard block by block; a block that runs out of memory is tried again a few rows at a
// time.
#pragma once

#include <cstdint>

#include "runtime/calls/call_costs.h"
#include "runtime/calls/call_program.h"
#include "runtime/run_observer.h"
#include "runtime/shard.h"

namespace featc {

class BlockRunner {
 public:
  BlockRunner(const CallProgram& program, CallFrame& frame, Worker& worker, CallCosts& costs, RunObserver* observer)
      : program_(program), frame_(frame), worker_(worker), costs_(costs), observer_(observer) {}

  // Throws CallStopped where the call may not go on.
  void run(Shard& shard, uint32_t phase);

 private:
  void runRows(Shard& shard, uint32_t phase);
  void runBlock(ShardFrame& part, Shard& shard, uint32_t phase, int64_t begin, int64_t end, bool keep);
  void runGroup(ShardFrame& part, Scope scope, uint32_t phase, int64_t begin, int64_t end, bool keep);
  // Computes the rows, which may find too little memory.
  void compute(ShardFrame& part, Scope scope, uint32_t phase, int64_t begin, int64_t end);
  void countValues(const Arena::Mark& before);
  void countIds(Shard& shard);
  void dropRows(Scope scope, uint32_t phase, int64_t begin, int64_t end);
  RowStatus* statusOf(Scope scope) const { return scope == Scope::Item ? frame_.itemStatus : frame_.requestStatus; }

  const CallProgram& program_;
  CallFrame& frame_;
  Worker& worker_;
  CallCosts& costs_;
  RunObserver* observer_;
};

}  // namespace featc
