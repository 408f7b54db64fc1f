// SPDX-License-Identifier: Apache-2.0
#include "server/service/server.h"

#include <algorithm>
#include <future>
#include <utility>

#include "stores/store_states.h"
#include "support/memory_budget.h"
#include "support/print_error.h"

namespace featc {

namespace {

LiveConfigsOptions configsOptions(const ServerOptions& options, CompilePool& pool, std::shared_ptr<KeptStores> stores) {
  LiveConfigsOptions configs = options.configs;
  configs.pool = &pool;
  configs.stores = std::move(stores);
  configs.inferences = options.threads;
  if (options.log.isOn()) configs.newLogger = loggersOf(options.log);
  configs.seda.computeThreads = options.threads;
  configs.seda.queueRequests = std::max<size_t>(options.stages.queue, 1);
  return configs;
}

// Few connections, small requests, answers from memory: no traffic reaches this port.
HttpOptions adminOptions() {
  HttpOptions options;
  options.connections = 256;
  options.parse.bodyBytes = size_t{64} << 10U;
  return options;
}

}  // namespace

PredictionServer::PredictionServer(ServerOptions options, std::shared_ptr<KeptStores> stores)
    : options_(std::move(options)),
      stores_(std::move(stores)),
      storeLog_(*stores_),
      configs_(configsOptions(options_, pool_, stores_), metrics_, reaper_),
      log_(options_.log.isOn() ? std::make_unique<ServedLog>(options_.log) : nullptr),
      stages_(options_.stages, metrics_, serveMetrics_, log_.get()),
      service_(stages_, configs_, phase_, options_.version),
      adminService_(configs_, *stores_, metrics_, serveMetrics_, phase_),
      http_(options_.http, [this](const auto& exchange) { service_.handle(exchange); }),
      grpc_(options_.grpc, [this](const auto& exchange) { service_.handleGrpc(exchange); }),
      admin_(adminOptions(), [this](const auto& exchange) { adminService_.handle(exchange); }) {
  metrics_.watchGauge("featc_waiting_requests", "Requests that wait for a thread", "queue", "admission",
                      [this] { return static_cast<double>(stages_.waiting()); });
  metrics_.watchGauge("featc_waiting_requests", "Requests that wait for a thread", "queue", "infer",
                      [this] { return static_cast<double>(stages_.waitingForScores()); });
  metrics_.watchGauge("featc_call_memory_bytes", "Memory that requests and their threads hold", "kind", "held",
                      [] { return static_cast<double>(MemoryBudget::ofProcess()->held()); });
  metrics_.watchStores([this] { return storeStates(*stores_); });
  serveMetrics_.watchConnections([this] { return http_.counts(); });
  if (!options_.grpcListen.empty()) serveMetrics_.watchCalls([this] { return grpc_.counts(); });
  if (log_ != nullptr) serveMetrics_.watchLog([this] { return log_->writer().counts(); });
}

PredictionServer::~PredictionServer() = default;

std::string PredictionServer::load() {
  std::string error = configs_.open();
  if (!error.empty()) return error;
  warnOfUnread();
  return checkLog();
}

// A name that is mistyped would let a field into the log that must not be there.
std::string PredictionServer::checkLog() const {
  if (log_ == nullptr) return {};
  std::vector<ServedState> states = configs_.states();
  std::vector<const ProgramInfo*> infos;
  for (const ServedState& state : states)
    if (state.serves()) infos.push_back(&state.status.version->extractor().info());
  std::string problem = unknownLoggedField(options_.log.redacted, infos);
  if (problem.empty() || infos.size() == states.size()) return problem;
  printError("warning: {}\n", problem);  // what is not loaded yet may have it
  return {};
}

std::string PredictionServer::start() {
  if (!options_.adminListen.empty())
    if (std::string error = admin_.start(options_.adminListen); !error.empty()) return error;
  if (std::string error = load(); !error.empty()) return error;
  if (log_ != nullptr)
    if (std::string error = log_->writer().open(); !error.empty())
      return "--log " + options_.log.file.path + ": " + error;
  if (std::string error = http_.start(options_.listen); !error.empty()) return error;
  if (!options_.grpcListen.empty())
    if (std::string error = grpc_.start(options_.grpcListen); !error.empty()) return error;
  phase_ = ServerPhase::Serving;
  return {};
}

std::string PredictionServer::check() {
  if (std::string error = load(); !error.empty()) return error;
  std::string names;
  for (const ServedState& state : configs_.states())
    if (!state.serves()) names += (names.empty() ? "" : ", ") + state.name;
  return names.empty() ? "" : "not loaded: " + names;
}

// A name that is mistyped would leave its source to another store.
void PredictionServer::warnOfUnread() const {
  auto opened = stores_->opened();
  for (const std::string& option : options_.stores) {
    std::string name = option.substr(0, option.find('='));
    bool isRead = std::ranges::any_of(opened, [&](const auto& store) { return store.first == name; });
    if (!isRead) printError("warning: --store {}=...: no config that serves reads it\n", name);
  }
}

bool PredictionServer::drain(std::chrono::milliseconds grace) {
  phase_ = ServerPhase::Draining;
  // Both at once, so that neither takes the other's time.
  std::future<bool> ofGrpc = std::async(std::launch::async, [&] { return grpc_.drain(grace); });
  const bool isHttpDrained = http_.drain(grace);
  const bool isDrained = ofGrpc.get() && isHttpDrained;
  if (isDrained) stages_.finish();
  if (log_ != nullptr) log_->finish();
  return isDrained && pool_.isIdle();
}

}  // namespace featc
