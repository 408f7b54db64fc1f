// SPDX-License-Identifier: Apache-2.0
// Requests that are computed as one batch, on their way through the stages.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/calls/call_memory.h"
#include "runtime/calls/staged.h"

namespace featc {

struct SedaRequest {
  Batch batch;
  std::chrono::steady_clock::time_point deadline;
  std::function<void(RunError error, Result& result)> done;
  std::chrono::steady_clock::time_point submitted;
};

// Reused from batch to batch. One thread at a time works on it; between the stages none does.
class SedaJob {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  SedaJob(std::shared_ptr<const CallProgram> program, RunObserver* observer)
      : memory_(std::move(program)), observer_(observer) {}

  // -- Filled by the fetch stage --------------------------------------------------------------------

  bool empty() const { return requests_.empty(); }
  size_t size() const { return requests_.size(); }
  int64_t items() const { return items_; }
  TimePoint deadline() const { return deadline_; }  // of the request that has the earliest
  TimePoint oldest() const { return requests_.front().submitted; }
  void add(SedaRequest request);
  // Whether the request may wait as long as the others do: one in a hurry would cut their reads short.
  bool suits(const SedaRequest& request, TimePoint now) const;

  // -- Computed by both ------------------------------------------------------------------------------

  // Binds all requests; answers those that cannot be bound. Reads are given up at `readDeadline`. False when no
  // request is left.
  bool start(TimePoint readDeadline);
  TimePoint readDeadline() const { return readDeadline_; }
  // Computes what needs no further answer, except for the last phase.
  bool advanceToLast() { return call_->advance(call_->phases() - 1); }
  // Computes the rest; false when an answer is missing.
  bool advanceToEnd() { return call_->advance(call_->phases()); }
  // Has `wake` called when every answer is there; false, and it is not called, when they are.
  bool park(std::function<void()> wake) { return memory_.reads().park(std::move(wake)); }
  bool unpark() { return memory_.reads().unpark(); }

  // -- Ended by one of them ---------------------------------------------------------------------------

  // Gives each request its part of the result, or all of them an error; then the job is empty.
  void answer();
  void fail(const RunError& error);

  bool wakesFetch = false;  // which stage goes on when it wakes

 private:
  RunError bind(std::span<const Batch> batches);
  void tell(SedaRequest& request, RunError error, Result& result);
  void clear();

  CallMemory memory_;
  RunObserver* observer_;
  std::vector<SedaRequest> requests_;
  std::vector<Batch> batches_;
  int64_t items_ = 0;
  TimePoint deadline_;
  TimePoint readDeadline_;
  Result result_;
  Result part_;
  std::vector<int64_t> firsts_;  // of each request, its first row; and the end
  std::vector<std::vector<ReadCounts>> reads_;
  std::optional<StagedCall> call_;
};

}  // namespace featc
