// SPDX-License-Identifier: Apache-2.0
// The C interface's session: one thread's memory for calls of one extractor.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data/json/json_writer.h"
#include "data/record_reader.h"
#include "engine/aot/handles.h"
#include "runtime/batch_builder.h"
#include "runtime/calls/run_errors.h"
#include "runtime/reads/call_cancel.h"

struct featc_session {
  explicit featc_session(const featc_extractor& owner)
      : extractor(owner.extractor),
        scratch(*extractor),
        builder(extractor->info()),
        writer(featc::newJsonWriter(extractor->info())) {
    options.cancel = &cancel;
  }

  std::shared_ptr<const featc::Extractor> extractor;
  featc::Scratch scratch;
  featc::Result result;
  featc::CallOptions options;             // but for the deadline, which each call sets
  std::chrono::microseconds patience{0};  // from a call's begin to its deadline; 0: for ever
  featc::CallCancel cancel;
  featc::BatchBuilder builder;
  std::unique_ptr<featc::ResultWriter> writer;
  std::vector<featc::InputRow> rows;
  std::vector<featc::ColumnData> columns;
  std::vector<std::unique_ptr<featc::ColumnData>> children;
  std::string message;
  std::string json;
};

namespace featc {

featc_failure failureOf(RunFailure kind);

// A call of the session, which `body` makes. Whatever it throws becomes a message and a failed call.
template <class Body>
featc_failure guarded(featc_session& session, Body&& body) noexcept {
  try {
    session.message.clear();
    session.cancel.clear();
    return std::forward<Body>(body)();
  } catch (...) {
    session.result = Result();
    RunError error = currentError();
    session.message = std::move(error.message);
    return failureOf(error.kind);
  }
}

}  // namespace featc
