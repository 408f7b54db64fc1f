// SPDX-License-Identifier: Apache-2.0
// Threads that take tasks from one queue.
#include "stores/worker_pool.h"

#include "support/survive.h"

namespace featc {

WorkerPool::Task WorkerPool::newTask(std::function<void()> task) {
  Task made;
  made.push_back(std::move(task));
  return made;
}

WorkerPool::WorkerPool(uint32_t threads) {
  threads_.reserve(threads);
  try {
    for (uint32_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  } catch (...) {
    finish();
    throw;
  }
}

void WorkerPool::finish() noexcept {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  posted_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::post(Task task) noexcept {
  {
    std::lock_guard lock(mutex_);
    if (!ending_) tasks_.splice(tasks_.end(), task);
  }
  posted_.notify_one();
}

void WorkerPool::work() noexcept {
  std::unique_lock lock(mutex_);
  while (true) {
    posted_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    Task task;
    task.splice(task.end(), tasks_, tasks_.begin());
    lock.unlock();
    survive("a task of a store", task.front());
    task.clear();
    lock.lock();
  }
}

}  // namespace featc
