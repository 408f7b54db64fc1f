// SPDX-License-Identifier: Apache-2.0
// How much memory the calls of a process may hold together, and what each of them holds.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace featc {

// Thread-safe.
class MemoryBudget {
 public:
  explicit MemoryBudget(size_t limit = SIZE_MAX) : limit_(limit) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  // The one that all extractors of the process share unless they are given another. Without a limit until
  // somebody sets one.
  static const std::shared_ptr<MemoryBudget>& ofProcess();

  // Takes nothing from calls that hold more already: they finish, and nobody gets any more meanwhile.
  void setLimit(size_t bytes) { limit_.store(bytes, std::memory_order_relaxed); }
  size_t limit() const { return limit_.load(std::memory_order_relaxed); }
  size_t held() const { return held_.load(std::memory_order_relaxed); }

 private:
  friend class MemoryShare;
  // False, and nothing is taken, where that would be more than the limit.
  bool take(size_t bytes);
  void add(size_t bytes) { held_.fetch_add(bytes, std::memory_order_relaxed); }
  void give(size_t bytes) { held_.fetch_sub(bytes, std::memory_order_relaxed); }

  std::atomic<size_t> limit_;
  std::atomic<size_t> held_{0};
};

// What one holder has of a budget; gives it back in the end. Used by one thread at a time.
class MemoryShare {
 public:
  // Without a budget it only counts.
  explicit MemoryShare(std::shared_ptr<MemoryBudget> budget = nullptr) : budget_(std::move(budget)) {}
  ~MemoryShare() { give(held_); }
  MemoryShare(MemoryShare&& other) noexcept : budget_(std::move(other.budget_)), held_(std::exchange(other.held_, 0)) {}
  MemoryShare& operator=(MemoryShare&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(held_, other.held_);
    return *this;
  }

  const std::shared_ptr<MemoryBudget>& budget() const { return budget_; }
  size_t held() const { return held_; }
  // So many more bytes; false where the budget has them not. Somebody learns it from takeRefused().
  bool take(size_t bytes) {
    if (budget_ != nullptr && !budget_->take(bytes)) {
      refused_ = true;
      return false;
    }
    held_ += bytes;
    return true;
  }
  void give(size_t bytes) {
    held_ -= bytes;
    if (budget_ != nullptr && bytes > 0) budget_->give(bytes);
  }
  // So many bytes in all, which are there already whether the budget has them or not.
  void hold(size_t bytes) {
    if (bytes < held_) return give(held_ - bytes);
    if (budget_ != nullptr && bytes > held_) budget_->add(bytes - held_);
    held_ = bytes;
  }
  // Whether there was no memory since the last call of this.
  bool takeRefused() { return std::exchange(refused_, false); }
  // The process itself had none.
  void refuse() { refused_ = true; }

 private:
  std::shared_ptr<MemoryBudget> budget_;
  size_t held_ = 0;
  bool refused_ = false;
};

}  // namespace featc
