// SPDX-License-Identifier: Apache-2.0
// How one call is scheduled, until when it may take, and what it may cost.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "runtime/call_limits.h"

namespace featc {

class CallCancel;
class RunObserver;

enum class Scheduler : uint8_t {
  Staged,     // phase by phase: one fetch a source and read level, all rows wait for it together
  Pipelined,  // shards of items go their own way: each sends its keys and goes on as its own rows come back
};

// Results are the same to the bit whatever is chosen here, as long as no read is late.
struct CallOptions {
  Scheduler scheduler = Scheduler::Staged;
  // Items a shard of a pipelined call has, rounded up to a multiple of 8. 0: chosen by the number of items, at
  // most kMaxShards shards.
  int64_t shardItems = 0;
  // A call that has not computed its rows by then is an error. Reads are given up earlier: their fields are missing,
  // and there is time left for computing. run() returns then whatever stores do (a store whose fetch() blocks
  // excepted).
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  // How much earlier, beside the time that computing took lately; never more than half of the time that is left.
  std::chrono::microseconds reserve{2000};
  // What this call may cost, within RunLimits::call.
  CallLimits limits;
  // Set by whoever waits for the result no more: the call ends with an error soon after. Must outlive the call. Nobody
  // wakes the call, so it looks up every few milliseconds while it waits for stores.
  const std::atomic<bool>* cancelled = nullptr;
  // In the place of `cancelled`: wakes the call.
  CallCancel* cancel = nullptr;
  RunObserver* observer = nullptr;

  static constexpr int64_t kMaxShards = 32;
};

}  // namespace featc
