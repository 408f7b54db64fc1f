// SPDX-License-Identifier: Apache-2.0
// A few threads that do what must not be done on an event loop: parsing answers, reading files, telling callers.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace featc {

// Tasks start in the order in which they were posted. What one throws ends there.
class WorkerPool {
 public:
  // A task whose place in the queue is made before it is posted: posting it needs no memory.
  using Task = std::list<std::function<void()>>;
  static Task newTask(std::function<void()> task);

  explicit WorkerPool(uint32_t threads);
  ~WorkerPool() { finish(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void post(std::function<void()> task) { post(newTask(std::move(task))); }
  // After finish() it is dropped.
  void post(Task task) noexcept;
  // Does what was posted, then ends. Not to be called by a task.
  void finish() noexcept;

 private:
  void work() noexcept;

  std::mutex mutex_;
  std::condition_variable posted_;
  Task tasks_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace featc
