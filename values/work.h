// SPDX-License-Identifier: Apache-2.0
// What a call may still cost: long loops count their steps here, and every so many steps it is asked whether to stop.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>

namespace featc {

// Why computing stopped.
enum class Stop : uint8_t {
  No,
  Cancelled,    // nobody waits for the result any more
  Late,         // the deadline passed
  Computing,    // computing took longer than a call may
  Steps,        // more steps than there may be
  ValueBytes,   // operators made more than a call may
  ResultBytes,  // the result is larger than a call's may be
  Memory,       // the memory that all calls share is used up
};

// What a call may cost; the largest number stands for no limit.
struct CostLimits {
  std::chrono::nanoseconds computing = std::chrono::nanoseconds::max();  // waiting for stores left out
  uint64_t steps = UINT64_MAX;
  uint64_t valueBytes = UINT64_MAX;
  uint64_t resultBytes = UINT64_MAX;
};

// Used by one thread at a time. Without limits it costs a subtraction a loop.
class Work {
 public:
  using Clock = std::chrono::steady_clock;
  using Flag = const std::atomic<bool>*;

  // A new call. It stops at `deadline`, at a limit, or when every one of `cancelled` is set; none: never for that.
  // What `cancelled` points to must stay until the call is over.
  void begin(const CostLimits& limits, Clock::time_point deadline, std::span<const Flag> cancelled);

  // Counts steps of a loop, each about a nanosecond long. False: stop. What is computed is worthless then, it must
  // only be safe to read.
  bool spend(uint64_t steps) {
    if (steps < left_) {
      left_ -= steps;
      return true;
    }
    return look(steps);
  }
  // The same at once, whatever has been counted: between two blocks of rows.
  bool check();
  // Counts what operators made, and what went to the result.
  bool addValues(uint64_t bytes);
  bool addResults(uint64_t bytes) {
    if (bytes < resultsLeft_) {
      resultsLeft_ -= bytes;
      return true;
    }
    return addTooMany(bytes);
  }
  void stop(Stop why);
  Stop why() const { return why_; }
  bool stopped() const { return why_ != Stop::No; }

  // Time between pause() and resume() is not computing time.
  void pause();
  void resume();
  // Of the call, up to now.
  std::chrono::nanoseconds computed() const;

 private:
  bool look(uint64_t steps);
  bool addTooMany(uint64_t bytes);
  void refill();
  bool isCancelled() const;

  uint64_t left_ = UINT64_MAX;         // steps before somebody looks
  uint64_t stepsBehind_ = UINT64_MAX;  // steps that may follow those
  uint64_t valuesLeft_ = UINT64_MAX;
  uint64_t resultsLeft_ = UINT64_MAX;
  bool watched_ = false;  // there is a clock or a flag to look at
  bool timed_ = false;
  bool running_ = false;
  Stop why_ = Stop::No;
  Clock::time_point deadline_ = Clock::time_point::max();
  std::chrono::nanoseconds computing_ = std::chrono::nanoseconds::max();  // that may take, in all
  std::chrono::nanoseconds computed_{};                                   // before `since_`
  Clock::time_point since_;
  std::span<const Flag> cancelled_;
};

}  // namespace featc
