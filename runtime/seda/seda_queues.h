// SPDX-License-Identifier: Apache-2.0
// What the executor's threads share: the stages' queues, and whose time is over in them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

#include "runtime/seda/seda_job.h"

namespace featc {

// All but wake() is called, and all members are used, with the mutex held. A store's thread that has just woken a
// job may still hold it when the executor is gone, so it stands alone. Nothing here needs memory once it is made: what
// a request has been accepted for must not get lost for the lack of it.
struct SedaQueues {
  using TimePoint = std::chrono::steady_clock::time_point;

  // For so many jobs.
  explicit SedaQueues(size_t jobs);

  std::mutex mutex;
  std::condition_variable fetchWork;
  std::condition_variable computeWork;
  std::condition_variable controlWork;
  std::condition_variable allAnswered;
  SedaRequests requests;         // fetch stage, new
  SedaRequests dropped;          // of a full queue, to be answered
  std::vector<SedaJob*> goOn;    // fetch stage, with a further read level
  std::vector<SedaJob*> ready;   // compute stage
  std::vector<SedaJob*> parked;  // waiting for answers
  TimePoint controlWakes = TimePoint::max();
  bool stopping = false;   // nothing more is accepted
  bool cancelled = false;  // nothing more is computed
  bool quit = false;

  // A job that waits no more, to the stage that it needs next.
  void push(SedaJob* job) noexcept;
  // From a store's thread: its answers are there.
  void wake(SedaJob* job) noexcept;
  // Takes out requests whose deadline is over and one such job, if there is one, sends on jobs that have waited long
  // enough for stores, and says in `controlWakes` when there will be something to do again.
  void takeLate(TimePoint now, SedaRequests& lateRequests, SedaJob*& lateJob) noexcept;

 private:
  TimePoint takeLateRequests(TimePoint now, SedaRequests& late) noexcept;
  TimePoint wakeLateJobs(TimePoint now) noexcept;
  TimePoint takeLateJob(TimePoint now, SedaJob*& late) noexcept;
};

// The first in line, taken out.
SedaJob* takeFirst(std::vector<SedaJob*>& jobs) noexcept;

}  // namespace featc
