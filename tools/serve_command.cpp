// SPDX-License-Identifier: Apache-2.0
// featc serve: features and scores over HTTP and gRPC.
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "server/service/server.h"
#include "support/memory_budget.h"
#include "support/print_error.h"
#include "support/survive.h"
#include "tools/call_limit_options.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/data_options.h"

namespace featc {
namespace {

constexpr uint32_t kNoPort = UINT32_MAX;

struct ServeOptions {
  std::string path;
  std::string root;
  std::vector<std::string> plugins;
  std::vector<std::string> stores;
  std::string host = "127.0.0.1";
  uint32_t port = 8080;
  std::string adminHost = "127.0.0.1";
  uint32_t adminPort = 8081;
  bool noAdmin = false;
  uint32_t grpcPort = kNoPort;
  std::string engine = "jit";
  std::string cache;
  uint32_t threads = std::max(1U, std::thread::hardware_concurrency());
  uint32_t networkThreads = 1;
  uint64_t queue = 256;
  uint64_t connections = 10'000;
  uint64_t headerBytes = 16U << 10U;
  uint64_t bodyBytes = 16U << 20U;
  uint64_t bodyBytesTogether = 256U << 20U;
  uint64_t answerBytes = 256U << 20U;
  uint64_t deadline = 1'000'000;  // microseconds, as all times here
  uint64_t headerTime = 10'000'000;
  uint64_t bodyTime = 30'000'000;
  uint64_t answerTime = 30'000'000;
  uint64_t idleTime = 75'000'000;
  uint64_t grace = 5'000'000;
  uint64_t slow = 200'000;
  std::string log;
  std::string logSample = "1";
  std::string logFeatures = "digests";
  std::vector<std::string> logRedacted;
  uint64_t logRotateBytes = 0;
  uint64_t logRotateTime = 0;
  uint64_t logKeep = 0;
  bool watch = false;
  bool check = false;
  CallLimitOptions limits;
};

std::string addressOf(const std::string& host, uint32_t port) {
  const bool isV6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return (isV6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::chrono::milliseconds ms(uint64_t microseconds) {
  return std::chrono::milliseconds(std::max<uint64_t>(microseconds / 1000, 1));
}

// As many open files as connections need; fewer connections where the system does not allow them.
void allowConnections(uint64_t& connections, uint64_t ports) {
  constexpr uint64_t kOthers = 512;  // stores, files, refused connections
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  const uint64_t wanted = ports * connections + kOthers;
  if (files.rlim_cur < wanted) {
    rlimit more = files;
    more.rlim_cur = std::min<rlim_t>(wanted, files.rlim_max);
    if (setrlimit(RLIMIT_NOFILE, &more) == 0) files = more;
  }
  if (files.rlim_cur >= wanted) return;
  const uint64_t left = files.rlim_cur > 2 * kOthers ? files.rlim_cur - kOthers : files.rlim_cur / 2;
  connections = std::max<uint64_t>(left / ports, 1);
  printError("warning: the system allows {} open files: {} connections are served at a time (ulimit -n raises it)\n",
             files.rlim_cur, connections);
}

// Names that stand one by one, or with commas between them.
std::vector<std::string> splitNames(const std::vector<std::string>& options) {
  std::vector<std::string> names;
  for (std::string_view rest : options) {
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(','), rest.size());
      if (end > 0) names.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return names;
}

Expected<ServedLogOptions> logOptions(const ServeOptions& options) {
  ServedLogOptions log;
  log.file.path = options.log;
  log.file.rotateBytes = options.logRotateBytes;
  log.file.rotateTime = std::chrono::seconds((options.logRotateTime + 999'999) / 1'000'000);
  log.file.keep = options.logKeep;
  log.features = options.logFeatures == "values" ? LoggedFeatures::Values : LoggedFeatures::Digests;
  log.redacted = splitNames(options.logRedacted);
  std::optional<LogSample> sample = LogSample::parse(options.logSample);
  if (!sample)
    return Error("--log-sample " + options.logSample + ": it takes a share of all requests, 0.01 or 1",
                 ErrorCode::BadArgument);
  log.sample = *sample;
  const ServeOptions defaults;
  const bool isAsked = !log.redacted.empty() || options.logSample != defaults.logSample ||
                       options.logFeatures != defaults.logFeatures || log.file.rotateBytes != 0 ||
                       options.logRotateTime != 0 || log.file.keep != 0;
  if (options.log.empty() && isAsked)
    return Error("the options --log-... need --log FILE, which turns the log on", ErrorCode::BadArgument);
  return log;
}

Expected<ServerOptions> serverOptions(const ServeOptions& options) {
  ServerOptions server;
  server.configs.path = options.path;
  server.configs.root = options.root;
  server.configs.plugins = pluginFolders(options.plugins);
  server.configs.engine = engineKindOf(options.engine).value();
  server.configs.seda.limits = options.limits.limits();
  if (!options.cache.empty()) {
    Expected<std::shared_ptr<const ObjectCache>> cache = ObjectCache::open(options.cache);
    if (!cache) return cache.error();
    server.configs.cache = *std::move(cache);
  }
  server.stores = options.stores;
  server.version = FEATC_VERSION;
  server.listen = addressOf(options.host, options.port);
  if (!options.noAdmin) server.adminListen = addressOf(options.adminHost, options.adminPort);
  if (options.grpcPort != kNoPort) server.grpcListen = addressOf(options.host, options.grpcPort);
  server.threads = options.threads;
  server.http.threads = options.networkThreads;
  server.http.connections = options.connections;
  server.http.parse.headerBytes = options.headerBytes;
  server.http.parse.bodyBytes = options.bodyBytes;
  server.http.bodies = std::make_shared<BodyBudget>(std::max(options.bodyBytesTogether, options.bodyBytes));
  server.http.answerBytes = options.answerBytes;
  server.http.headerTime = ms(options.headerTime);
  server.http.bodyTime = ms(options.bodyTime);
  server.http.answerTime = ms(options.answerTime);
  server.http.idleTime = ms(options.idleTime);
  server.grpc.connections = options.connections;
  server.grpc.calls = options.connections;
  server.grpc.headerBytes = options.headerBytes;
  server.grpc.messageBytes = options.bodyBytes;
  server.grpc.bodies = server.http.bodies;
  server.grpc.memoryBytes = 2 * std::max(options.bodyBytesTogether, options.bodyBytes);
  server.grpc.answerBytes = options.answerBytes;
  server.grpc.messageTime = ms(options.headerTime) + ms(options.bodyTime);
  server.grpc.answerTime = ms(options.answerTime);
  server.grpc.idleTime = ms(options.idleTime);
  Expected<ServedLogOptions> log = logOptions(options);
  if (!log) return log.error();
  server.log = *std::move(log);
  server.stages.threads = options.threads;
  server.stages.queue = options.queue;
  server.stages.bodyBytes = options.bodyBytes;
  server.stages.deadline = std::chrono::microseconds(options.deadline);
  server.stages.slow = std::chrono::milliseconds(options.slow / 1000);
  return server;
}

// SIGTERM, SIGINT and SIGHUP, from here on only taken by whoever waits for them.
sigset_t takeSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Ends the program at a signal while it is starting, when nothing has to be drained.
class StartGuard {
 public:
  StartGuard() : started_(eventfd(0, EFD_CLOEXEC)), thread_([this] { watch(); }) {}
  ~StartGuard() {
    eventfd_write(started_, 1);
    thread_.join();
    close(started_);
  }
  StartGuard(const StartGuard&) = delete;
  StartGuard& operator=(const StartGuard&) = delete;

 private:
  void watch() const {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    const int signals = signalfd(-1, &ends, SFD_CLOEXEC);
    if (started_ < 0 || signals < 0) return;  // too many open files: signals wait until it has started
    pollfd files[2] = {{.fd = started_, .events = POLLIN, .revents = 0},
                       {.fd = signals, .events = POLLIN, .revents = 0}};
    while (poll(files, 2, -1) < 0) {
    }
    // A signal that comes as it has started is left for whoever waits for it now.
    if (files[0].revents == 0) std::_Exit(0);
    close(signals);
  }

  const int started_;
  std::thread thread_;
};

// Looks after configs and stores until a signal ends the server.
void waitForEnd(const sigset_t& signals, PredictionServer& server, bool watch) {
  constexpr timespec kInterval{0, 500'000'000};
  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &kInterval);
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) survive("a reload", [&] { server.reload(); });
    if (watch) survive("looking at the configs", [&] { server.poll(); });
    survive("looking at the stores", [&] { server.look(); });
  }
}

int serve(ServeOptions options) {
  sigset_t signals = takeSignals();  // before any thread starts
  std::optional<StartGuard> starting(std::in_place);
  allowConnections(options.connections, options.grpcPort == kNoPort ? 1 : 2);
  if (options.limits.memory != 0) MemoryBudget::ofProcess()->setLimit(options.limits.memory);
  Expected<ServerOptions> made = serverOptions(options);
  if (!made) return failWith(made.error());
  Expected<std::shared_ptr<KeptStores>> stores = keptStores(made->stores);
  if (!stores) return failWith(stores.error());
  PredictionServer server(*std::move(made), *std::move(stores));
  if (options.check) {
    std::string error = server.check();
    if (!error.empty()) printError("featc: {}\n", error);
    return error.empty() ? kFine : kBadInput;
  }
  std::string error = server.start();
  if (!error.empty()) return printError("featc: {}\n", error), kBadInput;
  starting.reset();
  if (!options.noAdmin) fmt::print("admin on {}\n", server.adminAddress());
  if (options.grpcPort != kNoPort) fmt::print("gRPC on {}\n", server.grpcAddress());
  fmt::print("listening on {}\n", server.address());
  std::fflush(stdout);
  waitForEnd(signals, server, options.watch);
  printError("stopping\n");
  // Neither a connection that its client keeps open nor a compile, which cannot be ended, holds the end up.
  if (!server.drain(ms(options.grace))) {
    std::fflush(nullptr);
    std::_Exit(kFine);
  }
  return kFine;
}

}  // namespace

void addServeCommand(CommandLine& line) {
  auto shared = std::make_shared<ServeOptions>();
  ServeOptions& options = *shared;
  Command command = line.add("serve", "Answer requests for features or scores over HTTP and gRPC");
  command
      .option("MODELS", options.path,
              "A config, a model folder, or a folder of such: NAME.feat and NAME/ are served as NAME")
      .required()
      .placeholder("MODELS");
  command.option("--root", options.root, "Folder that imports are found in (default: the config's)").placeholder("DIR");
  addPluginOption(command, options.plugins);
  addStoreOption(command, options.stores, "Read source NAME, or all others, from a store");
  command.option("--host", options.host, "Address that requests come to").placeholder("HOST").showDefault();
  command.option("--port", options.port, "Port for requests; 0: any that is free")
      .within(uint64_t{0}, uint64_t{65'535})
      .showDefault();
  command.option("--grpc-port", options.grpcPort, "Port for the same over gRPC (default: none); 0: any that is free")
      .within(uint64_t{0}, uint64_t{65'535});
  command.option("--admin-host", options.adminHost, "Address of health and metrics").placeholder("HOST").showDefault();
  command.option("--admin-port", options.adminPort, "Port for health and metrics; 0: any that is free")
      .within(uint64_t{0}, uint64_t{65'535})
      .showDefault();
  command.flag("--no-admin", options.noAdmin, "Without a port for health and metrics");
  command.flag("--check", options.check, "Load everything and exit: 0 if all of it serves");
  command.flag("--watch", options.watch, "Reload files that changed; without it only SIGHUP does");
  command
      .option("--engine", options.engine, "Native code, the interpreter, or the interpreter until native code is ready")
      .oneOf(engineNames())
      .showDefault();
  command.option("--cache", options.cache, "Folder that keeps compiled code for the next start").placeholder("DIR");
  command.option("--threads", options.threads, "Threads that compute")
      .within(uint64_t{1}, uint64_t{1024})
      .showDefault();
  command.option("--network-threads", options.networkThreads, "Threads that read and write connections")
      .within(uint64_t{1}, uint64_t{64})
      .showDefault();
  command.option("--queue", options.queue, "Requests that may wait for a thread; the next is refused with 503")
      .within(uint64_t{0}, uint64_t{1'000'000})
      .showDefault();
  command.option("--connections", options.connections, "Connections at a time; the next is refused with 503")
      .within(uint64_t{1}, uint64_t{1'000'000})
      .showDefault();
  auto bytes = [&](const char* name, uint64_t& to, const char* help) {
    command.option(name, to, help).size().within(uint64_t{1}, uint64_t{1} << 40U).placeholder("SIZE");
  };
  bytes("--max-headers", options.headerBytes, "The longest headers of a request (default: 16KB)");
  bytes("--max-body", options.bodyBytes, "The longest body of a request, packed or unpacked (default: 16MB)");
  bytes("--max-bodies", options.bodyBytesTogether, "All bodies that are under way together (default: 256MB)");
  bytes("--max-answer", options.answerBytes, "The longest answer (default: 256MB)");
  auto time = [&](const char* name, uint64_t& to, const char* help) {
    command.option(name, to, help).duration().within(uint64_t{1}, uint64_t{86'400'000'000}).placeholder("TIME");
  };
  time("--deadline", options.deadline, "The longest that a request may take, such as 50ms (default: 1s)");
  time("--header-time", options.headerTime, "How long the headers of a request may take to come (default: 10s)");
  time("--body-time", options.bodyTime, "How long its body may take to come (default: 30s)");
  time("--answer-time", options.answerTime, "How long the answer may take to be sent (default: 30s)");
  time("--idle-time", options.idleTime, "How long a connection without a request is kept (default: 75s)");
  time("--grace", options.grace, "How long the end waits for requests that are under way (default: 5s)");
  time("--slow", options.slow, "Requests that take longer are logged (default: 200ms)");
  command.option("--log", options.log, "Write each request with what it read and got, for featc verify")
      .placeholder("FILE");
  command.option("--log-sample", options.logSample, "The share of requests that is logged, chosen by their ids")
      .placeholder("SHARE")
      .showDefault();
  command.option("--log-features", options.logFeatures, "Features in the log: digests to compare, or all values")
      .oneOf({"digests", "values"})
      .showDefault();
  command
      .option("--log-redact", options.logRedacted,
              "Fields that the log lacks: request.FIELD, item.FIELD, SOURCE.FIELD; given again, or with commas")
      .oneValueEach()
      .placeholder("FIELDS");
  bytes("--log-rotate-size", options.logRotateBytes, "Begin a new log before it becomes larger (default: never)");
  time("--log-rotate-time", options.logRotateTime, "Begin a new log each hour, 1h, or other time (default: never)");
  command.option("--log-keep", options.logKeep, "How many old logs stay (default: all)")
      .within(uint64_t{1}, uint64_t{1'000'000});
  addCallLimitOptions(command, options.limits);
  command.runs([shared] { return serve(*shared); });
}

}  // namespace featc
