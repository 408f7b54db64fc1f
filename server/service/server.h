// SPDX-License-Identifier: Apache-2.0
// The prediction server as a whole: started, told to reload, drained.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/compile_pool.h"
#include "runtime/metrics/metrics.h"
#include "server/grpc/grpc_server.h"
#include "server/http/http_server.h"
#include "server/service/live_configs.h"
#include "server/service/reaper.h"
#include "server/service/request_stages.h"
#include "server/service/serve_metrics.h"
#include "server/service/served_log.h"
#include "server/service/served_stores.h"
#include "server/service/service.h"

namespace featc {

struct ServerOptions {
  LiveConfigsOptions configs;       // without pool, stores and seda's threads
  std::vector<std::string> stores;  // NAME=URL, of which keptStores made the server's
  std::string listen = "127.0.0.1:8080";
  std::string adminListen;  // empty: none
  std::string grpcListen;   // empty: none
  uint32_t threads = 1;     // that compute
  HttpOptions http;
  GrpcOptions grpc;
  StageOptions stages;
  ServedLogOptions log;
  std::string version;  // of featc
};

class PredictionServer {
 public:
  PredictionServer(ServerOptions options, std::shared_ptr<KeptStores> stores);
  ~PredictionServer();
  PredictionServer(const PredictionServer&) = delete;
  PredictionServer& operator=(const PredictionServer&) = delete;

  // Opens the admin port, loads everything, then listens to callers. Empty, or why it does not serve.
  std::string start();
  // Loads without listening: empty, or what could not be loaded.
  std::string check();
  // Where it listens, once started.
  const std::string& address() const { return http_.address(); }
  const std::string& adminAddress() const { return admin_.address(); }
  const std::string& grpcAddress() const { return grpc_.address(); }

  void reload() { configs_.reload(); }
  // Looks whether files have changed.
  void poll() { configs_.poll(); }
  // Looks after stores: logs those that go and come back.
  void look() { storeLog_.look(); }
  // Answers what has come and stops. False: something was still open or computing after `grace`.
  bool drain(std::chrono::milliseconds grace);

 private:
  std::string load();
  void warnOfUnread() const;
  std::string checkLog() const;

  ServerOptions options_;
  std::atomic<ServerPhase> phase_ = ServerPhase::Starting;
  // What is left of versions at the end goes with the pool, and may still be measured.
  Metrics metrics_;
  ServeMetrics serveMetrics_;
  CompilePool pool_{1};
  Reaper reaper_;
  std::shared_ptr<KeptStores> stores_;
  StoreLog storeLog_;
  LiveConfigs configs_;
  std::unique_ptr<ServedLog> log_;  // null: there is none. Holds calls of configs
  RequestStages stages_;
  Service service_;
  AdminService adminService_;
  HttpServer http_;
  GrpcServer grpc_;
  HttpServer admin_;
};

}  // namespace featc
