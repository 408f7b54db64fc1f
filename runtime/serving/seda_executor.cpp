// SPDX-License-Identifier: Apache-2.0
// Serves requests of many callers in two stages, each with a queue and threads of its own.
#include "runtime/serving/seda_executor.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include "runtime/calls/call_input.h"
#include "runtime/calls/float_environment.h"
#include "runtime/serving/batching_controller.h"
#include "runtime/serving/seda_job.h"
#include "runtime/serving/seda_queues.h"

namespace featc {

namespace {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

// Items that fill blocks, and how long computing a batch may take for the sake of keys that requests share.
constexpr int64_t kFullBlocks = 1024;
constexpr auto kLongestBatch = std::chrono::duration_cast<Clock::duration>(std::chrono::milliseconds(4)).count();

const char* const kLate = "the deadline passed before the request could be computed";
const char* const kCancelled = "the executor was cancelled before the request was computed";
const char* const kDropped = "the queue is full and this request had waited longest";

uint32_t defaultComputeThreads(const SedaOptions& options) {
  uint32_t cores = std::thread::hardware_concurrency();
  return cores > options.fetchThreads ? cores - options.fetchThreads : 1;
}

}  // namespace

class SedaExecutor::Core {
 public:
  Core(std::shared_ptr<const CallProgram> program, const SedaOptions& options)
      : program_(std::move(program)),
        options_(options),
        fetchController_(std::max<size_t>(1, options.mostBatching)),
        computeController_(std::max<size_t>(1, options.mostBatching)) {
    if (options_.computeThreads == 0) options_.computeThreads = defaultComputeThreads(options_);
    options_.fetchThreads = std::max(1U, options_.fetchThreads);
    for (size_t i = 0; i < std::max<size_t>(1, options_.batchesUnderWay); ++i) {
      jobs_.push_back(nullptr);
      deadlines_.push_back(TimePoint::max());
      free_.push_back(i);
    }
    for (uint32_t i = 0; i < options_.fetchThreads; ++i) threads_.emplace_back([this] { fetchLoop(); });
    for (uint32_t i = 0; i < options_.computeThreads; ++i) threads_.emplace_back([this] { computeLoop(); });
    threads_.emplace_back([this] { controlLoop(); });
  }
  ~Core() { stop(true); }

  RunError submit(SedaRequest request) {
    if (RunError error = checkBatch(program_->info, request.batch)) return error;
    request.submitted = Clock::now();
    SedaRequest dropped;
    {
      std::lock_guard lock(queues_->mutex);
      if (queues_->stopping) return {"the executor has been stopped"};
      if (queues_->requests.size() >= options_.queueRequests) {
        if (options_.observer != nullptr) options_.observer->onRefused(Stage::Fetch);
        if (options_.whenFull == WhenFull::Refuse || queues_->requests.empty())
          return {"the queue is full; the request was refused"};
        dropped = std::move(queues_->requests.front());
        queues_->requests.pop_front();
      }
      if (request.deadline < queues_->controlWakes) queues_->controlWork.notify_one();
      queues_->requests.push_back(std::move(request));
      queues_->fetchWork.notify_one();
    }
    if (dropped.done) refuse(dropped, kDropped);
    return {};
  }

  // Returns when everything is answered and no thread is left.
  void stop(bool cancel) {
    {
      std::unique_lock lock(queues_->mutex);
      queues_->stopping = true;
      queues_->cancelled = queues_->cancelled || cancel;
      queues_->fetchWork.notify_all();
      queues_->controlWork.notify_all();
      queues_->allAnswered.wait(lock, [this] { return isIdle(); });
      queues_->quit = true;
      queues_->fetchWork.notify_all();
      queues_->computeWork.notify_all();
      queues_->controlWork.notify_all();
    }
    std::lock_guard lock(joining_);
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  Depths depths() const {
    std::lock_guard lock(queues_->mutex);
    return {queues_->requests.size(), queues_->parked.size(), queues_->ready.size(), fetchController_.factor(),
            computeController_.factor()};
  }

 private:
  bool isIdle() const { return queues_->requests.empty() && answering_ == 0 && free_.size() == jobs_.size(); }

  // -- Fetch stage ------------------------------------------------------------------------------------

  void fetchLoop() {
    FloatEnvironment floats;
    std::unique_lock lock(queues_->mutex);
    for (;;) {
      queues_->fetchWork.wait(lock, [this] {
        return queues_->quit || !queues_->goOn.empty() || (!queues_->requests.empty() && !free_.empty());
      });
      if (queues_->quit) return;
      helpWithDeadlines(lock);
      if (queues_->goOn.empty() && (queues_->requests.empty() || free_.empty())) continue;
      SedaJob* job = nullptr;
      TimePoint readDeadline;
      bool isNew = queues_->goOn.empty();
      if (isNew) {
        if (!waitForMore(lock)) continue;
        job = takeRequests();
        readDeadline = job->deadline() - reserve(*job);
      } else {
        job = queues_->goOn.front();
        queues_->goOn.pop_front();
      }
      lock.unlock();
      if (!isNew || job->start(readDeadline))
        fetchFor(*job);
      else
        release(*job);
      lock.lock();
    }
  }

  // Gives further requests the chance to join. False when meanwhile there is something else to do.
  bool waitForMore(std::unique_lock<std::mutex>& lock) {
    std::deque<SedaRequest>& requests = queues_->requests;
    while (!queues_->stopping && !requests.empty() && !free_.empty() && queues_->goOn.empty()) {
      if (requests.size() >= wantedRequests()) break;
      TimePoint until = requests.front().submitted + (isBusy() ? options_.busyWait : options_.longestWait);
      if (Clock::now() >= until) break;
      queues_->fetchWork.wait_until(lock, until);
    }
    return queues_->goOn.empty() && !requests.empty() && !free_.empty() && !queues_->quit;
  }

  size_t batchesUnderWay() const { return jobs_.size() - free_.size(); }
  // While enough batches are under way, requests that come are better off together.
  bool isBusy() const { return batchesUnderWay() >= options_.eagerBatches; }
  size_t wantedRequests() const { return isBusy() ? options_.mostBatching : fetchController_.factor(); }

  // Many items are computed as fast a piece as a few blocks of them, so that beyond that only keys are saved, and
  // that is worth only so much time.
  int64_t joinedItems() const {
    if (program_->reads.empty()) return std::min(options_.joinedItems, kFullBlocks);
    if (timeAnItem_ <= 0) return options_.joinedItems;
    auto inTime = static_cast<int64_t>(kLongestBatch / timeAnItem_);
    return std::min(options_.joinedItems, std::max(kFullBlocks, inTime));
  }

  SedaJob* takeRequests() {
    size_t most = wantedRequests();
    size_t slot = free_.back();
    free_.pop_back();
    if (jobs_[slot] == nullptr) jobs_[slot] = std::make_unique<SedaJob>(program_, options_.observer);
    SedaJob& job = *jobs_[slot];
    std::deque<SedaRequest>& requests = queues_->requests;
    TimePoint now = Clock::now();
    int64_t mostItems = joinedItems();
    while (!requests.empty() && job.size() < most) {
      const SedaRequest& next = requests.front();
      if (!job.empty() && (job.items() + next.batch.items > mostItems || !job.suits(next, now))) break;
      job.add(std::move(requests.front()));
      requests.pop_front();
    }
    if (options_.observer != nullptr)
      options_.observer->onStage(
          {Stage::Fetch, job.size(), requests.size(), fetchController_.factor(), now - job.oldest()});
    fetchController_.observe(job.size(), requests.size());
    deadlines_[slot] = job.deadline();
    return &job;
  }

  // The time before the deadline from which on reads are waited for no longer: enough for computing this batch and
  // those that stores leave as little time.
  Clock::duration reserve(const SedaJob& job) const {
    if (job.deadline() == TimePoint::max()) return {};
    Clock::duration left = std::max<Clock::duration>(job.deadline() - Clock::now(), Clock::duration::zero());
    Clock::duration all = computeTime_ * static_cast<int64_t>(batchesUnderWay()) / options_.computeThreads;
    int64_t close =
        std::ranges::count_if(deadlines_, [&](TimePoint d) { return d <= job.deadline() && job.deadline() - d < all; });
    return std::min<Clock::duration>(left / 2, options_.reserve + std::max(timeOf(job), computeTime_) +
                                                   computeTime_ * close / options_.computeThreads);
  }

  // Of computing a batch; a guess.
  Clock::duration timeOf(const SedaJob& job) const {
    return Clock::duration(static_cast<int64_t>(timeAnItem_ * static_cast<double>(job.items())));
  }
  Clock::duration expectedTime(const SedaJob& job) const {
    std::lock_guard lock(queues_->mutex);
    return timeOf(job);
  }

  void fetchFor(SedaJob& job) {
    bool cancelled = isCancelled();
    try {
      job.wakesFetch = !cancelled && !job.advanceToLast();
    } catch (const std::bad_alloc&) {
      job.fail({"not enough memory for the batch"});
      return release(job);
    }
    park(job);
  }

  bool isCancelled() const {
    std::lock_guard lock(queues_->mutex);
    return queues_->cancelled;
  }

  void park(SedaJob& job) {
    {
      std::lock_guard lock(queues_->mutex);
      queues_->parked.push_back(&job);
      if (job.readDeadline() < queues_->controlWakes || queues_->cancelled) queues_->controlWork.notify_one();
    }
    // From here on the job may belong to another thread.
    if (!job.park([queues = queues_, waiting = &job] { queues->wake(waiting); })) queues_->wake(&job);
  }

  // -- Compute stage ----------------------------------------------------------------------------------

  void computeLoop() {
    FloatEnvironment floats;
    std::vector<SedaJob*> batch;
    std::unique_lock lock(queues_->mutex);
    for (;;) {
      queues_->computeWork.wait(lock, [this] { return queues_->quit || !queues_->ready.empty(); });
      if (queues_->quit) return;
      helpWithDeadlines(lock);
      if (queues_->ready.empty()) continue;
      takeReady(batch);
      bool cancelled = queues_->cancelled;
      lock.unlock();
      for (SedaJob* job : batch) compute(*job, cancelled);
      batch.clear();
      lock.lock();
    }
  }

  // Leaves the other threads their share.
  void takeReady(std::vector<SedaJob*>& batch) {
    std::deque<SedaJob*>& ready = queues_->ready;
    size_t share = (ready.size() + options_.computeThreads - 1) / options_.computeThreads;
    size_t n = std::min(share, computeController_.factor());
    size_t requests = 0;
    for (; batch.size() < n; ready.pop_front()) {
      requests += ready.front()->size();
      batch.push_back(ready.front());
    }
    computeController_.observe(n, ready.size());
    if (options_.observer == nullptr) return;
    size_t queued = 0;
    for (const SedaJob* job : ready) queued += job->size();
    options_.observer->onStage(
        {Stage::Compute, requests, queued, computeController_.factor(), Clock::now() - batch.front()->oldest()});
  }

  void compute(SedaJob& job, bool cancelled) {
    TimePoint start = Clock::now();
    if (cancelled) {
      job.fail({kCancelled});
      return release(job);
    }
    // What cannot be ready in time is told so now, not later.
    if (job.deadline() != TimePoint::max() && start + expectedTime(job) >= job.deadline()) {
      job.fail({kLate});
      return release(job);
    }
    int64_t items = job.items();
    try {
      if (!job.advanceToEnd()) return park(job);
      job.answer();
    } catch (const std::bad_alloc&) {
      job.fail({"not enough memory for the batch"});
    }
    release(job, Clock::now() - start, items);
  }

  // The job is empty again. `took`: computing its items, if they were computed.
  void release(SedaJob& job, Clock::duration took = Clock::duration::zero(), int64_t items = 0) {
    std::lock_guard lock(queues_->mutex);
    if (took > Clock::duration::zero()) {
      computeTime_ = (7 * computeTime_ + 3 * took) / 10;
      // A batch of few items says little about one of many.
      auto each = static_cast<double>(took.count()) / static_cast<double>(std::max<int64_t>(items, kBlockRows));
      timeAnItem_ = 0.7 * timeAnItem_ + 0.3 * each;
    }
    for (size_t i = 0; i < jobs_.size(); ++i) {
      if (jobs_[i].get() != &job) continue;
      free_.push_back(i);
      deadlines_[i] = TimePoint::max();
    }
    queues_->fetchWork.notify_one();
    if (isIdle()) queues_->allAnswered.notify_all();
  }

  // -- Deadlines --------------------------------------------------------------------------------------

  void controlLoop() {
    std::unique_lock lock(queues_->mutex);
    while (!queues_->quit) {
      if (keepDeadlines(lock)) continue;
      TimePoint next = queues_->controlWakes;
      if (next == TimePoint::max())
        queues_->controlWork.wait(lock);
      else
        queues_->controlWork.wait_until(lock, next);
    }
  }

  // Where all processors are busy the thread for it may come late, so whoever works looks at the clock between two
  // batches.
  void helpWithDeadlines(std::unique_lock<std::mutex>& lock) {
    while (Clock::now() >= queues_->controlWakes && keepDeadlines(lock)) {
    }
  }

  // Answers what is late, for which it lets go of the lock, and wakes what has waited for stores long enough. Whether
  // there was something to answer.
  bool keepDeadlines(std::unique_lock<std::mutex>& lock) {
    std::vector<SedaRequest> lateRequests;
    std::vector<SedaJob*> lateJobs;
    TimePoint now = Clock::now();
    queues_->takeLate(now, lateRequests, lateJobs);
    if (lateRequests.empty() && lateJobs.empty()) return false;
    ++answering_;
    const char* why = queues_->cancelled ? kCancelled : kLate;
    lock.unlock();
    for (SedaRequest& request : lateRequests) refuse(request, why);
    for (SedaJob* job : lateJobs) {
      job->fail({why});
      release(*job);
    }
    lock.lock();
    --answering_;
    if (isIdle()) queues_->allAnswered.notify_all();
    return true;
  }

  void refuse(SedaRequest& request, const char* why) {
    if (options_.observer != nullptr)
      options_.observer->onCall({request.batch.requests, request.batch.items, Clock::now() - request.submitted, true});
    Result none;
    request.done({why}, none);
  }

  std::shared_ptr<const CallProgram> program_;
  SedaOptions options_;
  std::shared_ptr<SedaQueues> queues_ = std::make_shared<SedaQueues>();
  // What follows is under the queues' lock.
  std::vector<std::unique_ptr<SedaJob>> jobs_;  // made when first needed
  std::vector<TimePoint> deadlines_;            // of the jobs that are under way, by job
  std::vector<size_t> free_;                    // jobs that are not
  BatchingController fetchController_;
  BatchingController computeController_;
  Clock::duration computeTime_{};  // of a batch in the compute stage, smoothed
  double timeAnItem_ = 0;          // of it, in ticks of the clock
  size_t answering_ = 0;           // threads that answer what no job holds
  std::mutex joining_;
  std::vector<std::thread> threads_;
};

SedaExecutor::SedaExecutor(const Extractor& extractor, const SedaOptions& options)
    : core_(std::make_unique<Core>(extractor.program_, options)) {}
SedaExecutor::~SedaExecutor() = default;

RunError SedaExecutor::submit(const Batch& batch, Deadline deadline, Done done) {
  return core_->submit({batch, deadline, std::move(done), {}});
}

std::future<SedaExecutor::Answer> SedaExecutor::submit(const Batch& batch, Deadline deadline) {
  auto promise = std::make_shared<std::promise<Answer>>();
  std::future<Answer> future = promise->get_future();
  RunError refused = submit(batch, deadline, [promise](RunError error, Result& result) {
    Answer answer{std::move(error), {}};
    std::swap(answer.result, result);
    promise->set_value(std::move(answer));
  });
  if (refused) promise->set_value({std::move(refused), {}});
  return future;
}

void SedaExecutor::drain() { core_->stop(false); }
void SedaExecutor::cancel() { core_->stop(true); }
SedaExecutor::Depths SedaExecutor::depths() const { return core_->depths(); }

}  // namespace featc
