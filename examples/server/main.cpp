// SPDX-License-Identifier: Apache-2.0
// A feature server: the configs of a folder over HTTP, reloaded when they change. README.md shows its use.
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>

#include "config_folder.h"
#include "http_server.h"
#include "service.h"
#include "stores.h"
#include "support/print_error.h"
#include "support/survive.h"

namespace {

using namespace server;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string configs;
  std::vector<std::string> stores;  // NAME=URL
  std::vector<std::string> plugins;
  std::string listen = "127.0.0.1:8080";
  std::string scheduler = "staged";
  std::string engine = "jit";
  std::string cache;
  std::chrono::milliseconds deadline{50};
  std::chrono::milliseconds poll{500};
  std::chrono::milliseconds grace{5000};
  uint32_t threads = std::max(1U, std::thread::hardware_concurrency());
  size_t queue = 256;
  size_t connections = 256;
  size_t bodyBytes = size_t{16} << 20U;
  size_t memory = 0;  // of all requests; 0: no limit
};

Mode modeOf(const std::string& name) {
  if (name == "seda") return Mode::Seda;
  return name == "pipelined" ? Mode::Pipelined : Mode::Staged;
}

// The signals that end the server, from here on only taken by waitForEnd().
sigset_t takeSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Ends the program at a signal while it is starting, when nothing has to be drained.
class StartGuard {
 public:
  explicit StartGuard(const sigset_t& signals) : thread_([this, signals] { watch(signals); }) {}
  ~StartGuard() {
    started_ = true;
    thread_.join();
  }
  StartGuard(const StartGuard&) = delete;
  StartGuard& operator=(const StartGuard&) = delete;

 private:
  void watch(const sigset_t& signals) const {
    timespec wait{0, 50'000'000};
    while (!started_)
      if (sigtimedwait(&signals, nullptr, &wait) > 0) std::_Exit(0);
  }

  std::atomic<bool> started_ = false;
  std::thread thread_;
};

// Looks after the folder and the stores until a signal comes.
void waitForEnd(const sigset_t& signals, ConfigFolder& folder, const featc::KeptStores& stores,
                std::chrono::milliseconds interval) {
  StoreLog log(stores);
  timespec wait{interval.count() / 1000, interval.count() % 1000 * 1'000'000};
  while (sigtimedwait(&signals, nullptr, &wait) < 0) {
    featc::survive("looking at the configs", [&] { folder.poll(); });
    featc::survive("looking at the stores", [&] { log.look(); });
  }
}

// A name that is mistyped would leave its source to another store.
void warnOfUnread(const std::vector<std::string>& options, const featc::KeptStores& stores) {
  auto opened = stores.opened();
  for (const std::string& option : options) {
    std::string name = option.substr(0, option.find('='));
    bool isRead = std::ranges::any_of(opened, [&](const auto& store) { return store.first == name; });
    if (!isRead) featc::printError("warning: --store {}=...: no config that serves reads it\n", name);
  }
}

int serve(const Options& options) {
  sigset_t signals = takeSignals();  // before any thread starts
  std::optional<StartGuard> starting(signals);
  std::string error;
  // What is left of versions at the end goes with the pool, and may still be measured.
  featc::Metrics metrics;
  featc::CompilePool pool(1);
  if (options.memory != 0) featc::MemoryBudget::ofProcess()->setLimit(options.memory);
  metrics.watchGauge("featc_call_memory_bytes", "Memory that requests and their threads hold", "kind", "held",
                     [] { return static_cast<double>(featc::MemoryBudget::ofProcess()->held()); });
  FolderOptions folderOptions;
  folderOptions.folder = options.configs;
  folderOptions.extract = {modeOf(options.scheduler), options.threads, options.queue};
  folderOptions.plugins.folders.assign(options.plugins.begin(), options.plugins.end());
  folderOptions.pool = &pool;
  folderOptions.engine = featc::engineKindOf(options.engine).value();
  folderOptions.stores = keptStores(options.stores, error);
  if (error.empty() && !options.cache.empty()) folderOptions.cache = featc::ObjectCache::open(options.cache, error);
  if (!error.empty()) return featc::printError("server: {}\n", error), 2;

  std::shared_ptr<featc::KeptStores> stores = folderOptions.stores;
  ConfigFolder folder(std::move(folderOptions), metrics);
  warnOfUnread(options.stores, *stores);
  ServiceOptions serviceOptions{modeOf(options.scheduler), options.deadline, options.threads, options.queue,
                                options.bodyBytes};
  Service service(serviceOptions, folder, *stores, metrics);
  HttpServer http(options.connections);
  service.addRoutes(http);
  error = http.start(options.listen);
  if (!error.empty()) return featc::printError("server: {}\n", error), 2;
  fmt::print("listening on {}\n", http.address());
  std::fflush(stdout);

  starting.reset();
  waitForEnd(signals, folder, *stores, options.poll);
  featc::printError("stopping\n");
  service.stop();
  http.drain(Clock::now() + options.grace);
  // Neither a connection that its client keeps open nor a compile, which cannot be ended, holds the end up.
  if (http.hasConnections() || !pool.isIdle()) {
    std::fflush(nullptr);
    std::_Exit(0);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Serves the features of a folder of configs over HTTP");
  Options options;
  app.add_option("--configs", options.configs, "The folder: NAME.feat is served as /extract/NAME")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--store", options.stores, "NAME=URL: where source NAME is read; default=URL: every other")
      ->allow_extra_args(false);
  app.add_option("--plugins", options.plugins, "A folder that extern fns may load libraries from; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--listen", options.listen, "HOST:PORT (port 0: any that is free) or unix:PATH")
      ->capture_default_str();
  auto milliseconds = CLI::AsNumberWithUnit(std::map<std::string, uint64_t>{{"ms", 1}, {"s", 1000}},
                                            CLI::AsNumberWithUnit::CASE_INSENSITIVE);
  auto duration = [&](const char* name, std::chrono::milliseconds& value, const char* help) {
    app.add_option_function<uint64_t>(
           name, [&value](uint64_t count) { value = std::chrono::milliseconds(count); }, help)
        ->transform(milliseconds)
        ->default_str(fmt::format("{}ms", value.count()));
  };
  duration("--deadline", options.deadline,
           "The longest that a request may take, such as 50ms; late reads are missing values");
  duration("--poll", options.poll, "How often the folder is checked; a change must be that old before it is loaded");
  duration("--grace", options.grace, "How long shutdown waits for running requests");
  app.add_option("--scheduler", options.scheduler, "How reads and computing are scheduled")
      ->check(CLI::IsMember({"staged", "pipelined", "seda"}))
      ->capture_default_str();
  app.add_option("--engine", options.engine,
                 "Native code, the interpreter, or the interpreter until native code is ready")
      ->check(CLI::IsMember(featc::engineNames()))
      ->capture_default_str();
  app.add_option("--cache", options.cache, "Folder that keeps compiled code for the next start");
  app.add_option("--threads", options.threads, "Requests that are computed at the same time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--queue", options.queue, "Requests that may wait for a thread; the next is refused with 503")
      ->capture_default_str();
  app.add_option("--connections", options.connections, "Connections that are served at the same time, each by a thread")
      ->check(CLI::Range(1, 65'536))
      ->capture_default_str();
  app.add_option("--max-body", options.bodyBytes, "The largest body of a request, such as 16MB")
      ->transform(CLI::AsSizeValue(false))
      ->default_str("16MB");
  app.add_option("--memory", options.memory,
                 "Memory that all requests may use together; one that gets no more is answered with 503")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  CLI11_PARSE(app, argc, argv);
  try {
    return serve(options);
  } catch (const std::exception& e) {
    featc::printError("server: {}\n", e.what());
    return 1;
  }
}
