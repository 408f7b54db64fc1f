// SPDX-License-Identifier: Apache-2.0
#include "server/service/live_configs.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "engine/live_metrics.h"
#include "server/model/model_folder.h"
#include "server/service/version_parts.h"
#include "support/json_quote.h"
#include "support/print_error.h"
#include "support/survive.h"

namespace featc {

namespace {

void tell(const std::string& name, const LiveConfig& config, const ReloadReport& report) {
  switch (report.outcome) {
    case ReloadOutcome::Swapped: {
      LiveStatus status = config.status();
      printError("{}: version {}, fingerprint {}, ready in {:.0f} ms\n", name, versionLabel(*status.version),
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

// The version in a model's folder that is to be served. Fails where there is none, or it must not be loaded.
Expected<VersionFolder> chooseVersion(const std::filesystem::path& model, const PluginFolders& trusted,
                                      ScorerOptions& scorer) {
  Expected<ModelFolder> folder = openModelFolder(model);
  if (!folder) return folder.error();
  Expected<std::filesystem::path> path = folder->versionPath({});
  if (!path) return path.error();
  Expected<VersionFolder> version = openVersion(*path);
  if (!version) return version.error();
  if (Error error = checkTrusted(*version, trusted)) return error;
  if (version->isLibrary)
    return Error(fmt::format("{}: featc serve takes features.feat, not features.so", version->path.string()),
                 ErrorCode::BadModel);
  scorer.precision = folder->settings.precision;
  return version;
}

std::string timeText(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace

LiveConfigs::LiveConfigs(LiveConfigsOptions options, Metrics& metrics, Reaper& reaper)
    : options_(std::move(options)), metrics_(metrics), reaper_(reaper) {}

LiveConfigs::~LiveConfigs() {
  if (options_.pool != nullptr) options_.pool->finish();
}

std::string LiveConfigs::open() { return scan(true); }

bool LiveConfigs::has(const std::string& name) const {
  std::lock_guard lock(mutex_);
  return served_.contains(name);
}

std::vector<std::string> LiveConfigs::names() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, served] : served_) names.push_back(name);
  return names;
}

std::shared_ptr<LiveConfig> LiveConfigs::find(const std::string& name) const {
  std::lock_guard lock(mutex_);
  auto at = served_.find(name);
  return at == served_.end() ? nullptr : at->second.live;
}

std::vector<ServedState> LiveConfigs::states() const {
  std::map<std::string, Served> all;
  {
    std::lock_guard lock(mutex_);
    all = served_;
  }
  std::vector<ServedState> states;
  for (const auto& [name, served] : all) {
    ServedState& state = states.emplace_back();
    state.name = name;
    if (served.live != nullptr) state.status = served.live->status();
    if (state.serves()) state.version = versionLabel(*state.status.version);
    state.problem = served.problem;
    if (!served.isModel && state.status.failing && state.status.lastFailure)
      state.problem = state.status.lastFailure->problem;
  }
  return states;
}

// Loads the version that a model's folder asks for.
class LiveConfigs::ModelJob final : public CompileJob {
 public:
  ModelJob(LiveConfigs& configs, std::string name) : configs_(configs), name_(std::move(name)) {}
  void run() override { configs_.loadModel(name_); }

 private:
  LiveConfigs& configs_;
  std::string name_;
};

void LiveConfigs::reload() {
  std::map<std::string, Served> before;
  {
    std::lock_guard lock(mutex_);
    before = served_;
  }
  if (std::string problem = scan(false); !problem.empty()) printError("{}\n", problem);
  for (const auto& [name, served] : before) {
    if (served.isModel)
      options_.pool->submit(std::make_unique<ModelJob>(*this, name));
    else
      served.live->startReload();
  }
}

void LiveConfigs::poll() {
  scan(false);
  std::map<std::string, Served> all;
  {
    std::lock_guard lock(mutex_);
    all = served_;
  }
  for (const auto& [name, served] : all)
    if (served.isModel)
      pollModel(name, served);
    else
      served.live->poll();
}

// Versions do not change once they are packed, so what the files ask for says all.
void LiveConfigs::pollModel(const std::string& name, const Served& served) {
  Expected<ModelFolder> folder = openModelFolder(served.path);
  if (!folder) return;
  Expected<std::filesystem::path> version = folder->versionPath({});
  if (!version) return;
  const bool isNew = *version == served.seen && *version != served.asked;
  {
    std::lock_guard lock(mutex_);
    Served& now = served_.at(name);
    if (isNew) now.asked = *version;
    now.seen = *std::move(version);
  }
  if (isNew) options_.pool->submit(std::make_unique<ModelJob>(*this, name));
}

std::string LiveConfigs::scan(bool wait) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::exists(options_.path, error)) return fmt::format("{}: there is no such file", options_.path.string());
  if (!fs::is_directory(options_.path, error)) {
    take(options_.path.stem().string(), options_.path, false, wait);
    return {};
  }
  if (isModelFolder(options_.path)) {
    take(modelName(options_.path), options_.path, true, wait);
    return {};
  }
  for (const auto& entry : fs::directory_iterator(options_.path, error)) {
    if (entry.path().extension() == ".feat") take(entry.path().stem().string(), entry.path(), false, wait);
    if (entry.is_directory() && isModelFolder(entry.path()))
      take(entry.path().filename().string(), entry.path(), true, wait);
  }
  if (error) return fmt::format("{}: {}", options_.path.string(), error.message());
  std::lock_guard lock(mutex_);
  return served_.empty() ? fmt::format("{}: the folder has no file NAME.feat and no model", options_.path.string())
                         : "";
}

// Serves what is new.
void LiveConfigs::take(const std::string& name, const std::filesystem::path& path, bool isModel, bool wait) {
  if (has(name)) return;
  Served served;
  served.path = path;
  served.isModel = isModel;
  if (!isModel) {
    LiveOptions options = liveOptions(name);
    options.newShared = [this, name](const Extractor& extractor) { return newParts(name, extractor, nullptr, {}); };
    served.live = wait ? LiveConfig::open(path, std::move(options)) : LiveConfig::openLater(path, std::move(options));
    watchLiveConfig(metrics_, name, served.live);
  }
  {
    std::lock_guard lock(mutex_);
    served_[name] = std::move(served);
  }
  watch(name);
  if (isModel && wait) loadModel(name);
  if (isModel && !wait) options_.pool->submit(std::make_unique<ModelJob>(*this, name));
}

LiveOptions LiveConfigs::liveOptions(const std::string& name) const {
  LiveOptions options;
  options.load.frontend.plugins = options_.plugins;
  if (!options_.root.empty()) options.load.frontend.root = options_.root;
  options.load.engine.engine = options_.engine;
  options.load.engine.cache = options_.cache;
  options.load.engine.pool = options_.pool;
  options.load.bindStores = [stores = options_.stores](const ProgramInfo& info, StoreBinding& binding) {
    return stores->bind(info, binding);
  };
  options.newMemory = [](const Extractor& extractor) { return std::make_unique<RequestMemory>(extractor); };
  options.onReload = [name](const LiveConfig& config, const ReloadReport& report) { tell(name, config, report); };
  return options;
}

std::shared_ptr<void> LiveConfigs::newParts(const std::string& name, const Extractor& extractor,
                                            std::shared_ptr<const ModelScorer> scorer, std::string label) const {
  auto parts =
      std::make_unique<VersionParts>(name, extractor, options_.seda, metrics_, std::move(scorer), std::move(label));
  if (options_.newLogger) parts->logger = options_.newLogger(extractor);
  return reaper_.hold(std::move(parts));
}

void LiveConfigs::loadModel(const std::string& name) noexcept {
  survive("loading a model", [&] {
    Served served;
    {
      std::lock_guard lock(mutex_);
      served = served_.at(name);
    }
    std::string problem;
    try {
      problem = loadVersion(name, served);
    } catch (...) {
      problem = currentMessage();
    }
    if (!problem.empty() && served.live != nullptr)
      printError("{}: version {} stays\n", name, served.version.filename().string());
    std::lock_guard lock(mutex_);
    served_.at(name).problem = std::move(problem);
  });
}

// Empty when the version that the folder asks for serves, else what is wrong, which was told.
std::string LiveConfigs::loadVersion(const std::string& name, const Served& served) {
  ScorerOptions scorerOptions;
  scorerOptions.concurrent = options_.inferences;
  Expected<VersionFolder> version = chooseVersion(served.path, options_.plugins, scorerOptions);
  if (!version) {
    printError("{}: not loaded: {}\n", name, version.error().message);
    return version.error().message;
  }
  {
    std::lock_guard lock(mutex_);
    served_.at(name).asked = version->path;
  }
  if (version->path == served.version) return {};
  const std::string label = version->path.filename().string();
  LiveOptions options = liveOptions(name);
  options.newShared = [this, name, label, folder = *version, scorerOptions](const Extractor& extractor) {
    Expected<std::shared_ptr<const ModelScorer>> scorer = openModelScorer(folder, extractor.info(), scorerOptions);
    if (!scorer) throw std::runtime_error(scorer.error().message);
    return newParts(name, extractor, *std::move(scorer), label);
  };
  std::shared_ptr<LiveConfig> live = LiveConfig::open(version->features, std::move(options));
  if (live->current() == nullptr) {
    const LiveStatus status = live->status();
    return status.lastFailure ? status.lastFailure->problem : std::string("it could not be loaded");
  }
  watchLiveConfig(metrics_, name, live);
  {
    // The old one goes when nobody waits for the lock.
    std::lock_guard lock(mutex_);
    Served& now = served_[name];
    now.live.swap(live);
    now.version = version->path;
  }
  return {};
}

// The queues of the executor that serves, at the moment that they are asked for.
void LiveConfigs::watch(const std::string& name) {
  auto watchDepth = [&](const char* gauge, const char* help, size_t SedaExecutor::Depths::* depth) {
    metrics_.watchGauge(gauge, help, "config", name, [this, name, depth] {
      auto live = find(name);
      auto version = live == nullptr ? nullptr : live->current();
      return version == nullptr ? 0 : static_cast<double>(version->shared<VersionParts>().seda->depths().*depth);
    });
  };
  watchDepth("featc_seda_fetch_queue", "Requests that wait for the fetch stage", &SedaExecutor::Depths::fetchQueue);
  watchDepth("featc_seda_reading", "Batches that wait for stores", &SedaExecutor::Depths::waiting);
  watchDepth("featc_seda_compute_queue", "Batches that wait for the compute stage",
             &SedaExecutor::Depths::computeQueue);
}

std::string describe(const LiveConfigs& configs) {
  std::string text;
  for (const ServedState& state : configs.states()) {
    const LiveStatus& status = state.status;
    text += fmt::format("{}\n  {{\"name\": {}", text.empty() ? "[" : ",", jsonQuote(state.name));
    if (state.serves()) {
      const VersionInfo& info = status.version->info();
      text += fmt::format(R"(, "model": {}, "version": {}, "fingerprint": "{}", "since": "{}")",
                          jsonQuote(status.version->extractor().info().model), state.version,
                          fingerprintText(info.fingerprint), timeText(info.since));
    }
    text += fmt::format(R"(, "failing": {}, "failures": {})", !state.problem.empty(), status.failures);
    if (!state.problem.empty()) text += fmt::format(R"(, "problem": {})", jsonQuote(state.problem));
    text += '}';
  }
  return text.empty() ? "[]\n" : text + "\n]\n";
}

}  // namespace featc
