// SPDX-License-Identifier: Apache-2.0
// A call that ends before its rows are computed, and the error that says why.
#include "runtime/calls/call_stop.h"

#include <fmt/format.h>

#include <algorithm>

namespace featc {

namespace {

Error tooManyBytes(const char* what, uint64_t limit) {
  return {fmt::format("{} more than the {} bytes that a call may have", what, limit), ErrorCode::OverLimit};
}

}  // namespace

Error stopError(Stop why, const CallLimits& limits) {
  switch (why) {
    case Stop::No: return {};
    case Stop::Cancelled: return {"the call was cancelled", ErrorCode::Cancelled};
    case Stop::Late: return {"the deadline passed before all rows were computed", ErrorCode::Late};
    case Stop::Computing:
      return {fmt::format("computing takes longer than the {} us that a call may have", limits.computing.count()),
              ErrorCode::OverLimit};
    case Stop::Steps: return {"computing takes more steps than a call may have", ErrorCode::OverLimit};
    case Stop::ValueBytes: return tooManyBytes("operators make", limits.valueBytes);
    case Stop::ResultBytes: return tooManyBytes("the result takes", limits.resultBytes);
    case Stop::Memory: return {"out of memory", ErrorCode::NoMemory};
  }
  return {};
}

Error checkItems(int64_t requests, int64_t items, const CallLimits& limits) {
  int64_t rows = std::max(requests, items);
  if (limits.items == 0 || rows <= limits.items) return {};
  return {fmt::format("the batch has {} {}; a call may have {}", rows, items >= requests ? "items" : "requests",
                      limits.items),
          ErrorCode::OverLimit};
}

}  // namespace featc
