// SPDX-License-Identifier: Apache-2.0
// models/NAME: a model's settings and its versions. docs/scoring.md has the layout.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ops/extern_fn.h"
#include "runtime/program_info.h"
#include "server/model/model_scorer.h"
#include "server/model/model_settings.h"
#include "server/model/version_manifest.h"
#include "support/error.h"

namespace featc {

// A version's folder and what lies in it.
struct VersionFolder {
  std::filesystem::path path;
  std::filesystem::path features;  // the config, or the library that `featc build` made of it
  bool isLibrary = false;
  std::filesystem::path network;
  VersionManifest manifest;  // of a version that was opened

  // Where its epoch's tables lie.
  std::filesystem::path epochFolder(const std::string& epoch) const;
};

struct ModelFolder {
  std::filesystem::path path;
  ModelSettings settings;
  std::vector<int64_t> versions;  // ascending: folders whose name is a number

  // The folder of a version: `latest`, a number or a label; empty: the one that model.toml says. The latest is the
  // largest number with a manifest. Fails with NoFile.
  Expected<std::filesystem::path> versionPath(std::string_view version) const;
};

// Whether the folder is a model's: it has model.toml or a version.
bool isModelFolder(const std::filesystem::path& path);
// What a model is served as where its folder is served: the folder's name, also of `.` and of a path that ends in `/`.
std::string modelName(const std::filesystem::path& folder);

// Fails with NoFile, or with BadModel where model.toml has mistakes.
Expected<ModelFolder> openModelFolder(const std::filesystem::path& path);

// What lies in the folder, be it packed or not. Fails with BadModel where it has no config or no network.
Expected<VersionFolder> findVersion(const std::filesystem::path& path);
// The manifest of a packed version. Fails with BadModel where there is none or it cannot be read.
Expected<VersionManifest> readVersionManifest(const std::filesystem::path& version);
// The same of a packed version, whose files are as they were packed. Fails with BadModel otherwise.
Expected<VersionFolder> openVersion(const std::filesystem::path& path);

// Whether code of the version may be loaded: a config may, a library only in a folder that the operator trusts.
Error checkTrusted(const VersionFolder& version, const PluginFolders& trusted);

// Opens the network and the tables of a packed version; `info` is of its config, as it was compiled or loaded.
// Fails with BadModel; the message has everything that does not fit.
Expected<std::shared_ptr<const ModelScorer>> openModelScorer(const VersionFolder& version, const ProgramInfo& info,
                                                             const ScorerOptions& options,
                                                             const TableOptions& tables = {});

// Checks that config, network and tables fit, and writes the manifest of the version. `epoch`: of the tables; nothing:
// the only one that there is, if there is any. Fails with BadModel, or with Failed where the manifest cannot be
// written.
Expected<VersionManifest> packVersion(const VersionFolder& version, const ProgramInfo& info,
                                      const std::optional<std::string>& epoch);

}  // namespace featc
