// SPDX-License-Identifier: Apache-2.0
// What a call has cost so far, against what it may.
#pragma once

#include "runtime/call_limits.h"
#include "runtime/calls/call_stop.h"
#include "support/memory_budget.h"
#include "values/work.h"

namespace featc {

struct CallCosts {
  Work work;
  CallLimits limits;
  MemoryShare memory;  // arenas, and what the result grows by

  // Between two blocks of rows: throws CallStopped where the call may not go on.
  void check() {
    if (!work.check()) throw CallStopped{stopError(work.why(), limits)};
  }
  // After one: the same, of what was stopped within it.
  void checkStopped() {
    if (memory.takeRefused()) work.stop(Stop::Memory);
    if (work.stopped()) throw CallStopped{stopError(work.why(), limits)};
  }
};

}  // namespace featc
