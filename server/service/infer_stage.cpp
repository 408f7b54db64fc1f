// SPDX-License-Identifier: Apache-2.0
#include "server/service/infer_stage.h"

#include <algorithm>
#include <new>
#include <unordered_map>
#include <utility>

#include "support/survive.h"

namespace featc {

// One thread, with its memory for each model that it has scored lately.
class InferStage::Worker {
 public:
  explicit Worker(InferStage& stage) : stage_(stage) {}

  void run() {
    while (true) {
      bool ended = false;
      survive("an inference", [&] {
        std::vector<Job> jobs = stage_.take();
        ended = jobs.empty();
        if (!ended) score(jobs);
      });
      if (ended) return;
    }
  }

 private:
  struct Memory {
    std::weak_ptr<const ModelScorer> scorer;
    std::unique_ptr<ScoreMemory> memory;
  };

  void score(std::vector<Job>& jobs) {
    const auto now = std::chrono::steady_clock::now();
    std::vector<const Result*> results;
    std::vector<Job*> wanted;
    for (Job& job : jobs) {
      if (job.cancelled != nullptr && *job.cancelled)
        fail(job, {"the caller has hung up", ErrorCode::Cancelled});
      else if (now >= job.deadline)
        fail(job, {"the deadline passed before the scores were computed", ErrorCode::Late});
      else {
        results.push_back(job.result);
        wanted.push_back(&job);
      }
    }
    if (wanted.empty()) return;
    Error error;
    try {
      if (Error wrong = jobs[0].scorer->score(results, memoryOf(jobs[0].scorer), scores_))
        error = {std::move(wrong.message), ErrorCode::Failed};
    } catch (const std::bad_alloc&) {
      error = {"not enough memory for the inference: try again later, or ask another server", ErrorCode::NoMemory};
    } catch (...) {
      error = {currentMessage(), ErrorCode::Failed};
    }
    size_t first = 0;
    for (Job* job : wanted) {
      survive("an answer with scores", [&] { job->done(error, scores_, first); });
      first += static_cast<size_t>(job->result->items());
    }
  }

  void fail(const Job& job, const Error& error) const {
    survive("an answer without scores", [&] { job.done(error, {}, 0); });
  }

  ScoreMemory& memoryOf(const std::shared_ptr<const ModelScorer>& scorer) {
    Memory& kept = memories_[scorer.get()];
    if (kept.scorer.lock() != scorer) {
      // What belongs to versions that are gone goes too.
      std::erase_if(memories_, [](const auto& entry) { return entry.second.scorer.expired() && entry.second.memory; });
      Memory& made = memories_[scorer.get()];
      made = {scorer, std::make_unique<ScoreMemory>(*scorer)};
      return *made.memory;
    }
    return *kept.memory;
  }

  InferStage& stage_;
  std::unordered_map<const ModelScorer*, Memory> memories_;
  Scores scores_;
};

InferStage::InferStage(const InferOptions& options) : options_(options) {
  for (uint32_t i = 0; i < std::max<uint32_t>(options.threads, 1); ++i)
    threads_.emplace_back([this] { Worker(*this).run(); });
}

InferStage::~InferStage() { finish(); }

bool InferStage::submit(Job job) {
  {
    std::lock_guard lock(mutex_);
    if (ending_ || jobs_.size() >= options_.queue) return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

size_t InferStage::waiting() const {
  std::lock_guard lock(mutex_);
  return jobs_.size();
}

std::vector<InferStage::Job> InferStage::take() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
  std::vector<Job> taken;
  int64_t items = 0;
  while (!jobs_.empty()) {
    Job& next = jobs_.front();
    if (!taken.empty() && (next.scorer != taken[0].scorer || items + next.result->items() > options_.joinedItems))
      break;
    items += next.result->items();
    taken.push_back(std::move(next));
    jobs_.pop_front();
  }
  return taken;
}

void InferStage::finish() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

}  // namespace featc
