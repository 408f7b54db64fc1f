// SPDX-License-Identifier: Apache-2.0
// The SEDA executor that an extractor of the C interface may have.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "featc/run.h"
#include "runtime/seda/seda_executor.h"

namespace featc {

// Owns the executor. Its last owner may be a session that ends in a callback of the executor, on a thread that cannot
// wait for itself to end: then another thread waits.
class SedaHolder {
 public:
  SedaHolder(const Extractor& extractor, const SedaOptions& options)
      : executor_(std::make_unique<SedaExecutor>(extractor, options)) {}
  ~SedaHolder();
  SedaHolder(const SedaHolder&) = delete;
  SedaHolder& operator=(const SedaHolder&) = delete;

  SedaExecutor& executor() { return *executor_; }

 private:
  std::unique_ptr<SedaExecutor> executor_;
};

// A submitted call that somebody waits for.
class AwaitedCall {
 public:
  void finish(featc_failure failure) noexcept;
  featc_failure wait();

 private:
  std::mutex mutex_;
  std::condition_variable finished_;
  bool isFinished_ = false;
  featc_failure failure_ = FEATC_FINE;
};

// Hands `batch` to the session's executor. With `done` that is called in the end, otherwise session.awaited is waited
// for. The session's message stands before what the call adds.
featc_failure submitCall(featc_session& session, const Batch& batch, featc_done done, void* context);

}  // namespace featc
