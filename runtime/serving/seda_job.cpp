// SPDX-License-Identifier: Apache-2.0
// Requests that are computed as one batch, on their way through the stages.
#include "runtime/serving/seda_job.h"

#include <algorithm>
#include <new>

namespace featc {

using Clock = std::chrono::steady_clock;

void SedaJob::add(SedaRequest request) {
  deadline_ = empty() ? request.deadline : std::min(deadline_, request.deadline);
  items_ += request.batch.items;
  requests_.push_back(std::move(request));
}

bool SedaJob::suits(const SedaRequest& request, TimePoint now) const {
  if (empty()) return true;
  // A batch may have at most half the time less than each of its requests. Endless deadlines are alike.
  auto earlier = std::min(deadline_, request.deadline);
  auto later = std::max(deadline_, request.deadline);
  return earlier == later || (later != TimePoint::max() && later - now <= 2 * (earlier - now));
}

bool SedaJob::start(TimePoint readDeadline) {
  readDeadline_ = readDeadline;
  batches_.clear();
  for (const SedaRequest& request : requests_) batches_.push_back(request.batch);
  if (bind(batches_)) {
    // Which of them it was, each on its own says.
    std::erase_if(requests_, [this](SedaRequest& request) {
      const RunError error = bind({&request.batch, 1});
      if (error) tell(request, error, part_);
      return static_cast<bool>(error);
    });
    batches_.clear();
    for (const SedaRequest& request : requests_) batches_.push_back(request.batch);
    if (RunError error = empty() ? RunError() : bind(batches_)) fail(error);
  }
  if (empty()) {
    clear();
    return false;
  }
  call_.emplace(memory_);
  return true;
}

RunError SedaJob::bind(std::span<const Batch> batches) {
  CallOptions options;
  options.deadline = readDeadline_;
  options.observer = observer_;
  try {
    return memory_.begin(batches, options, result_);
  } catch (const std::bad_alloc&) {
    return {"not enough memory for the batch"};
  }
}

void SedaJob::answer() {
  memory_.finish();
  if (requests_.size() == 1) {
    tell(requests_[0], {}, result_);
  } else {
    firsts_.assign(1, 0);
    for (const SedaRequest& request : requests_) firsts_.push_back(firsts_.back() + request.batch.requests);
    memory_.reads().countParts(memory_.shards(), memory_.frame(), firsts_, reads_);
    for (size_t i = 0; i < requests_.size(); ++i) {
      CallOutputs::copyRequests(*memory_.program(), result_, firsts_[i], requests_[i].batch.requests, reads_[i], part_);
      tell(requests_[i], {}, part_);
    }
  }
  clear();
}

void SedaJob::fail(const RunError& error) {
  for (SedaRequest& request : requests_) {
    part_ = {};
    tell(request, error, part_);
  }
  clear();
}

void SedaJob::tell(SedaRequest& request, RunError error, Result& result) {
  if (observer_ != nullptr)
    observer_->onCall(
        {request.batch.requests, request.batch.items, Clock::now() - request.submitted, static_cast<bool>(error)});
  request.done(std::move(error), result);
}

void SedaJob::clear() {
  call_.reset();
  memory_.end();
  requests_.clear();
  items_ = 0;
}

}  // namespace featc
