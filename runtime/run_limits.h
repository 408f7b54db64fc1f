// SPDX-License-Identifier: Apache-2.0
// What calls of one extractor may make and cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "runtime/call_limits.h"
#include "support/memory_budget.h"
#include "values/arena.h"

namespace featc {

struct RunLimits {
  uint32_t maxIdsPerRow = 65'536;  // of one output
  size_t arenaBytes = Arena::kDefaultLimit;
  // What each call may cost.
  CallLimits call;
  // What calls take their memory from, shared by as many extractors as it is given to; null: the process's.
  std::shared_ptr<MemoryBudget> memory;
};

}  // namespace featc
