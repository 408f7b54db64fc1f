// SPDX-License-Identifier: Apache-2.0
// The memory of one call, reused from call to call: columns, arenas, shards, workers, reads.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "runtime/bind.h"
#include "runtime/call_options.h"
#include "runtime/calls/call_costs.h"
#include "runtime/calls/call_outputs.h"
#include "runtime/calls/call_program.h"
#include "runtime/kept_memory.h"
#include "runtime/reads/reads.h"
#include "runtime/shard.h"
#include "support/error.h"

namespace featc {

// admit() and begin(), then a scheduler, then finish(); or end() where a call breaks off. Keeps its program.
class CallMemory {
 public:
  explicit CallMemory(std::shared_ptr<const CallProgram> program);

  // What the call needs, whatever its data: refused where it may not have it. `cancelled` by everybody who waits for
  // it the call stops. From here on computing is measured.
  Error admit(std::span<const Batch> batches, const CallOptions& options, std::span<const Work::Flag> cancelled,
              const Result& result);
  // Binds the batches, which fit the schema, as one, and makes everything ready for filling `result`. Reads are given
  // up at `readDeadline`. With an error the call is over.
  Error begin(std::span<const Batch> batches, const CallOptions& options,
              std::chrono::steady_clock::time_point readDeadline, Result& result);
  // Waits for stores: that is not computing. Throws CallStopped where nobody waits for the call any more.
  void waitForReads();
  // Completes the result.
  void finish();
  // Gives up reads that are still to come, and memory that calls do not usually need. Comes after finish() too.
  void end();

  // When reads should be given up so that what has come is computed by the deadline, as computing took lately.
  std::chrono::steady_clock::time_point readDeadline(int64_t items, const CallOptions& options) const;

  const std::shared_ptr<const CallProgram>& program() const { return program_; }
  CallFrame& frame() { return frame_; }
  CallReads& reads() { return reads_; }
  CallCosts& costs() { return costs_; }
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
  void placeColumns();
  void learnTime();

  // Where a column that is no input lies in the memory of all of them.
  struct Place {
    size_t data = 0;
    size_t valid = 0;  // 0: it has no bitmap
    bool uniform = false;
  };

  std::shared_ptr<const CallProgram> program_;
  CallCosts costs_;
  Arena arena_{SIZE_MAX, &costs_.memory};  // bound columns and what reads bring: in proportion to the batch
  Binder binder_{arena_};
  CallFrame frame_;
  // Of `placedRequests_` and `placedItems_` rows.
  std::vector<Place> places_;
  size_t placedBytes_ = 0;
  int64_t placedRequests_ = -1;
  int64_t placedItems_ = -1;
  CallOutputs outputs_;
  CallReads reads_;
  std::vector<Shard> shards_;  // the first shardCount_ are of this call
  size_t shardCount_ = 0;
  std::vector<Worker> workers_;
  std::vector<uint32_t> nextPhases_;
  RunObserver* observer_ = nullptr;
  CallCancel* cancel_ = nullptr;
  bool stoppable_ = false;  // somebody may cancel the call
  double nanosAnItem_ = 0;  // of computing, smoothed over calls with a clock
  KeptMemory keptArena_;
  KeptMemory keptValues_;
};

}  // namespace featc
