// SPDX-License-Identifier: Apache-2.0
// The configs of a folder, each served under its file's name and reloaded when it changes.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "engine/live_config.h"
#include "extract.h"
#include "stores/kept_stores.h"

namespace server {

struct FolderOptions {
  std::filesystem::path folder;
  ExtractOptions extract;
  featc::PluginFolders plugins;
  featc::CompilePool* pool = nullptr;
  featc::EngineKind engine = featc::EngineKind::Jit;
  std::shared_ptr<const featc::ObjectCache> cache;
  std::shared_ptr<featc::KeptStores> stores;
};

// Thread-safe. `ranking.feat` is `ranking`; files of other names, and of folders below, are for imports.
class ConfigFolder {
 public:
  // Loads what is there.
  ConfigFolder(FolderOptions options, featc::Metrics& metrics);

  // Null: there is none of that name.
  std::shared_ptr<featc::LiveConfig> find(const std::string& name) const;
  std::map<std::string, std::shared_ptr<featc::LiveConfig>> all() const;
  // Takes up files that came or changed. One that is gone goes on being served: a deployment that went wrong
  // must not take a model away.
  void poll();

 private:
  void add(const std::string& name, const std::filesystem::path& path, bool wait);
  void scan(bool wait);

  FolderOptions options_;
  featc::Metrics& metrics_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<featc::LiveConfig>> configs_;
};

// For GET /configs: an object a config, with its version and what was wrong the last time.
std::string describe(const ConfigFolder& folder);

}  // namespace server
