// SPDX-License-Identifier: Apache-2.0
// Where the answers to a call's fetches arrive, from any thread and perhaps after the call is over.
#include "runtime/reads/read_inbox.h"

#include <iterator>
#include <utility>

namespace featc {

void ReadInbox::expect() {
  std::lock_guard lock(mutex_);
  ++outstanding_;
}

void ReadInbox::put(Arrival arrival) {
  std::function<void()> wake;
  {
    std::lock_guard lock(mutex_);
    --outstanding_;
    if (closed_) return;
    arrivals_.push_back(std::move(arrival));
    if (outstanding_ == 0) wake = std::exchange(wake_, nullptr);
    arrived_.notify_one();
  }
  if (wake) wake();
}

void ReadInbox::take(std::vector<Arrival>& out) {
  std::lock_guard lock(mutex_);
  out.insert(out.end(), std::make_move_iterator(arrivals_.begin()), std::make_move_iterator(arrivals_.end()));
  arrivals_.clear();
}

void ReadInbox::wait(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  auto some = [this] { return !arrivals_.empty(); };
  // The end of the clock overflows in some libraries' conversions.
  if (deadline == std::chrono::steady_clock::time_point::max())
    arrived_.wait(lock, some);
  else
    arrived_.wait_until(lock, deadline, some);
}

bool ReadInbox::park(std::function<void()> wake) {
  std::lock_guard lock(mutex_);
  if (outstanding_ == 0) return false;
  wake_ = std::move(wake);
  return true;
}

bool ReadInbox::unpark() {
  std::lock_guard lock(mutex_);
  return std::exchange(wake_, nullptr) != nullptr;
}

void ReadInbox::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  wake_ = nullptr;
  arrivals_.clear();
}

}  // namespace featc
