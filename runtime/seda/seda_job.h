// SPDX-License-Identifier: Apache-2.0
// Requests that are computed as one batch, on their way through the stages.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/calls/call_memory.h"
#include "runtime/calls/staged.h"
#include "runtime/seda/seda_request.h"

namespace featc {

// Reused from batch to batch. One thread at a time works on it; between the stages none does.
class SedaJob {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  SedaJob(std::shared_ptr<const CallProgram> program, const CallLimits& limits, RunObserver* observer)
      : memory_(std::move(program)), limits_(limits), observer_(observer) {}
  // What park() has woken; set once, before.
  void setWaker(std::shared_ptr<ReadWaker> waker) { waker_ = std::move(waker); }

  // -- Filled by the fetch stage --------------------------------------------------------------------

  bool empty() const { return requests_.empty(); }
  size_t size() const { return requests_.size(); }
  int64_t items() const { return items_; }
  TimePoint deadline() const { return deadline_; }  // of the request that has the earliest
  TimePoint oldest() const { return requests_.front().submitted; }
  // Takes the first of `requests`.
  void add(SedaRequests& requests) noexcept;
  // Whether the request may wait as long as the others do: one in a hurry would cut their reads short.
  bool suits(const SedaRequest& request, TimePoint now) const;

  // -- Computed by both ------------------------------------------------------------------------------

  //
  // What these throw, for lack of memory or for what they cost, is for separate() or fail().

  // Binds all requests; answers those that cannot be bound and those that nobody waits for. Reads are given up at
  // `readDeadline`. False when no request is left.
  bool start(TimePoint readDeadline);
  TimePoint readDeadline() const { return readDeadline_; }
  // Computes what needs no further answer, except for the last phase.
  bool advanceToLast() { return advance(call_->phases() - 1); }
  // Computes the rest; false when an answer is missing.
  bool advanceToEnd() { return advance(call_->phases()); }
  // Has the waker woken when every answer is there; false, and it is not, when they are.
  bool park() { return memory_.reads().park(waker_); }
  bool unpark() { return memory_.reads().unpark(); }

  // -- Ended by one of them ---------------------------------------------------------------------------

  // Gives each request its part of the result; then the job is empty. Where it throws, none has its part.
  void answer();
  // Puts its requests before `requests`, each to be computed alone; then the job is empty. For joined
  // requests: what one of them costs is not an error of the others.
  void separate(SedaRequests& requests) noexcept;
  // Gives its requests an error; then the job is empty.
  void fail(const Error& error) noexcept;

  bool wakesFetch = false;  // which stage goes on when it wakes

 private:
  Error bind(std::span<const Batch> batches);
  Error bindAll();
  bool advance(uint32_t phases);
  void shareReads();
  // Takes out the requests, answering them, for which `errorOf(request)` has an error.
  template <class ErrorOf>
  void refuseWhere(const ErrorOf& errorOf);
  void clear() noexcept;

  CallMemory memory_;
  CallLimits limits_;
  RunObserver* observer_;
  std::shared_ptr<ReadWaker> waker_;
  SedaRequests requests_;
  std::vector<Batch> batches_;
  std::vector<Work::Flag> cancelled_;  // of all requests, if all have one
  int64_t items_ = 0;
  TimePoint deadline_;
  TimePoint readDeadline_;
  Result result_;
  std::vector<Result> parts_;  // by request, where there are several
  KeptMemory keptResult_;
  std::vector<int64_t> firsts_;  // of each request, its first row; and the end
  std::vector<std::vector<ReadCounts>> reads_;
  std::vector<std::vector<ReadRow>*> rows_;  // by request, where what it read goes; null: nowhere
  std::optional<StagedCall> call_;
};

}  // namespace featc
