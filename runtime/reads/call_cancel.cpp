// SPDX-License-Identifier: Apache-2.0
// Ends a call from another thread, at once even while it waits for stores.
#include "runtime/reads/call_cancel.h"

#include "runtime/reads/read_inbox.h"

namespace featc {

void CallCancel::cancel() noexcept {
  std::lock_guard lock(mutex_);
  flag_.store(true, std::memory_order_relaxed);
  if (waiting_ != nullptr) waiting_->interrupt();
}

void CallCancel::wait(ReadInbox& inbox, std::chrono::steady_clock::time_point deadline) {
  {
    std::lock_guard lock(mutex_);
    if (flag_.load(std::memory_order_relaxed)) return;
    waiting_ = &inbox;
  }
  inbox.wait(deadline);
  std::lock_guard lock(mutex_);
  waiting_ = nullptr;
}

}  // namespace featc
