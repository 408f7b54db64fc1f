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

#include "engine/live_config.h"
#include "runtime/metrics/metrics.h"
#include "runtime/seda/seda_options.h"
#include "server/service/reaper.h"
#include "stores/kept_stores.h"

namespace featc {

struct LiveConfigsOptions {
  std::filesystem::path path;  // `ranking.feat`, or a folder of such files
  std::string root;            // of imports; empty: the file's folder
  SedaOptions seda;            // of each config
  PluginFolders plugins;
  CompilePool* pool = nullptr;
  EngineKind engine = EngineKind::Jit;
  std::shared_ptr<const ObjectCache> cache;
  std::shared_ptr<KeptStores> stores;
};

// Thread-safe. `ranking.feat` is served as `ranking`; in a folder, files of other names and of folders below are for
// imports.
class LiveConfigs {
 public:
  // `metrics` and `reaper` must outlive it.
  LiveConfigs(LiveConfigsOptions options, Metrics& metrics, Reaper& reaper);

  // Loads what is there now, on this thread. Empty, or why there is nothing to serve: no such file, a folder without
  // configs. A config that cannot be loaded is told in the log and served as soon as a reload succeeds.
  std::string open();

  // Null: there is none of that name.
  std::shared_ptr<LiveConfig> find(const std::string& name) const;
  std::map<std::string, std::shared_ptr<LiveConfig>> all() const;

  // Loads everything anew, and files that came. One that is gone goes on being served: a deployment that went wrong
  // must not take a model away.
  void reload();
  // The same of what has changed since it was looked at last, once it has stopped changing.
  void poll();

 private:
  std::string scan(bool wait);
  void add(const std::string& name, const std::filesystem::path& path, bool wait);

  const LiveConfigsOptions options_;
  Metrics& metrics_;
  Reaper& reaper_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<LiveConfig>> configs_;
};

// An object a config, with its version and what was wrong the last time, as JSON.
std::string describe(const LiveConfigs& configs);

}  // namespace featc
