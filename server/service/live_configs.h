// SPDX-License-Identifier: Apache-2.0
// The configs that a server serves: one file, or the files of a folder, each under its file's name.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "data/log/request_log.h"
#include "engine/live_config.h"
#include "runtime/metrics/metrics.h"
#include "runtime/seda/seda_options.h"
#include "server/model/model_scorer.h"
#include "server/service/reaper.h"
#include "stores/kept_stores.h"

namespace featc {

struct LiveConfigsOptions {
  // `ranking.feat`, a model folder, or a folder of such files and folders.
  std::filesystem::path path;
  std::string root;         // of imports; empty: the file's folder
  SedaOptions seda;         // of each config
  uint32_t inferences = 1;  // at a time
  PluginFolders plugins;
  CompilePool* pool = nullptr;
  EngineKind engine = EngineKind::Jit;
  std::shared_ptr<const ObjectCache> cache;
  std::shared_ptr<KeptStores> stores;
  // What makes lines of the request log; empty: there is none.
  std::function<std::unique_ptr<CallLogger>(const Extractor&)> newLogger;
};

// What is served under a name.
struct ServedState {
  std::string name;
  LiveStatus status;    // of its config; of a model, of the version that serves
  std::string version;  // that serves
  std::string problem;  // why the newest files could not be loaded; empty: they serve
  bool serves() const { return status.version != nullptr; }
};

// Thread-safe. `ranking.feat` is served as `ranking`; in a folder, files of other names are for imports. A
// model folder (docs/scoring.md) is served with scores, with the version that its model.toml chooses.
class LiveConfigs {
 public:
  // `metrics` and `reaper` must outlive it.
  LiveConfigs(LiveConfigsOptions options, Metrics& metrics, Reaper& reaper);
  // Waits for what is being loaded.
  ~LiveConfigs();
  LiveConfigs(const LiveConfigs&) = delete;
  LiveConfigs& operator=(const LiveConfigs&) = delete;

  // Loads what is there now, on this thread. Empty, or why there is nothing to serve: no such file, a folder without
  // configs. A config that cannot be loaded is told in the log and served as soon as a reload succeeds.
  std::string open();

  bool has(const std::string& name) const;
  std::vector<std::string> names() const;
  // Null: there is none of that name, or no version of the model could be loaded yet.
  std::shared_ptr<LiveConfig> find(const std::string& name) const;
  std::vector<ServedState> states() const;

  // Loads everything anew, and files that came. One that is gone goes on being served: a deployment that went wrong
  // must not take a model away.
  void reload();
  // The same of what has changed since it was looked at last, once it has stopped changing.
  void poll();

 private:
  struct Served {
    std::filesystem::path path;
    bool isModel = false;
    std::shared_ptr<LiveConfig> live;  // null: no version of the model could be loaded
    std::filesystem::path version;     // of a model: its folder
    std::filesystem::path asked;       // of a model: the version that was to be loaded last
    std::filesystem::path seen;        // of a model: what its files ask for, at the poll before
    std::string problem;               // of a model: with the newest version
  };
  class ModelJob;

  std::string scan(bool wait);
  void take(const std::string& name, const std::filesystem::path& path, bool isModel, bool wait);
  LiveOptions liveOptions(const std::string& name) const;
  std::shared_ptr<void> newParts(const std::string& name, const Extractor& extractor,
                                 std::shared_ptr<const ModelScorer> scorer, std::string label) const;
  void loadModel(const std::string& name) noexcept;
  std::string loadVersion(const std::string& name, const Served& served);
  void watch(const std::string& name);
  void pollModel(const std::string& name, const Served& served);

  const LiveConfigsOptions options_;
  Metrics& metrics_;
  Reaper& reaper_;
  mutable std::mutex mutex_;
  std::map<std::string, Served> served_;
};

// An object a config, with its version and what was wrong the last time, as JSON.
std::string describe(const LiveConfigs& configs);

}  // namespace featc
