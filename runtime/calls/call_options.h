// SPDX-License-Identifier: Apache-2.0
// How one call is scheduled, and until when it waits for reads.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace featc {

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
  // Reads without an answer by then are given up: their fields are missing. No read is sent afterwards. run()
  // returns as soon after as computing allows, whatever stores do (a store whose fetch() blocks excepted).
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  RunObserver* observer = nullptr;

  static constexpr int64_t kMaxShards = 32;
};

// What was wrong with a call as a whole; rows that are wrong have a status in the result instead.
struct RunError {
  std::string message;  // empty: fine
  explicit operator bool() const { return !message.empty(); }
};

}  // namespace featc
