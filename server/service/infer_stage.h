// SPDX-License-Identifier: Apache-2.0
// Scores the results of requests: those that wait at the same time and have one version share an inference.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/result.h"
#include "server/model/model_scorer.h"
#include "support/error.h"

namespace featc {

struct InferOptions {
  uint32_t threads = 1;
  size_t queue = 256;         // requests that may wait
  int64_t joinedItems = 512;  // requests are joined until they have so many items
};

// Thread-safe. Nobody waits for company: a thread that is free takes what waits.
class InferStage {
 public:
  // The scores of the request's items are those from number `first` on. Called once, on a thread of the stage; what it
  // throws ends there.
  using Done = std::function<void(const Error& error, const Scores& scores, size_t first)>;
  struct Job {
    std::shared_ptr<const ModelScorer> scorer;
    const Result* result = nullptr;  // stays until `done` has been called
    std::chrono::steady_clock::time_point deadline;
    const std::atomic<bool>* cancelled = nullptr;
    Done done;
  };

  explicit InferStage(const InferOptions& options);
  // As finish().
  ~InferStage();
  InferStage(const InferStage&) = delete;
  InferStage& operator=(const InferStage&) = delete;

  // False, and `done` is never called, where the queue is full or finish() was called.
  bool submit(Job job);
  size_t waiting() const;
  // Takes no more jobs, and returns when those that wait are done.
  void finish();

 private:
  class Worker;
  // Those that share the next inference; none: the stage ends.
  std::vector<Job> take();

  const InferOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace featc
