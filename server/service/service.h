// SPDX-License-Identifier: Apache-2.0
// What stands behind each path of the server.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/http/http_server.h"
#include "server/service/live_configs.h"
#include "server/service/request_stages.h"
#include "server/service/serve_metrics.h"
#include "stores/kept_stores.h"

namespace featc {

// Whether the server is there for requests.
enum class ServerPhase { Starting, Serving, Draining };

// The routes of callers: features and what they need to ask for them. Thread-safe.
class Service {
 public:
  // All must outlive it.
  Service(RequestStages& stages, LiveConfigs& configs, const std::atomic<ServerPhase>& phase, std::string version)
      : stages_(stages), configs_(configs), phase_(phase), version_(std::move(version)) {}

  void handle(const std::shared_ptr<HttpExchange>& exchange);
  // A call of gRPC: its path is the method, its body the message.
  void handleGrpc(const std::shared_ptr<HttpExchange>& exchange);

 private:
  // What callers of the Open Inference Protocol ask about.
  struct OipModel {
    std::string name;
    std::shared_ptr<LiveConfig> config;
    std::shared_ptr<const LiveVersion> version;  // null: none serves
  };

  void extract(const std::shared_ptr<HttpExchange>& exchange, const std::string& name);
  void handleOip(const std::shared_ptr<HttpExchange>& exchange);
  // `version` is empty where any will do. Nothing, or why there is no such model.
  std::optional<HttpResponse> findModel(std::string_view name, std::string_view version, OipModel& model) const;
  bool isReady(const OipModel& model) const { return model.version != nullptr && phase_ == ServerPhase::Serving; }

  RequestStages& stages_;
  LiveConfigs& configs_;
  const std::atomic<ServerPhase>& phase_;
  const std::string version_;  // of featc
};

// The routes of operators: health, metrics, what is served. Thread-safe.
class AdminService {
 public:
  // All must outlive it.
  AdminService(LiveConfigs& configs, const KeptStores& stores, const Metrics& metrics, const ServeMetrics& serveMetrics,
               const std::atomic<ServerPhase>& phase)
      : configs_(configs), stores_(stores), metrics_(metrics), serveMetrics_(serveMetrics), phase_(phase) {}

  void handle(const std::shared_ptr<HttpExchange>& exchange) const;

 private:
  HttpResponse ready() const;

  LiveConfigs& configs_;
  const KeptStores& stores_;
  const Metrics& metrics_;
  const ServeMetrics& serveMetrics_;
  const std::atomic<ServerPhase>& phase_;
};

// What callers can ask for, in words.
inline constexpr std::string_view kServiceRoutes =
    "this server has POST /v2/models/NAME/infer, GET /v2/models/NAME and POST /extract/NAME; health and metrics are on "
    "the admin port";
// Whether requests for at least one config are answered.
bool isReady(const LiveConfigs& configs, ServerPhase phase);
// 503: no version of a model could be loaded.
HttpResponse notLoaded(std::string_view name);
// 404, with the name that may be meant; `what` is a config or a model.
HttpResponse unknownName(const LiveConfigs& configs, std::string_view what, std::string_view name);
// 405, with the methods that there are.
HttpResponse wrongMethod(std::string_view allowed);

}  // namespace featc
