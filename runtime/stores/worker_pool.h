// SPDX-License-Identifier: Apache-2.0
// A few threads that do what must not be done on an event loop: parsing answers, reading files, telling callers.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace featc {

// Tasks start in the order in which they were posted. They do not throw.
class WorkerPool {
 public:
  explicit WorkerPool(uint32_t threads);
  // Does what was posted, then ends. Not to be called by a task.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void post(std::function<void()> task);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> tasks_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace featc
