// SPDX-License-Identifier: Apache-2.0
// What one call may cost.
#include "runtime/call_limits.h"

#include <algorithm>

namespace featc {

namespace {

template <class T>
T smaller(T a, T b) {
  if (a == T{}) return b;
  return b == T{} ? a : std::min(a, b);
}
uint64_t orEndless(uint64_t limit) { return limit == 0 ? UINT64_MAX : limit; }

}  // namespace

CallLimits CallLimits::within(const CallLimits& other) const {
  return {smaller(computing, other.computing), smaller(items, other.items), smaller(valueBytes, other.valueBytes),
          smaller(resultBytes, other.resultBytes), smaller(rowIds, other.rowIds)};
}

CostLimits CallLimits::cost() const {
  CostLimits cost;
  if (computing.count() > 0) cost.computing = computing;
  cost.valueBytes = orEndless(valueBytes);
  cost.resultBytes = orEndless(resultBytes);
  return cost;
}

}  // namespace featc
