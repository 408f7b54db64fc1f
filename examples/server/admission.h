// SPDX-License-Identifier: Apache-2.0
// Overload: so many requests compute at a time, so many wait, and the rest is refused at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace server {

enum class Admitted { Yes, QueueFull, TooLate };

// Thread-safe.
class Admission {
 public:
  Admission(size_t computing, size_t waiting) : free_(computing), mostWaiting_(waiting) {}

  // Waits for its turn, until `deadline` at the latest. After Yes, leave() must follow.
  Admitted enter(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    if (free_ == 0) {
      if (waiting_ >= mostWaiting_) return Admitted::QueueFull;
      ++waiting_;
      bool turn = wake_.wait_until(lock, deadline, [this] { return free_ > 0; });
      --waiting_;
      if (!turn) return Admitted::TooLate;
    }
    --free_;
    return Admitted::Yes;
  }
  void leave() {
    std::lock_guard lock(mutex_);
    ++free_;
    wake_.notify_one();
  }
  size_t waiting() const {
    std::lock_guard lock(mutex_);
    return waiting_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  size_t free_;
  size_t waiting_ = 0;
  size_t mostWaiting_;
};

}  // namespace server
