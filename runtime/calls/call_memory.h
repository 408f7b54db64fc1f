// SPDX-License-Identifier: Apache-2.0
// The memory of one call, reused from call to call: columns, arenas, shards, workers, reads.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "runtime/bind.h"
#include "runtime/calls/call_options.h"
#include "runtime/calls/call_outputs.h"
#include "runtime/calls/call_program.h"
#include "runtime/calls/shard.h"
#include "runtime/reads/reads.h"

namespace featc {

// begin(), then a scheduler, then finish(); or end() where a call breaks off. Keeps its program.
class CallMemory {
 public:
  explicit CallMemory(std::shared_ptr<const CallProgram> program);

  // Binds the batches, which fit the schema, as one, and makes everything ready for filling `result`. With an
  // error the call is over.
  RunError begin(std::span<const Batch> batches, const CallOptions& options, Result& result);
  // Completes the result.
  void finish();
  // Gives up reads that are still to come. Comes after finish() too.
  void end() { reads_.end(); }

  const std::shared_ptr<const CallProgram>& program() const { return program_; }
  CallFrame& frame() { return frame_; }
  CallReads& reads() { return reads_; }
  std::span<Shard> shards() { return {shards_.data(), shardCount_}; }
  Worker& worker() { return workers_[0]; }
  RunObserver* observer() const { return observer_; }
  // For the scheduler: by shard, the phase that it computes next.
  std::vector<uint32_t>& nextPhases() { return nextPhases_; }
  // For what reads bring: as large as it takes.
  Arena& arena() { return arena_; }

 private:
  void cutShards(const CallOptions& options);
  void makeColumns();

  std::shared_ptr<const CallProgram> program_;
  Arena arena_{SIZE_MAX};  // bound columns and what reads bring: in proportion to the batch
  Binder binder_{arena_};
  CallFrame frame_;
  CallOutputs outputs_;
  CallReads reads_;
  std::vector<Shard> shards_;  // the first shardCount_ are of this call
  size_t shardCount_ = 0;
  std::vector<Worker> workers_;
  std::vector<uint32_t> nextPhases_;
  RunObserver* observer_ = nullptr;
};

}  // namespace featc
