// SPDX-License-Identifier: Apache-2.0
// One request's features: from the text of the request to the text of the answer.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "accept.h"
#include "data/result_writer.h"
#include "engine/live_config.h"
#include "runtime/batch_builder.h"
#include "runtime/metrics/metrics.h"
#include "runtime/seda/seda_executor.h"

namespace server {

enum class Mode { Staged, Pipelined, Seda };

struct ExtractOptions {
  Mode mode = Mode::Staged;
  uint32_t threads = 1;      // that compute
  size_t queueRequests = 1;  // that may wait for them
};

// What a version has beside its code.
struct VersionParts {
  VersionParts(const std::string& name, const featc::Extractor& extractor, const ExtractOptions& options,
               featc::Metrics& metrics);

  std::unique_ptr<featc::RunObserver> observer;
  std::unique_ptr<featc::ResultWriter> json;
  std::unique_ptr<featc::ResultWriter> tensors;
  std::unique_ptr<featc::SedaExecutor> seda;  // in mode Seda
};

// What one request needs, kept from request to request.
struct RequestMemory final : featc::CallRoom {
  explicit RequestMemory(const featc::Extractor& extractor) : CallRoom(extractor), builder(extractor.info()) {}
  featc::BatchBuilder builder;
  std::vector<featc::InputRow> rows;
};

struct Answer {
  int status = 200;
  std::string body;                   // as `featc run` writes it, or a JSON object with the key "error"
  Format format = Format::Json;       // of the body
  std::string warnings;               // bad items, which the answer leaves out, a line each
  std::vector<std::string> degraded;  // the sources whose reads failed, came late or did not parse
  const char* rejected = "";          // why there are no features, in one word, for metrics
};
Answer failed(int status, const char* reason, const std::string& message);

// `text`: JSON lines, requests as `featc run` reads them. The answer is there by `deadline`, but for the time
// that computing takes.
Answer extract(const featc::LiveCall& call, std::string_view text, std::chrono::steady_clock::time_point deadline,
               Mode mode, Format format);

}  // namespace server
