// SPDX-License-Identifier: Apache-2.0
// The memory of one call, reused from call to call: columns, arenas, shards, workers, reads.
#include "runtime/calls/call_memory.h"

#include <algorithm>

#include "runtime/calls/call_input.h"

namespace featc {

namespace {

// Fewer items are not worth a shard of their own.
constexpr int64_t kLeastShardItems = 64;

}  // namespace

CallMemory::CallMemory(std::shared_ptr<const CallProgram> program)
    : program_(std::move(program)), outputs_(*program_), reads_(program_->reads, program_->layout()) {
  workers_.emplace_back(program_->executable->newScratch(), program_->limits.arenaBytes);
  Worker& worker = workers_.back();
  worker.savedMarks.resize(program_->ragged.size());
  frame_.maxIdsPerRow = program_->limits.maxIdsPerRow;
}

RunError CallMemory::begin(std::span<const Batch> batches, const CallOptions& options, Result& result) {
  observer_ = options.observer;
  arena_.reset();
  outputs_.begin(batches, result);
  outputs_.describe(frame_);
  cutShards(options);
  outputs_.beginRagged(shards());
  for (Worker& worker : workers_) {
    worker.arena.reset();
    worker.counts.assign(program_->info.outputs.size(), {});
    worker.events = {};
  }
  reads_.begin(shardCount_, options, outputs_.readCounts());
  makeColumns();
  return bindInputs(program_->info, program_->layout(), batches, binder_, arena_, frame_);
}

void CallMemory::finish() { outputs_.finish(shards(), workers_); }

// Shard 0: all requests. The items are one shard unless the call is pipelined.
void CallMemory::cutShards(const CallOptions& options) {
  int64_t rows = std::max<int64_t>(frame_.items, 1);
  if (options.scheduler == Scheduler::Pipelined && !program_->reads.empty()) {
    rows = options.shardItems;
    if (rows <= 0)
      rows = std::max(kLeastShardItems, (frame_.items + CallOptions::kMaxShards - 1) / CallOptions::kMaxShards);
  }
  rows = roundUpToGroup(rows);
  shardCount_ = 0;
  auto add = [this](Scope scope, int64_t begin, int64_t end) {
    if (shardCount_ == shards_.size()) shards_.emplace_back();
    Shard& shard = shards_[shardCount_];
    shard.index = static_cast<uint32_t>(shardCount_++);
    shard.scope = scope;
    shard.begin = begin;
    shard.end = end;
  };
  add(Scope::Request, 0, frame_.requests);
  // A call without items has one shard of them too: outputs are joined from it.
  int64_t begin = 0;
  do {
    add(Scope::Item, begin, std::min(begin + rows, frame_.items));
    begin += rows;
  } while (begin < frame_.items);
}

void CallMemory::makeColumns() {
  const ProgramLayout& layout = program_->layout();
  frame_.columns.assign(layout.columns.size(), {});
  for (size_t c = program_->info.inputs.size(); c < layout.columns.size(); ++c) {
    const CallColumn& column = layout.columns[c];
    int64_t rows = 1;
    if (column.scope != Scope::Constant) rows = column.scope == Scope::Item ? frame_.items : frame_.requests;
    frame_.columns[c] = newColumn(arena_, column.type, rows);
    frame_.columns[c].uniform = column.scope == Scope::Constant;
  }
}

}  // namespace featc
