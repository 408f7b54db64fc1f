// SPDX-License-Identifier: Apache-2.0
// What calls tell whoever watches them: phases computed, reads answered, batches of a stage. Metrics hang on
// here; the runtime itself keeps no statistics beyond a call's result.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "runtime/program_info.h"
#include "runtime/result.h"
#include "support/survive.h"

namespace featc {

// One phase of one scope computed for some rows.
struct PhaseReport {
  uint32_t phase = 0;
  Scope scope = Scope::Item;
  int64_t rows = 0;
  std::chrono::nanoseconds took{};
};

// One fetch, when its answer came or when the call stopped waiting for it (then its keys are timed out).
struct FetchReport {
  uint32_t sourceIndex = 0;  // in ProgramInfo::sources
  const SourceInfo* source = nullptr;
  ReadCounts counts;
  std::chrono::nanoseconds took{};  // from sending it to the answer, or to giving up
};

// A call as a whole; of the SEDA executor: one request from submit() to its answer.
struct CallReport {
  int64_t requests = 0;
  int64_t items = 0;
  std::chrono::nanoseconds took{};
  bool failed = false;  // answered with an error, without a result
};

enum class Stage : uint8_t { Fetch, Compute };

// What a stage of the SEDA executor takes out of its queue at once.
struct StageReport {
  Stage stage = Stage::Fetch;
  size_t taken = 0;                   // requests
  size_t queued = 0;                  // requests that stay behind
  size_t batching = 0;                // the batching factor at the time
  std::chrono::nanoseconds waited{};  // the oldest one in the queue
};

// Called on the threads that work, several at a time: thread-safe and quick. Must outlive the calls that it watches.
// What it throws harms no call (support/survive.h).
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void onPhase(const PhaseReport& /*report*/) {}
  virtual void onFetch(const FetchReport& /*report*/) {}
  virtual void onCall(const CallReport& /*report*/) {}
  virtual void onStage(const StageReport& /*report*/) {}
  // A request was refused because the stage's queue is full.
  virtual void onRefused(Stage /*stage*/) {}
};

// Calls `tell(observer)` where there is one.
template <class Tell>
void tellObserver(RunObserver* observer, Tell&& tell) noexcept {
  if (observer != nullptr) survive("an observer of calls", [&] { tell(*observer); });
}

}  // namespace featc
