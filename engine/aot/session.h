// SPDX-License-Identifier: Apache-2.0
// The C interface's session: one thread's memory for calls of one extractor.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/arrow/arrow_batch.h"
#include "data/json/json_writer.h"
#include "data/record_reader.h"
#include "engine/aot/handles.h"
#include "engine/aot/seda_calls.h"
#include "runtime/batch_builder.h"
#include "runtime/calls/run_errors.h"
#include "runtime/reads/call_cancel.h"

namespace featc {

// A record batch while a call reads it.
struct ArrowCall {
  ArrowCall(const ProgramInfo& info, const ArrowSchema& schema, const std::vector<bool>& used)
      : binding(info, schema, used) {}
  ArrowBinding binding;
  std::unique_ptr<ArrowBatch> batch;
  ArrowSlice slice;
};

}  // namespace featc

struct featc_session {
  explicit featc_session(const featc_extractor& owner)
      : extractor(owner.extractor),
        seda(owner.seda.get()),
        scratch(*extractor),
        builder(extractor->info()),
        writer(featc::newJsonWriter(extractor->info())) {
    options.cancel = &cancel;
  }
  ~featc_session() {
    if (awaited != nullptr) awaited->wait();
  }
  featc_session(const featc_session&) = delete;
  featc_session& operator=(const featc_session&) = delete;

  std::shared_ptr<const featc::Extractor> extractor;
  featc::SedaHolder* seda;  // the owner's; null: it has none
  featc::Scratch scratch;
  // Arrow arrays that were made of it share it; then the next call makes another one.
  std::shared_ptr<featc::Result> result = std::make_shared<featc::Result>();
  featc::CallOptions options;             // but for the deadline, which each call sets
  std::chrono::microseconds patience{0};  // from a call's begin to its deadline; 0: for ever
  bool bySeda = false;                    // calls that wait are computed by the executor too
  featc::CallCancel cancel;
  std::atomic<bool> hungUp = false;  // as `cancel`, for the executor
  std::shared_ptr<featc::AwaitedCall> awaited;
  featc::BatchBuilder builder;
  std::unique_ptr<featc::ResultWriter> writer;
  std::vector<featc::InputRow> rows;
  std::vector<featc::ColumnData> columns;
  std::vector<std::unique_ptr<featc::ColumnData>> children;
  std::unique_ptr<featc::ArrowCall> arrow;  // of the call under way
  std::string message;
  std::string json;

  std::chrono::steady_clock::time_point deadline() const {
    using Clock = std::chrono::steady_clock;
    return patience.count() == 0 ? Clock::time_point::max() : Clock::now() + patience;
  }
  // Without memory for it the message stays as it is.
  void addMessage(std::string_view text) noexcept {
    try {
      message += text;
    } catch (...) {
      // What failed is told by its code.
    }
  }
  featc_failure fail(const featc::Error& error) noexcept;
};

namespace featc {

inline featc_failure failureOf(ErrorCode code) { return static_cast<featc_failure>(code); }

// A call of the session, which `body` makes. Whatever it throws becomes a message and a failed call.
template <class Body>
featc_failure guarded(featc_session& session, Body&& body) noexcept {
  try {
    session.message.clear();
    session.cancel.clear();
    session.hungUp.store(false, std::memory_order_relaxed);
    if (session.result.use_count() > 1) session.result = std::make_shared<Result>();
    // The last array may have been released on another thread: its reads come before what is written now.
    std::atomic_thread_fence(std::memory_order_acquire);
    const featc_failure failure = std::forward<Body>(body)();
    // A call that goes on without waiting is fine, and its session is no longer ours.
    if (failure != FEATC_FINE && session.result->outputCount() != 0) *session.result = Result();
    return failure;
  } catch (...) {
    Error error = currentError();
    session.arrow.reset();
    session.awaited.reset();
    if (session.result.use_count() == 1) *session.result = Result();
    session.message = std::move(error.message);
    return failureOf(error.code);
  }
}

}  // namespace featc

inline featc_failure featc_session::fail(const featc::Error& error) noexcept {
  addMessage(error.message);
  return featc::failureOf(error.code);
}
