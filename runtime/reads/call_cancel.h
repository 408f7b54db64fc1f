// SPDX-License-Identifier: Apache-2.0
// Ends a call from another thread, at once even while it waits for stores.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>

namespace featc {

class ReadInbox;

// For one call at a time; it must outlive the call.
class CallCancel {
 public:
  CallCancel() = default;
  CallCancel(const CallCancel&) = delete;
  CallCancel& operator=(const CallCancel&) = delete;

  // From any thread.
  void cancel() noexcept;
  // Before a call: what was cancelled is over.
  void clear() noexcept { flag_.store(false, std::memory_order_relaxed); }
  const std::atomic<bool>& flag() const { return flag_; }

  // For the call: as ReadInbox::wait(), but not after cancel().
  void wait(ReadInbox& inbox, std::chrono::steady_clock::time_point deadline);

 private:
  std::atomic<bool> flag_{false};
  std::mutex mutex_;
  ReadInbox* waiting_ = nullptr;
};

}  // namespace featc
