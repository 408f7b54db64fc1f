// SPDX-License-Identifier: Apache-2.0
// A call that ends before its rows are computed, and the error that says why.
#pragma once

#include "runtime/call_limits.h"
#include "runtime/call_options.h"
#include "support/error.h"

namespace featc {

// Thrown between two blocks of rows, never out of native code.
struct CallStopped {
  Error error;
};

Error stopError(Stop why, const CallLimits& limits);
// The error of a batch that has more rows than a call may; none where it has not.
Error checkItems(int64_t requests, int64_t items, const CallLimits& limits);

}  // namespace featc
