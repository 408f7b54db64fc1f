// SPDX-License-Identifier: Apache-2.0
// Where the answers to a call's fetches arrive, from any thread and perhaps after the call is over.
#include "runtime/reads/read_inbox.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace featc {

void ReadInbox::expect() {
  std::lock_guard lock(mutex_);
  size_t most = arrivals_.size() + outstanding_ + 1;
  if (most > arrivals_.capacity()) arrivals_.reserve(std::max(most, 2 * arrivals_.capacity()));
  ++outstanding_;
}

void ReadInbox::put(Arrival arrival) noexcept {
  std::shared_ptr<ReadWaker> waker;
  {
    std::lock_guard lock(mutex_);
    --outstanding_;
    if (closed_) return;
    arrivals_.push_back(std::move(arrival));
    if (outstanding_ == 0) waker = std::exchange(waker_, nullptr);
    arrived_.notify_one();
  }
  if (waker != nullptr) waker->wake();
}

void ReadInbox::take(std::vector<Arrival>& out) {
  std::lock_guard lock(mutex_);
  out.insert(out.end(), std::make_move_iterator(arrivals_.begin()), std::make_move_iterator(arrivals_.end()));
  arrivals_.clear();
}

void ReadInbox::wait(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  auto some = [this] { return !arrivals_.empty() || interrupted_; };
  // The end of the clock overflows in some libraries' conversions.
  if (deadline == std::chrono::steady_clock::time_point::max())
    arrived_.wait(lock, some);
  else
    arrived_.wait_until(lock, deadline, some);
  interrupted_ = false;
}

void ReadInbox::interrupt() noexcept {
  std::lock_guard lock(mutex_);
  interrupted_ = true;
  arrived_.notify_one();
}

bool ReadInbox::park(std::shared_ptr<ReadWaker> waker) {
  std::lock_guard lock(mutex_);
  if (outstanding_ == 0) return false;
  waker_ = std::move(waker);
  return true;
}

bool ReadInbox::unpark() {
  std::lock_guard lock(mutex_);
  return std::exchange(waker_, nullptr) != nullptr;
}

void ReadInbox::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  waker_ = nullptr;
  arrivals_.clear();
}

}  // namespace featc
