// SPDX-License-Identifier: Apache-2.0
// How much memory the calls of a process may hold together.
#include "support/memory_budget.h"

namespace featc {

const std::shared_ptr<MemoryBudget>& MemoryBudget::ofProcess() {
  // Results may outlive everything else that is static.
  static const auto* const budget = new std::shared_ptr<MemoryBudget>(std::make_shared<MemoryBudget>());
  return *budget;
}

bool MemoryBudget::take(size_t bytes) {
  size_t held = held_.load(std::memory_order_relaxed);
  do {
    size_t limit = this->limit();
    if (held > limit || bytes > limit - held) return false;
  } while (!held_.compare_exchange_weak(held, held + bytes, std::memory_order_relaxed));
  return true;
}

}  // namespace featc
