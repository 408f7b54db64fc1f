// SPDX-License-Identifier: Apache-2.0
#include "server/service/workers.h"

#include <algorithm>
#include <utility>

#include "support/survive.h"

namespace featc {

Workers::Workers(uint32_t threads, size_t most) : most_(most), free_(std::max<uint32_t>(threads, 1)) {
  for (size_t i = free_; i > 0; --i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() { finish(); }

bool Workers::submit(std::function<void()> job) {
  {
    std::lock_guard lock(mutex_);
    if (ending_ || jobs_.size() >= most_ + free_) return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

size_t Workers::waiting() const {
  std::lock_guard lock(mutex_);
  return jobs_.size();
}

void Workers::finish() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    --free_;
    lock.unlock();
    survive("a request's work", job);
    job = nullptr;
    lock.lock();
    ++free_;
  }
}

}  // namespace featc
