// SPDX-License-Identifier: Apache-2.0
// Serves requests of many callers in two stages, each with a queue and threads of its own.
#include "runtime/seda/seda_executor.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/calls/call_input.h"
#include "runtime/calls/float_environment.h"
#include "runtime/calls/run_errors.h"
#include "runtime/seda/batching_controller.h"
#include "runtime/seda/compute_times.h"
#include "runtime/seda/seda_job.h"
#include "runtime/seda/seda_jobs.h"
#include "runtime/seda/seda_queues.h"

namespace featc {

namespace {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

// Items that fill blocks, and how long computing a batch may take for the sake of keys that requests share.
constexpr int64_t kFullBlocks = 1024;
constexpr std::chrono::milliseconds kLongestBatch{4};

// Beyond so many that wait for their callbacks, which must be slow or hang, new requests are refused.
constexpr size_t kMostDropped = 1024;

const char* const kLate = "the deadline passed before the request could be computed";
const char* const kCancelled = "the executor was cancelled before the request was computed";
const char* const kDropped = "the queue is full and this request had waited longest";

uint32_t defaultComputeThreads(const SedaOptions& options) {
  uint32_t cores = std::thread::hardware_concurrency();
  return cores > options.fetchThreads ? cores - options.fetchThreads : 1;
}

// Its store's answers send a job on.
class JobWaker final : public ReadWaker {
 public:
  JobWaker(std::shared_ptr<SedaQueues> queues, SedaJob* job) : queues_(std::move(queues)), job_(job) {}
  void wake() noexcept override { queues_->wake(job_); }

 private:
  std::shared_ptr<SedaQueues> queues_;
  SedaJob* job_;
};

}  // namespace

class SedaExecutor::Core {
 public:
  Core(std::shared_ptr<const CallProgram> program, const SedaOptions& options)
      : program_(std::move(program)),
        options_(options),
        limits_(program_->limits.call.within(options.limits)),
        queues_(std::make_shared<SedaQueues>(std::max<size_t>(1, options.batchesUnderWay))),
        jobs_(std::max<size_t>(1, options.batchesUnderWay), [this] { return makeJob(); }),
        fetchController_(std::max<size_t>(1, options.mostBatching)),
        computeController_(std::max<size_t>(1, options.mostBatching)) {
    if (options_.computeThreads == 0) options_.computeThreads = defaultComputeThreads(options_);
    options_.fetchThreads = std::max(1U, options_.fetchThreads);
    try {
      startThreads();
    } catch (...) {
      stop(true);
      throw;
    }
  }
  ~Core() { stop(true); }

  Error submit(SedaRequest request) noexcept {
    SedaRequests accepted;
    request.submitted = Clock::now();
    try {
      if (Error error = checkBatch(program_->info, request.batch)) return error;
      if (Error error = checkItems(request.batch.requests, request.batch.items, limits_)) return error;
      accepted.push_back(std::move(request));
    } catch (...) {
      return currentError();
    }
    std::unique_lock lock(queues_->mutex);
    if (queues_->stopping) return runError("the executor has been stopped", ErrorCode::Refused);
    SedaRequests& requests = queues_->requests;
    if (requests.size() >= options_.queueRequests) {
      tellObserver(options_.observer, [](RunObserver& o) { o.onRefused(Stage::Fetch); });
      bool drops = options_.whenFull == WhenFull::DropOldest && queues_->dropped.size() < kMostDropped;
      if (!drops || requests.empty()) return runError("the queue is full; the request was refused", ErrorCode::Refused);
      // Not here: whoever submits may hold what the callback needs.
      queues_->dropped.splice(queues_->dropped.end(), requests, requests.begin());
      queues_->controlWork.notify_one();
    }
    if (accepted.front().deadline < queues_->controlWakes) queues_->controlWork.notify_one();
    requests.splice(requests.end(), accepted);
    queues_->fetchWork.notify_one();
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
  void startThreads() {
    threads_.reserve(size_t{options_.fetchThreads} + options_.computeThreads + 1);
    for (uint32_t i = 0; i < options_.fetchThreads; ++i) threads_.emplace_back([this] { fetchLoop(); });
    for (uint32_t i = 0; i < options_.computeThreads; ++i) {
      auto batch = std::make_unique<std::vector<SedaJob*>>();
      batch->reserve(jobs_.most());
      threads_.emplace_back([this, batch = std::move(batch)] { computeLoop(*batch); });
    }
    threads_.emplace_back([this] { controlLoop(); });
  }

  bool isIdle() const {
    return queues_->requests.empty() && queues_->dropped.empty() && answering_ == 0 && jobs_.underWay() == 0;
  }

  // -- Fetch stage ------------------------------------------------------------------------------------

  void fetchLoop() {
    FloatEnvironment floats;
    std::unique_lock lock(queues_->mutex);
    for (;;) {
      queues_->fetchWork.wait(lock, [this] {
        return queues_->quit || !queues_->goOn.empty() || (!queues_->requests.empty() && jobs_.hasFree());
      });
      if (queues_->quit) return;
      helpWithDeadlines(lock);
      if (queues_->goOn.empty() && (queues_->requests.empty() || !jobs_.hasFree())) continue;
      if (queues_->goOn.empty()) {
        if (waitForMore(lock)) startBatch(lock);
        continue;
      }
      SedaJob* job = takeFirst(queues_->goOn);
      lock.unlock();
      fetchFor(*job);
      lock.lock();
    }
  }

  // Gives further requests the chance to join. False when meanwhile there is something else to do.
  bool waitForMore(std::unique_lock<std::mutex>& lock) {
    SedaRequests& requests = queues_->requests;
    while (!queues_->stopping && !requests.empty() && jobs_.hasFree() && queues_->goOn.empty()) {
      if (requests.size() >= wantedRequests() || requests.front().alone) break;
      TimePoint until = requests.front().submitted + (isBusy() ? options_.busyWait : options_.longestWait);
      if (Clock::now() >= until) break;
      queues_->fetchWork.wait_until(lock, until);
    }
    return queues_->goOn.empty() && !requests.empty() && jobs_.hasFree() && !queues_->quit;
  }

  // While enough batches are under way, requests that come are better off together.
  bool isBusy() const { return jobs_.underWay() >= options_.eagerBatches; }
  size_t wantedRequests() const { return isBusy() ? options_.mostBatching : fetchController_.factor(); }

  // Many items are computed as fast a piece as a few blocks of them, so that beyond that only keys are saved, and
  // that is worth only so much time.
  int64_t joinedItems() const {
    if (program_->reads.empty()) return std::min(options_.joinedItems, kFullBlocks);
    return std::min(options_.joinedItems, std::max(kFullBlocks, times_.itemsIn(kLongestBatch)));
  }

  // Lets go of the lock.
  void startBatch(std::unique_lock<std::mutex>& lock) {
    SedaJob* free = jobs_.take();
    if (free == nullptr) {
      SedaRequests refused;
      refused.splice(refused.end(), queues_->requests, queues_->requests.begin());
      return refuse(lock, refused, outOfMemory().message, ErrorCode::NoMemory);
    }
    SedaJob& job = *free;
    takeRequests(job);
    jobs_.filled(job);
    TimePoint readDeadline = job.deadline() - reserve(job);
    lock.unlock();
    fetchFor(job, &readDeadline);
    lock.lock();
  }

  std::unique_ptr<SedaJob> makeJob() {
    auto job = std::make_unique<SedaJob>(program_, limits_, options_.observer);
    job->setWaker(std::make_shared<JobWaker>(queues_, job.get()));
    return job;
  }

  void takeRequests(SedaJob& job) noexcept {
    size_t most = wantedRequests();
    SedaRequests& requests = queues_->requests;
    TimePoint now = Clock::now();
    int64_t mostItems = joinedItems();
    while (!requests.empty() && job.size() < most) {
      const SedaRequest& next = requests.front();
      bool alone = next.alone;
      if (!job.empty() && (alone || job.items() + next.batch.items > mostItems || !job.suits(next, now))) break;
      job.add(requests);
      if (alone) break;
    }
    tellObserver(options_.observer, [&](RunObserver& o) {
      o.onStage({Stage::Fetch, job.size(), requests.size(), fetchController_.factor(), now - job.oldest()});
    });
    fetchController_.observe(job.size(), requests.size());
  }

  // The time before the deadline from which on reads are waited for no longer: enough for computing this batch and
  // those that stores leave as little time.
  Clock::duration reserve(const SedaJob& job) const {
    if (job.deadline() == TimePoint::max()) return {};
    Clock::duration left = std::max<Clock::duration>(job.deadline() - Clock::now(), Clock::duration::zero());
    Clock::duration all = times_.ofBatch() * static_cast<int64_t>(jobs_.underWay()) / options_.computeThreads;
    return std::min<Clock::duration>(
        left / 2, options_.reserve + std::max(times_.of(job.items()), times_.ofBatch()) +
                      times_.ofBatch() * jobs_.dueBefore(job.deadline(), all) / options_.computeThreads);
  }

  Clock::duration expectedTime(const SedaJob& job) const {
    std::lock_guard lock(queues_->mutex);
    return times_.of(job.items());
  }

  // `readDeadline`: of a batch that begins.
  void fetchFor(SedaJob& job, const TimePoint* readDeadline = nullptr) noexcept {
    bool cancelled = isCancelled();
    try {
      if (readDeadline != nullptr && !job.start(*readDeadline)) return release(job);
      job.wakesFetch = !cancelled && !job.advanceToLast();
    } catch (...) {
      failed(job, currentError());
      return release(job);
    }
    park(job);
  }

  // What one of several requests did is told to that one: each is computed alone, in front of the queue.
  void failed(SedaJob& job, const Error& error) noexcept {
    if (job.size() <= 1) return job.fail(error);
    std::lock_guard lock(queues_->mutex);
    job.separate(queues_->requests);
    // Its deadline may be gone meanwhile.
    queues_->controlWork.notify_one();
    queues_->fetchWork.notify_one();
  }

  bool isCancelled() const {
    std::lock_guard lock(queues_->mutex);
    return queues_->cancelled;
  }

  void park(SedaJob& job) noexcept {
    {
      std::lock_guard lock(queues_->mutex);
      queues_->parked.push_back(&job);
      if (job.readDeadline() < queues_->controlWakes || queues_->cancelled) queues_->controlWork.notify_one();
    }
    // From here on the job may belong to another thread.
    if (!job.park()) queues_->wake(&job);
  }

  // -- Compute stage ----------------------------------------------------------------------------------

  // `batch` has room for all jobs.
  void computeLoop(std::vector<SedaJob*>& batch) {
    FloatEnvironment floats;
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
    std::vector<SedaJob*>& ready = queues_->ready;
    size_t share = (ready.size() + options_.computeThreads - 1) / options_.computeThreads;
    size_t n = std::min(share, computeController_.factor());
    size_t requests = 0;
    while (batch.size() < n) {
      batch.push_back(takeFirst(ready));
      requests += batch.back()->size();
    }
    computeController_.observe(n, ready.size());
    tellObserver(options_.observer, [&](RunObserver& o) {
      size_t queued = 0;
      for (const SedaJob* job : ready) queued += job->size();
      o.onStage(
          {Stage::Compute, requests, queued, computeController_.factor(), Clock::now() - batch.front()->oldest()});
    });
  }

  void compute(SedaJob& job, bool cancelled) noexcept {
    TimePoint start = Clock::now();
    if (cancelled) {
      job.fail(runError(kCancelled, ErrorCode::Refused));
      return release(job);
    }
    // What cannot be ready in time is told so now, not later.
    if (job.deadline() != TimePoint::max() && start + expectedTime(job) >= job.deadline()) {
      job.fail(runError(kLate, ErrorCode::Late));
      return release(job);
    }
    int64_t items = job.items();
    try {
      if (!job.advanceToEnd()) return park(job);
      job.answer();
    } catch (...) {
      failed(job, currentError());
    }
    release(job, Clock::now() - start, items);
  }

  // The job is empty again. `took`: computing its items, if they were computed.
  void release(SedaJob& job, Clock::duration took = Clock::duration::zero(), int64_t items = 0) noexcept {
    std::unique_ptr<SedaJob> idle;  // freed without the lock
    std::lock_guard lock(queues_->mutex);
    if (took > Clock::duration::zero()) times_.observe(took, items);
    idle = jobs_.giveBack(job);
    queues_->fetchWork.notify_one();
    if (isIdle()) queues_->allAnswered.notify_all();
  }

  // -- Deadlines --------------------------------------------------------------------------------------

  void controlLoop() {
    std::unique_lock lock(queues_->mutex);
    while (!queues_->quit) {
      if (answerDropped(lock) || keepDeadlines(lock)) continue;
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

  // Lets go of the lock. Whether there was something to answer.
  bool answerDropped(std::unique_lock<std::mutex>& lock) noexcept {
    if (queues_->dropped.empty()) return false;
    SedaRequests dropped = std::move(queues_->dropped);
    queues_->dropped.clear();
    refuse(lock, dropped, kDropped, ErrorCode::Refused);
    return true;
  }

  // Answers what is late, for which it lets go of the lock, and wakes what has waited for stores long enough. Whether
  // there was something to answer.
  bool keepDeadlines(std::unique_lock<std::mutex>& lock) noexcept {
    SedaRequests lateRequests;
    SedaJob* lateJob = nullptr;
    queues_->takeLate(Clock::now(), lateRequests, lateJob);
    if (lateRequests.empty() && lateJob == nullptr) return false;
    if (queues_->cancelled)
      refuse(lock, lateRequests, kCancelled, ErrorCode::Refused, lateJob);
    else
      refuse(lock, lateRequests, kLate, ErrorCode::Late, lateJob);
    return true;
  }

  // Answers what no stage holds. Lets go of the lock.
  void refuse(std::unique_lock<std::mutex>& lock, SedaRequests& requests, std::string_view why, ErrorCode code,
              SedaJob* job = nullptr) noexcept {
    ++answering_;
    lock.unlock();
    for (SedaRequest& request : requests) request.refuse(runError(why, code), options_.observer);
    if (job != nullptr) {
      job->fail(runError(why, code));
      release(*job);
    }
    lock.lock();
    --answering_;
    if (isIdle()) queues_->allAnswered.notify_all();
  }

  std::shared_ptr<const CallProgram> program_;
  SedaOptions options_;
  CallLimits limits_;
  std::shared_ptr<SedaQueues> queues_;
  // What follows is under the queues' lock.
  SedaJobs jobs_;
  BatchingController fetchController_;
  BatchingController computeController_;
  ComputeTimes times_;
  size_t answering_ = 0;  // threads that answer what no job holds
  std::mutex joining_;
  std::vector<std::thread> threads_;
};

SedaExecutor::SedaExecutor(const Extractor& extractor, const SedaOptions& options)
    : core_(std::make_unique<Core>(extractor.program_, options)) {}
SedaExecutor::~SedaExecutor() = default;

Error SedaExecutor::submit(const Batch& batch, Deadline deadline, Done done, const std::atomic<bool>* cancelled,
                           std::vector<ReadRow>* reads) noexcept {
  return core_->submit({batch, deadline, std::move(done), {}, cancelled, reads});
}

std::future<SedaExecutor::Answer> SedaExecutor::submit(const Batch& batch, Deadline deadline,
                                                       std::vector<ReadRow>* reads) {
  auto promise = std::make_shared<std::promise<Answer>>();
  std::future<Answer> future = promise->get_future();
  Error refused = submit(
      batch, deadline,
      [promise](Error error, Result& result) {
        Answer answer{std::move(error), {}};
        std::swap(answer.result, result);
        promise->set_value(std::move(answer));
      },
      nullptr, reads);
  if (refused) promise->set_value({std::move(refused), {}});
  return future;
}

void SedaExecutor::drain() { core_->stop(false); }
void SedaExecutor::cancel() { core_->stop(true); }
SedaExecutor::Depths SedaExecutor::depths() const { return core_->depths(); }

}  // namespace featc
