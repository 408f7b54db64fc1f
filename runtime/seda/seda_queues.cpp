// SPDX-License-Identifier: Apache-2.0
// What the executor's threads share: the stages' queues, and whose time is over in them.
#include "runtime/seda/seda_queues.h"

#include <algorithm>
#include <utility>

namespace featc {

namespace {

constexpr auto kRetry = std::chrono::milliseconds(1);

}  // namespace

SedaQueues::SedaQueues(size_t jobs) {
  goOn.reserve(jobs);
  ready.reserve(jobs);
  parked.reserve(jobs);
}

SedaJob* takeFirst(std::vector<SedaJob*>& jobs) noexcept {
  SedaJob* first = jobs.front();
  jobs.erase(jobs.begin());
  return first;
}

void SedaQueues::push(SedaJob* job) noexcept {
  if (job->deadline() < controlWakes) controlWork.notify_one();
  if (job->wakesFetch) {
    goOn.push_back(job);
    fetchWork.notify_one();
  } else {
    ready.push_back(job);
    computeWork.notify_one();
  }
}

void SedaQueues::wake(SedaJob* job) noexcept {
  std::lock_guard lock(mutex);
  std::erase(parked, job);
  push(job);
}

void SedaQueues::takeLate(TimePoint now, SedaRequests& lateRequests, SedaJob*& lateJob) noexcept {
  TimePoint next = takeLateRequests(now, lateRequests);
  next = std::min(next, wakeLateJobs(now));
  next = std::min(next, takeLateJob(now, lateJob));
  controlWakes = next;
}

// Before any stage took them. Returns when the next one's time is over.
SedaQueues::TimePoint SedaQueues::takeLateRequests(TimePoint now, SedaRequests& late) noexcept {
  TimePoint next = TimePoint::max();
  for (auto request = requests.begin(); request != requests.end();) {
    auto at = request++;
    if (cancelled || at->deadline <= now)
      late.splice(late.end(), requests, at);
    else
      next = std::min(next, at->deadline);
  }
  return next;
}

SedaQueues::TimePoint SedaQueues::wakeLateJobs(TimePoint now) noexcept {
  TimePoint next = TimePoint::max();
  std::erase_if(parked, [&](SedaJob* job) {
    bool over = cancelled || job->readDeadline() <= now;
    // It may not have been parked quite yet, or is being woken.
    bool woken = over && job->unpark();
    if (woken) push(job);
    if (!woken) next = std::min(next, over ? now + kRetry : job->readDeadline());
    return woken;
  });
  return next;
}

// Of batches that wait for a stage. Returns `now` when there may be another one.
SedaQueues::TimePoint SedaQueues::takeLateJob(TimePoint now, SedaJob*& late) noexcept {
  TimePoint next = TimePoint::max();
  for (std::vector<SedaJob*>* jobs : {&goOn, &ready}) {
    for (auto job = jobs->begin(); job != jobs->end(); ++job) {
      if ((*job)->deadline() > now) {
        next = std::min(next, (*job)->deadline());
        continue;
      }
      late = *job;
      jobs->erase(job);
      return now;
    }
  }
  return next;
}

}  // namespace featc
