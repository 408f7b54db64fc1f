// SPDX-License-Identifier: Apache-2.0
#include "server/service/live_configs.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <utility>

#include "engine/live_metrics.h"
#include "server/service/version_parts.h"
#include "support/json_quote.h"
#include "support/print_error.h"

namespace featc {

namespace {

void tell(const std::string& name, const LiveConfig& config, const ReloadReport& report) {
  switch (report.outcome) {
    case ReloadOutcome::Swapped: {
      LiveStatus status = config.status();
      printError("{}: version {}, fingerprint {}, ready in {:.0f} ms\n", name, status.version->info().number,
                 fingerprintText(status.version->info().fingerprint), report.seconds * 1e3);
      break;
    }
    case ReloadOutcome::Unchanged: printError("{}: its meaning has not changed\n", name); break;
    case ReloadOutcome::Failed:
      printError("{}: not loaded{}:\n{}{}", name, config.current() == nullptr ? "" : ", the old version stays",
                 report.problem, report.problem.ends_with('\n') ? "" : "\n");
      break;
  }
}

// The queues of the executor that serves, at the moment that they are asked for.
void watchQueues(Metrics& metrics, const std::string& name, const std::weak_ptr<LiveConfig>& config) {
  auto watch = [&](const char* gauge, const char* help, size_t SedaExecutor::Depths::* depth) {
    metrics.watchGauge(gauge, help, "config", name, [config, depth] {
      auto live = config.lock();
      auto version = live == nullptr ? nullptr : live->current();
      return version == nullptr ? 0 : static_cast<double>(version->shared<VersionParts>().seda->depths().*depth);
    });
  };
  watch("featc_seda_fetch_queue", "Requests that wait for the fetch stage", &SedaExecutor::Depths::fetchQueue);
  watch("featc_seda_reading", "Batches that wait for stores", &SedaExecutor::Depths::waiting);
  watch("featc_seda_compute_queue", "Batches that wait for the compute stage", &SedaExecutor::Depths::computeQueue);
}

std::string timeText(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace

LiveConfigs::LiveConfigs(LiveConfigsOptions options, Metrics& metrics, Reaper& reaper)
    : options_(std::move(options)), metrics_(metrics), reaper_(reaper) {}

std::string LiveConfigs::open() { return scan(true); }

std::shared_ptr<LiveConfig> LiveConfigs::find(const std::string& name) const {
  std::lock_guard lock(mutex_);
  auto at = configs_.find(name);
  return at == configs_.end() ? nullptr : at->second;
}

std::map<std::string, std::shared_ptr<LiveConfig>> LiveConfigs::all() const {
  std::lock_guard lock(mutex_);
  return configs_;
}

void LiveConfigs::reload() {
  auto before = all();
  if (std::string problem = scan(false); !problem.empty()) printError("{}\n", problem);
  for (const auto& [name, config] : before) config->startReload();
}

void LiveConfigs::poll() {
  scan(false);
  for (const auto& [name, config] : all()) config->poll();
}

std::string LiveConfigs::scan(bool wait) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(options_.path, error)) {
    if (!fs::exists(options_.path, error)) return fmt::format("{}: there is no such file", options_.path.string());
    const std::string name = options_.path.stem().string();
    if (find(name) == nullptr) add(name, options_.path, wait);
    return {};
  }
  for (const auto& entry : fs::directory_iterator(options_.path, error)) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() == ".feat" && find(name) == nullptr) add(name, entry.path(), wait);
  }
  if (error) return fmt::format("{}: {}", options_.path.string(), error.message());
  return all().empty() ? fmt::format("{}: the folder has no file NAME.feat", options_.path.string()) : "";
}

void LiveConfigs::add(const std::string& name, const std::filesystem::path& path, bool wait) {
  LiveOptions options;
  options.load.frontend.plugins = options_.plugins;
  if (!options_.root.empty()) options.load.frontend.root = options_.root;
  options.load.engine.engine = options_.engine;
  options.load.engine.cache = options_.cache;
  options.load.engine.pool = options_.pool;
  options.load.bindStores = [stores = options_.stores](const ProgramInfo& info, StoreBinding& binding) {
    return stores->bind(info, binding);
  };
  options.newShared = [this, name](const Extractor& extractor) -> std::shared_ptr<void> {
    return reaper_.hold(std::make_unique<VersionParts>(name, extractor, options_.seda, metrics_));
  };
  options.newMemory = [](const Extractor& extractor) { return std::make_unique<RequestMemory>(extractor); };
  options.onReload = [name](const LiveConfig& config, const ReloadReport& report) { tell(name, config, report); };
  std::shared_ptr<LiveConfig> config =
      wait ? LiveConfig::open(path, std::move(options)) : LiveConfig::openLater(path, std::move(options));
  watchLiveConfig(metrics_, name, config);
  watchQueues(metrics_, name, config);
  std::lock_guard lock(mutex_);
  configs_[name] = std::move(config);
}

std::string describe(const LiveConfigs& configs) {
  std::string text;
  for (const auto& [name, config] : configs.all()) {
    LiveStatus status = config->status();
    text += fmt::format("{}\n  {{\"name\": {}", text.empty() ? "[" : ",", jsonQuote(name));
    if (status.version != nullptr) {
      const VersionInfo& info = status.version->info();
      text += fmt::format(R"(, "model": {}, "version": {}, "fingerprint": "{}", "since": "{}")",
                          jsonQuote(status.version->extractor().info().model), info.number,
                          fingerprintText(info.fingerprint), timeText(info.since));
    }
    text += fmt::format(R"(, "failing": {}, "failures": {})", status.failing, status.failures);
    if (status.lastFailure)
      text += fmt::format(R"(, "last_error": {{"time": "{}", "text": {}}})", timeText(status.lastFailure->at),
                          jsonQuote(status.lastFailure->problem));
    text += '}';
  }
  return text.empty() ? "[]\n" : text + "\n]\n";
}

}  // namespace featc
