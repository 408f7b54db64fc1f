// SPDX-License-Identifier: Apache-2.0
// Threads that take work from one queue, which never grows beyond its limit.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace featc {

// Thread-safe.
class Workers {
 public:
  // `most` jobs may wait, besides those that a free thread is about to take.
  Workers(uint32_t threads, size_t most);
  // As finish().
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // False, and nothing happens, where the queue is full or finish() was called. What a job throws ends there.
  bool submit(std::function<void()> job);
  size_t waiting() const;
  // Takes no more jobs, and returns when those that wait are done.
  void finish();

 private:
  void work();

  const size_t most_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  size_t free_;  // threads without a job
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace featc
