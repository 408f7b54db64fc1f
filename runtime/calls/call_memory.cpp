// SPDX-License-Identifier: Apache-2.0
// The memory of one call, reused from call to call: columns, arenas, shards, workers, reads.
#include "runtime/calls/call_memory.h"

#include <algorithm>
#include <cstring>

#include "runtime/bind_memory.h"
#include "runtime/calls/call_input.h"
#include "runtime/reads/call_cancel.h"

namespace featc {

namespace {

// Fewer items are not worth a shard of their own.
constexpr int64_t kLeastShardItems = 64;

}  // namespace

CallMemory::CallMemory(std::shared_ptr<const CallProgram> program)
    : program_(std::move(program)), outputs_(*program_), reads_(program_->reads, program_->layout()) {
  costs_.memory = MemoryShare(program_->limits.memory != nullptr ? program_->limits.memory : MemoryBudget::ofProcess());
  workers_.emplace_back(program_->executable->newScratch(), program_->limits.arenaBytes, costs_.memory);
  Worker& worker = workers_.back();
  worker.savedMarks.resize(program_->ragged.size());
  frame_.maxIdsPerRow = program_->limits.maxIdsPerRow;
}

Error CallMemory::admit(std::span<const Batch> batches, const CallOptions& options,
                        std::span<const Work::Flag> cancelled, const Result& result) {
  costs_.limits = program_->limits.call.within(options.limits);
  costs_.work.begin(costs_.limits.cost(), options.deadline, cancelled);
  costs_.memory.takeRefused();
  stoppable_ = !cancelled.empty();
  uint64_t requests = 0;
  uint64_t items = 0;
  for (const Batch& batch : batches) {
    requests += static_cast<uint64_t>(batch.requests);
    items += static_cast<uint64_t>(batch.items);
  }
  uint64_t emitted = requests * program_->fixedBytes[0] + items * program_->fixedBytes[1];
  if (!costs_.work.addResults(emitted)) return stopError(costs_.work.why(), costs_.limits);
  // Offsets have one more than there are rows.
  uint64_t bytes = (1 + program_->ragged.size()) * sizeof(int64_t) + requests * program_->bytesOf(Scope::Request) +
                   items * program_->bytesOf(Scope::Item);
  uint64_t there = result.bytesHeld();
  if (bytes > there && !costs_.memory.take(bytes - there)) return stopError(Stop::Memory, costs_.limits);
  return {};
}

Error CallMemory::begin(std::span<const Batch> batches, const CallOptions& options,
                        std::chrono::steady_clock::time_point readDeadline, Result& result) {
  observer_ = options.observer;
  cancel_ = options.cancel;
  arena_.reset();
  outputs_.begin(batches, result, costs_.memory.budget(), costs_.limits.rowIds);
  outputs_.describe(frame_);
  cutShards(options);
  outputs_.beginRagged(shards());
  for (Worker& worker : workers_) {
    worker.arena.reset();
    worker.counts.assign(program_->info.outputs.size(), {});
    worker.events = {};
  }
  reads_.begin(shardCount_, readDeadline, options.observer, outputs_.readCounts());
  makeColumns();
  return bindInputs(*program_, batches, binder_, arena_, frame_);
}

void CallMemory::waitForReads() {
  // Where nobody wakes a call that was cancelled it looks up now and then.
  constexpr auto kLook = std::chrono::milliseconds(5);
  costs_.work.pause();
  if (stoppable_ && cancel_ == nullptr)
    reads_.wait(std::chrono::steady_clock::now() + kLook);
  else
    reads_.wait(std::chrono::steady_clock::time_point::max(), cancel_);
  costs_.work.resume();
  if (stoppable_) costs_.check();
}

void CallMemory::finish() {
  costs_.memory.take(outputs_.bytesToFinish(shards()));
  costs_.checkStopped();
  outputs_.finish(shards(), workers_);
  learnTime();
}

void CallMemory::end() {
  reads_.end();
  size_t held = 0;
  auto shrink = [&held](Arena& arena, KeptMemory& usual) {
    size_t kept = usual.keep(arena.bytesUsed());
    arena.reset();
    arena.shrink(kept);
    held += arena.bytesReserved();
  };
  shrink(arena_, keptArena_);
  for (Worker& worker : workers_) shrink(worker.arena, keptValues_);
  // The rest is the result's, which has its own share.
  costs_.memory.hold(held + outputs_.end(shards_));
}

void CallMemory::learnTime() {
  std::chrono::nanoseconds took = costs_.work.computed();
  if (took.count() == 0) return;
  auto each = static_cast<double>(took.count()) / static_cast<double>(std::max<int64_t>(frame_.items, kBlockRows));
  nanosAnItem_ = nanosAnItem_ == 0 ? each : 0.7 * nanosAnItem_ + 0.3 * each;
}

std::chrono::steady_clock::time_point CallMemory::readDeadline(int64_t items, const CallOptions& options) const {
  using Clock = std::chrono::steady_clock;
  if (options.deadline == Clock::time_point::max()) return options.deadline;
  Clock::duration left = std::max(options.deadline - Clock::now(), Clock::duration::zero());
  double computing = nanosAnItem_ * static_cast<double>(std::max<int64_t>(items, kBlockRows));
  Clock::duration reserve = options.reserve + std::chrono::nanoseconds(static_cast<int64_t>(computing));
  return options.deadline - std::min(left / 2, reserve);
}

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

// A call with as many rows as the one before has its columns at the same places.
void CallMemory::makeColumns() {
  if (frame_.requests != placedRequests_ || frame_.items != placedItems_) placeColumns();
  char* memory = arena_.allocate<char>(placedBytes_);
  std::memset(memory, 0, placedBytes_);
  ColumnRef* out = frame_.columns.data() + program_->info.inputs.size();
  for (const Place& place : places_) {
    out->data = memory + place.data;
    out->valid = place.valid == 0 ? nullptr : reinterpret_cast<uint8_t*>(memory + place.valid);
    out->uniform = place.uniform;
    ++out;
  }
}

void CallMemory::placeColumns() {
  placedRequests_ = -1;
  const ProgramLayout& layout = program_->layout();
  frame_.columns.resize(layout.columns.size());
  auto rowsOf = [this](const CallColumn& column) -> int64_t {
    if (column.scope == Scope::Constant) return 1;
    return column.scope == Scope::Item ? frame_.items : frame_.requests;
  };
  places_.clear();
  placedBytes_ = 0;
  for (const CallColumn& column : std::span(layout.columns).subspan(program_->info.inputs.size())) {
    const int64_t rows = rowsOf(column);
    const size_t valid = column.type.nullable() ? placedBytes_ + cellBytes(column.type, rows) : 0;
    places_.push_back({placedBytes_, valid, column.scope == Scope::Constant});
    placedBytes_ += columnBytes(column.type, rows);
  }
  placedRequests_ = frame_.requests;
  placedItems_ = frame_.items;
}

}  // namespace featc
