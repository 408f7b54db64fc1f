// SPDX-License-Identifier: Apache-2.0
// One request on its way through the executor, and the one answer that it gets.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <vector>

#include "runtime/batch.h"
#include "runtime/call_options.h"
#include "runtime/reads/read_row.h"
#include "runtime/result.h"
#include "runtime/run_observer.h"
#include "support/error.h"

namespace featc {

struct SedaRequest {
  Batch batch;
  std::chrono::steady_clock::time_point deadline;
  std::function<void(Error error, Result& result)> done;  // empty once it has been called
  std::chrono::steady_clock::time_point submitted;
  const std::atomic<bool>* cancelled = nullptr;  // set by a caller who waits no more
  std::vector<ReadRow>* reads = nullptr;         // where a caller keeps what was read for it
  bool alone = false;                            // joined with others it failed, or one of them did

  bool isCancelled() const { return cancelled != nullptr && cancelled->load(std::memory_order_relaxed); }

  // Gives the answer where none has been given. What the callback or the observer throws ends here.
  void answer(Error error, Result& result, RunObserver* observer) noexcept;
  // With no result.
  void refuse(Error error, RunObserver* observer) noexcept;
};

// Whoever has taken a request can pass it on without memory: it moves from list to list.
using SedaRequests = std::list<SedaRequest>;

}  // namespace featc
