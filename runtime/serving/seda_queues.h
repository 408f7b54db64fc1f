// SPDX-License-Identifier: Apache-2.0
// What the executor's threads share: the stages' queues, and whose time is over in them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "runtime/serving/seda_job.h"

namespace featc {

// All but wake() is called, and all members are used, with the mutex held. A store's thread that has just woken a
// job may still hold it when the executor is gone, so it stands alone.
struct SedaQueues {
  using TimePoint = std::chrono::steady_clock::time_point;

  std::mutex mutex;
  std::condition_variable fetchWork;
  std::condition_variable computeWork;
  std::condition_variable controlWork;
  std::condition_variable allAnswered;
  std::deque<SedaRequest> requests;  // fetch stage, new
  std::deque<SedaJob*> goOn;         // fetch stage, with a further read level
  std::deque<SedaJob*> ready;        // compute stage
  std::vector<SedaJob*> parked;      // waiting for answers
  TimePoint controlWakes = TimePoint::max();
  bool stopping = false;   // nothing more is accepted
  bool cancelled = false;  // nothing more is computed
  bool quit = false;

  // A job that waits no more, to the stage that it needs next.
  void push(SedaJob* job);
  // From a store's thread: its answers are there.
  void wake(SedaJob* job);
  // Takes out requests and jobs whose deadline is over, sends on jobs that have waited long enough for stores, and
  // says in `controlWakes` when there will be something to do again.
  void takeLate(TimePoint now, std::vector<SedaRequest>& lateRequests, std::vector<SedaJob*>& lateJobs);

 private:
  TimePoint takeLateRequests(TimePoint now, std::vector<SedaRequest>& late);
  TimePoint wakeLateJobs(TimePoint now);
  TimePoint takeLateJobs(TimePoint now, std::vector<SedaJob*>& late);
};

}  // namespace featc
