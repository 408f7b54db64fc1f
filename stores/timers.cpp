// SPDX-License-Identifier: Apache-2.0
// Waits for the next call's time.
#include "stores/timers.h"

namespace featc {

void Timers::finish() noexcept {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  callers_.finish();
}

void Timers::at(Time time, std::function<void()> call, Id& id) {
  WorkerPool::Task task = WorkerPool::newTask(std::move(call));
  std::lock_guard lock(mutex_);
  id = {time, next_++};
  auto at = calls_.emplace(id, std::move(task)).first;
  if (at == calls_.begin()) changed_.notify_one();
}

void Timers::cancel(const Id& id) {
  WorkerPool::Task call;  // ends outside the lock
  std::lock_guard lock(mutex_);
  auto at = calls_.find(id);
  if (at == calls_.end()) return;
  call = std::move(at->second);
  calls_.erase(at);
}

void Timers::watch() noexcept {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (calls_.empty()) {
      changed_.wait(lock);
    } else if (Time time = calls_.begin()->first.first; time > std::chrono::steady_clock::now()) {
      changed_.wait_until(lock, time);
    } else {
      callers_.post(std::move(calls_.begin()->second));
      calls_.erase(calls_.begin());
    }
  }
}

}  // namespace featc
