// SPDX-License-Identifier: Apache-2.0
// How one call is scheduled, until when it may take, and what it may cost.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

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

// What kind of thing went wrong with a call.
enum class RunFailure : uint8_t {
  BadBatch,   // the batch does not fit the schema, or the scratch the extractor
  NoMemory,   // neither the process nor its budget has enough
  OverLimit,  // the call costs more than it may (CallLimits)
  Late,       // its deadline passed
  Cancelled,  // whoever asked waits no more
  Refused,    // an executor has no room for it, or has been stopped
  Failed,     // something threw
};

// What was wrong with a call as a whole; rows that are wrong have a status in the result instead.
struct RunError {
  std::string message;  // empty: fine
  RunFailure kind = RunFailure::BadBatch;
  explicit operator bool() const { return !message.empty(); }
};

}  // namespace featc
