// SPDX-License-Identifier: Apache-2.0
// A request's way through the server: admitted to a queue, read, extracted, answered.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/live_config.h"
#include "runtime/metrics/metrics.h"
#include "server/http/http_server.h"
#include "server/service/dialect.h"
#include "server/service/infer_stage.h"
#include "server/service/request_notes.h"
#include "server/service/serve_metrics.h"
#include "server/service/served_log.h"
#include "server/service/workers.h"

namespace featc {

struct StageOptions {
  uint32_t threads = 1;       // that read requests
  size_t queue = 256;         // requests that may wait for them, and as many for the network
  int64_t joinedItems = 512;  // of requests that are scored together
  size_t bodyBytes = size_t{16} << 20U;
  std::chrono::microseconds deadline{1'000'000};  // the longest that a request may take
  std::chrono::milliseconds slow{200};            // requests that take longer are logged
};

// What makes the dialect of a request; empty, with the refusal set, where the request is wrong.
using NewDialect = std::function<std::unique_ptr<Dialect>(const LiveCall& call, const HttpRequest& request,
                                                          std::optional<Refusal>& refusal)>;

// Why a model gives no answers of which no version could be loaded.
std::string notLoadedText(std::string_view name);

// Thread-safe.
class RequestStages {
 public:
  // The metrics and the log must outlive it; without a log, null.
  RequestStages(const StageOptions& options, Metrics& metrics, ServeMetrics& serveMetrics, ServedLog* log);

  // Takes a request for `config`, or refuses it at once; in each case the exchange is answered once.
  void admit(const std::shared_ptr<HttpExchange>& exchange, const std::string& name, std::shared_ptr<LiveConfig> config,
             NewDialect newDialect);

  size_t waiting() const { return workers_.waiting(); }
  size_t waitingForScores() const { return infer_.waiting(); }
  // Admits nothing more; returns when nothing waits for its threads.
  void finish() {
    workers_.finish();
    infer_.finish();
  }

 private:
  struct Work;
  using Clock = std::chrono::steady_clock;

  void read(const std::shared_ptr<Work>& work);
  std::optional<Refusal> prepare(Work& work);
  void extract(const std::shared_ptr<Work>& work);
  void infer(const std::shared_ptr<Work>& work, Result& result);
  void answer(Work& work, const Result& result, const std::function<HttpResponse(const ServedVersion&)>& make);
  void beginRecord(Work& work) const;
  void logFeatures(const std::shared_ptr<Work>& work, Result& result) noexcept;
  void logScores(const std::shared_ptr<Work>& work, const Result& result, const Scores& scores, size_t first) noexcept;
  void log(const std::shared_ptr<Work>& work, const Result& result) noexcept;
  void refuse(Work& work, const Refusal& refusal);
  void finish(Work& work, HttpResponse response, const Refusal* refusal);

  const StageOptions options_;
  Metrics& metrics_;
  ServeMetrics& serveMetrics_;
  ServedLog* const log_;
  RequestNotes notes_;
  InferStage infer_;
  Workers workers_;
};

}  // namespace featc
