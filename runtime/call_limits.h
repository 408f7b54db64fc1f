// SPDX-License-Identifier: Apache-2.0
// What one call may cost. A call that goes past a limit is answered with an error, never with a part of its rows.
#pragma once

#include <chrono>
#include <cstdint>

#include "values/work.h"

namespace featc {

// 0 stands for no limit. Limits are not part of a config's meaning: what is computed within them is what it always is.
struct CallLimits {
  std::chrono::microseconds computing{0};  // of one thread; waiting for stores is left out
  int64_t items = 0;                       // and as many requests
  uint64_t valueBytes = 0;                 // strings, lists and maps that operators make, counted block by block
  uint64_t resultBytes = 0;
  // All ids of a row together, an output that gives a single one counting as one. A row with more has the status
  // TooManyIds; the call goes on.
  uint32_t rowIds = 0;

  // The smaller of each.
  CallLimits within(const CallLimits& other) const;
  CostLimits cost() const;
};

}  // namespace featc
