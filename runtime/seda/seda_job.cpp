// SPDX-License-Identifier: Apache-2.0
// Requests that are computed as one batch, on their way through the stages.
#include "runtime/seda/seda_job.h"

#include <algorithm>

#include "runtime/calls/run_errors.h"

namespace featc {

using Clock = std::chrono::steady_clock;

void SedaJob::add(SedaRequests& requests) noexcept {
  const SedaRequest& request = requests.front();
  deadline_ = empty() ? request.deadline : std::min(deadline_, request.deadline);
  items_ += request.batch.items;
  requests_.splice(requests_.end(), requests, requests.begin());
}

bool SedaJob::suits(const SedaRequest& request, TimePoint now) const {
  if (empty()) return true;
  // A batch may have at most half the time less than each of its requests. Endless deadlines are alike.
  auto earlier = std::min(deadline_, request.deadline);
  auto later = std::max(deadline_, request.deadline);
  return earlier == later || (later != TimePoint::max() && later - now <= 2 * (earlier - now));
}

template <class ErrorOf>
void SedaJob::refuseWhere(const ErrorOf& errorOf) {
  std::erase_if(requests_, [&](SedaRequest& request) {
    Error error = errorOf(request);
    if (!error) return false;
    request.refuse(std::move(error), observer_);
    return true;
  });
}

bool SedaJob::start(TimePoint readDeadline) {
  readDeadline_ = readDeadline;
  refuseWhere(
      [](const SedaRequest& request) { return request.isCancelled() ? stopError(Stop::Cancelled, {}) : Error(); });
  Error error = empty() ? Error() : bindAll();
  if (error && error.code == ErrorCode::BadBatch) {
    // Which of them it was, each on its own says.
    refuseWhere([this](const SedaRequest& request) { return bind({&request.batch, 1}); });
    error = empty() ? Error() : bindAll();
  }
  if (error) throw CallStopped{std::move(error)};
  if (empty()) {
    clear();
    return false;
  }
  call_.emplace(memory_);
  return true;
}

Error SedaJob::bindAll() {
  batches_.clear();
  cancelled_.clear();
  for (const SedaRequest& request : requests_) {
    batches_.push_back(request.batch);
    cancelled_.push_back(request.cancelled);
  }
  // While somebody waits for an answer it is computed for all.
  if (std::ranges::find(cancelled_, nullptr) != cancelled_.end()) cancelled_.clear();
  return bind(batches_);
}

Error SedaJob::bind(std::span<const Batch> batches) {
  CallOptions options;
  options.deadline = deadline_;
  options.limits = limits_;
  options.observer = observer_;
  try {
    if (Error error = memory_.admit(batches, options, cancelled_, result_)) return error;
    return memory_.begin(batches, options, readDeadline_, result_);
  } catch (...) {
    result_ = {};  // half made
    return currentError();
  }
}

// The job waits for answers, and for threads, between two calls of this.
bool SedaJob::advance(uint32_t phases) {
  Work& work = memory_.costs().work;
  work.resume();
  bool all = call_->advance(phases);
  work.pause();
  return all;
}

void SedaJob::answer() {
  memory_.finish();
  firsts_.assign(1, 0);
  for (const SedaRequest& request : requests_) firsts_.push_back(firsts_.back() + request.batch.requests);
  if (requests_.size() == 1) {
    shareReads();
    requests_.front().answer({}, result_, observer_);
  } else {
    memory_.reads().countParts(memory_.shards(), memory_.frame(), firsts_, reads_);
    shareReads();
    if (parts_.size() < requests_.size()) parts_.resize(requests_.size());
    // All of them before any is given: where one cannot be made all are computed again, with counts of their own.
    size_t i = 0;
    for (const SedaRequest& request : requests_) {
      CallOutputs::copyRequests(*memory_.program(), result_, firsts_[i], request.batch.requests, reads_[i], parts_[i]);
      ++i;
    }
    i = 0;
    for (SedaRequest& request : requests_) request.answer({}, parts_[i++], observer_);
  }
  clear();
}

void SedaJob::shareReads() {
  rows_.clear();
  for (const SedaRequest& request : requests_) rows_.push_back(request.reads);
  if (std::ranges::all_of(rows_, [](const auto* rows) { return rows == nullptr; })) return;
  memory_.reads().shareParts(memory_.shards(), memory_.frame(), firsts_, rows_);
}

void SedaJob::fail(const Error& error) noexcept {
  // What was half made is made anew.
  result_ = {};
  parts_.clear();
  for (SedaRequest& request : requests_) request.refuse(runError(error.message, error.code), observer_);
  clear();
}

void SedaJob::separate(SedaRequests& requests) noexcept {
  result_ = {};
  parts_.clear();
  for (SedaRequest& request : requests_) request.alone = true;
  requests.splice(requests.begin(), requests_);
  clear();
}

void SedaJob::clear() noexcept {
  call_.reset();
  memory_.end();
  // They have been read.
  size_t held = result_.bytesHeld();
  for (const Result& part : parts_) held += part.bytesHeld();
  if (held > keptResult_.keep(held)) {
    result_ = {};
    parts_.clear();
  }
  requests_.clear();
  items_ = 0;
}

}  // namespace featc
