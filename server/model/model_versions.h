// SPDX-License-Identifier: Apache-2.0
// What an operator does with the versions of a model: see which there are, let one serve, go back, remove old ones.
// docs/scoring.md has the rules.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/model/model_folder.h"
#include "server/model/version_manifest.h"
#include "support/error.h"

namespace featc {

// The label of the version that served before: what rollback goes back to.
inline constexpr std::string_view kPrevious = "previous";

struct ListedVersion {
  int64_t number = 0;
  bool serves = false;                      // as model.toml says
  std::vector<std::string> labels;          // by name
  std::optional<VersionManifest> manifest;  // of a packed version
  std::string problem;                      // why it cannot be used; empty: nothing is known
};

struct ListedModel {
  std::filesystem::path path;
  std::string version;                  // as model.toml says: `latest`, a number or a label
  std::vector<ListedVersion> versions;  // ascending
  std::string problem;                  // with model.toml, or why no version serves
};

// The models of a folder: it itself, or those in it, by name. Fails with NoFile where there are none.
Expected<std::vector<std::filesystem::path>> modelFolders(const std::filesystem::path& path);
// `wholly`: the sums of all files are compared too.
ListedModel listModel(const std::filesystem::path& path, bool wholly);

struct Promotion {
  int64_t version = 0;
  std::string label;              // that now means the version; empty: model.toml names its number
  std::optional<int64_t> before;  // what served, or what the label meant; nothing: no version
};

// Lets `version` (`latest`, a number or a label) serve, or gives it a label. It must be whole, and its tables those
// that it was packed with. model.toml is replaced at once; what served before gets the label `previous`. Fails with
// NoFile, BadArgument or BadModel.
Expected<Promotion> promoteVersion(const std::filesystem::path& model, std::string_view version,
                                   const std::string& label);
// The same with the version that served before: `previous`, or without that label the next lower one that is packed.
Expected<Promotion> rollBack(const std::filesystem::path& model);

struct PruneOptions {
  std::vector<int64_t> versions;  // to be removed; empty: all that `keep` leaves
  uint64_t keep = 3;              // the newest packed versions stay
  bool tables = false;            // also epochs that only removed versions named
  bool dryRun = false;            // removes nothing
};

struct Pruned {
  std::vector<int64_t> versions;
  std::vector<std::string> epochs;
  std::vector<int64_t> notPacked;  // versions that stay because somebody may be making them
};

// Removes old versions. What serves, what has a label, what is newer than what serves and what is not packed stays.
// Fails with BadArgument where a version that was named must stay: then nothing is removed.
Expected<Pruned> pruneModel(const std::filesystem::path& model, const PruneOptions& options);

}  // namespace featc
