// SPDX-License-Identifier: Apache-2.0
// What the executor's threads share: the stages' queues, and whose time is over in them.
#include "runtime/serving/seda_queues.h"

#include <algorithm>
#include <utility>

namespace featc {

namespace {

constexpr auto kRetry = std::chrono::milliseconds(1);

}  // namespace

void SedaQueues::push(SedaJob* job) {
  if (job->deadline() < controlWakes) controlWork.notify_one();
  if (job->wakesFetch) {
    goOn.push_back(job);
    fetchWork.notify_one();
  } else {
    ready.push_back(job);
    computeWork.notify_one();
  }
}

void SedaQueues::wake(SedaJob* job) {
  std::lock_guard lock(mutex);
  std::erase(parked, job);
  push(job);
}

void SedaQueues::takeLate(TimePoint now, std::vector<SedaRequest>& lateRequests, std::vector<SedaJob*>& lateJobs) {
  TimePoint next = takeLateRequests(now, lateRequests);
  next = std::min(next, wakeLateJobs(now));
  next = std::min(next, takeLateJobs(now, lateJobs));
  controlWakes = next;
}

// Before any stage took them. Returns when the next one's time is over.
SedaQueues::TimePoint SedaQueues::takeLateRequests(TimePoint now, std::vector<SedaRequest>& late) {
  TimePoint next = TimePoint::max();
  auto isLate = [&](SedaRequest& request) {
    bool over = cancelled || request.deadline <= now;
    if (over)
      late.push_back(std::move(request));
    else
      next = std::min(next, request.deadline);
    return over;
  };
  std::erase_if(requests, isLate);
  return next;
}

SedaQueues::TimePoint SedaQueues::wakeLateJobs(TimePoint now) {
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

// Of batches that wait for a stage.
SedaQueues::TimePoint SedaQueues::takeLateJobs(TimePoint now, std::vector<SedaJob*>& late) {
  TimePoint next = TimePoint::max();
  auto take = [&](SedaJob* job) {
    bool over = job->deadline() <= now;
    if (over)
      late.push_back(job);
    else
      next = std::min(next, job->deadline());
    return over;
  };
  std::erase_if(goOn, take);
  std::erase_if(ready, take);
  return next;
}

}  // namespace featc
