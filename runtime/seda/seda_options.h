// SPDX-License-Identifier: Apache-2.0
// How the SEDA executor's stages are set up.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "runtime/call_limits.h"
#include "runtime/run_observer.h"

namespace featc {

// What becomes of a request when the fetch stage's queue is full. Nobody ever waits for room.
enum class WhenFull : uint8_t {
  Refuse,      // submit() says so at once
  DropOldest,  // the request that has waited longest is answered with an error, the new one takes its place
};

struct SedaOptions {
  // The fetch stage computes keys, sends reads and waits for none; the compute stage computes the rest.
  uint32_t fetchThreads = 1;
  uint32_t computeThreads = 0;  // 0: one a core, but those of the fetch stage; at least one

  // Requests that may wait for the fetch stage.
  size_t queueRequests = 1024;
  WhenFull whenFull = WhenFull::Refuse;
  // Batches under way at most: being computed, waiting for a store or for the compute stage. When all are, the
  // fetch stage leaves requests in its queue.
  size_t batchesUnderWay = 64;

  // The most requests that a stage takes at once; the controller chooses between 1 and this.
  size_t mostBatching = 32;
  // How long the fetch stage waits for as many as it would take ...
  std::chrono::microseconds longestWait{500};
  // ... and while so many batches are under way that more of them save nobody time: until one of those ends, so long
  // at most, or until there are `mostBatching`.
  size_t eagerBatches = 4;
  std::chrono::microseconds busyWait{4000};
  // Requests are joined to a batch until it has so many items. Configs without reads stop at 1,024, which fill
  // blocks: only keys that requests share are saved beyond. Others stop at as many as take 4 ms to compute, never
  // below 1,024.
  int64_t joinedItems = 8192;

  // Reads are given up so long before a request's deadline, and as long again as computing took lately, but
  // never before half of its time is over: what has come is then computed in time.
  std::chrono::microseconds reserve{2000};

  // What each request may cost, within RunLimits::call. Joined requests share the limits of one: where they go past one
  // together, each is computed alone.
  CallLimits limits;

  RunObserver* observer = nullptr;  // must outlive the executor
};

}  // namespace featc
