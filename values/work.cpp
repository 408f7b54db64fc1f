// SPDX-License-Identifier: Apache-2.0
// What a call may still cost: long loops count their steps here, and every so many steps it is asked whether to stop.
#include "values/work.h"

#include <algorithm>

namespace featc {

namespace {

// Some tens of microseconds: the clock costs nothing against that.
constexpr uint64_t kStepsBetweenLooks = uint64_t{1} << 15U;

}  // namespace

void Work::begin(const CostLimits& limits, Clock::time_point deadline, std::span<const Flag> cancelled) {
  why_ = Stop::No;
  deadline_ = deadline;
  computing_ = limits.computing;
  cancelled_ = cancelled;
  timed_ = deadline_ != Clock::time_point::max() || computing_ != std::chrono::nanoseconds::max();
  watched_ = timed_ || !cancelled_.empty();
  stepsBehind_ = limits.steps;
  valuesLeft_ = limits.valueBytes;
  resultsLeft_ = limits.resultBytes;
  computed_ = {};
  running_ = false;
  left_ = 0;
  refill();
  resume();
}

void Work::refill() {
  // Without a limit there is no end of steps.
  if (stepsBehind_ == UINT64_MAX) {
    left_ = watched_ ? kStepsBetweenLooks : UINT64_MAX;
    return;
  }
  left_ = watched_ ? std::min(kStepsBetweenLooks, stepsBehind_) : stepsBehind_;
  stepsBehind_ -= left_;
}

bool Work::look(uint64_t steps) {
  if (stopped()) return false;
  if (stepsBehind_ != UINT64_MAX) {
    if (steps - left_ > stepsBehind_) {
      stop(Stop::Steps);
      return false;
    }
    stepsBehind_ -= steps - left_;
  }
  refill();
  return check();
}

bool Work::check() {
  if (stopped()) return false;
  if (!watched_) return true;
  if (isCancelled()) stop(Stop::Cancelled);
  if (!timed_) return !stopped();
  Clock::time_point now = Clock::now();
  if (now > deadline_) stop(Stop::Late);
  if (running_ && computed_ + (now - since_) > computing_) stop(Stop::Computing);
  return !stopped();
}

bool Work::addValues(uint64_t bytes) {
  if (bytes > valuesLeft_) stop(Stop::ValueBytes);
  valuesLeft_ -= std::min(bytes, valuesLeft_);
  return !stopped();
}

bool Work::addTooMany(uint64_t bytes) {
  if (bytes > resultsLeft_) stop(Stop::ResultBytes);
  resultsLeft_ -= std::min(bytes, resultsLeft_);
  return !stopped();
}

void Work::stop(Stop why) {
  if (!stopped()) why_ = why;
  // Whoever counts from now on asks, and is told.
  left_ = 0;
}

bool Work::isCancelled() const {
  return !cancelled_.empty() &&
         std::ranges::all_of(cancelled_, [](Flag flag) { return flag->load(std::memory_order_relaxed); });
}

void Work::pause() {
  if (!running_) return;
  computed_ = computed();
  running_ = false;
}

void Work::resume() {
  if (running_ || !timed_) return;
  running_ = true;
  since_ = Clock::now();
}

std::chrono::nanoseconds Work::computed() const { return running_ ? computed_ + (Clock::now() - since_) : computed_; }

}  // namespace featc
