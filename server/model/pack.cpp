// SPDX-License-Identifier: Apache-2.0
// Seals versions, and opens what was sealed.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/aot/version.h"
#include "server/embeddings/new_file.h"
#include "server/model/model_folder.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

Error badModel(const fs::path& path, std::string message) {
  return {std::move(message), ErrorCode::BadModel, path.string()};
}

// With the version that it is about.
Error of(const VersionFolder& version, Error error) {
  if (error.place.empty()) {
    error.message = fmt::format("{}: {}", version.path.string(), error.message);
    error.place = version.path.string();
  }
  return error;
}

// `epoch` is empty where the version has no tables.
Expected<std::shared_ptr<const ModelScorer>> scorerOf(const VersionFolder& version, const ProgramInfo& info,
                                                      std::shared_ptr<const EmbeddingEpoch> epoch,
                                                      const ScorerOptions& options) {
  Expected<BindingFile> file = readBindingFile(version.path / "binding.toml");
  if (!file) return std::move(file).error();
  Expected<std::shared_ptr<const Scorer>> network = openScorer(version.network, options);
  if (!network) return std::move(network).error();
  Expected<std::shared_ptr<const ModelScorer>> scorer =
      ModelScorer::make(info, *std::move(network), *file, std::move(epoch));
  if (!scorer) return of(version, std::move(scorer).error());
  return scorer;
}

// The names of the epochs that there are.
std::vector<std::string> epochsOf(const VersionFolder& version) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator it(version.epochFolder(""), error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    std::error_code unknown;
    if (fs::exists(it->path() / kManifestFile, unknown)) names.push_back(it->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

Error writeManifest(const VersionFolder& version, const VersionManifest& manifest) {
  Expected<std::unique_ptr<NewFile>> file = NewFile::create((version.path / kVersionManifest).string());
  if (!file) return std::move(file).error();
  (*file)->write(manifestText(manifest));
  return (*file)->finish();
}

}  // namespace

Expected<std::shared_ptr<const ModelScorer>> openModelScorer(const VersionFolder& version, const ProgramInfo& info,
                                                             const ScorerOptions& options, const TableOptions& tables) {
  const VersionManifest& manifest = version.manifest;
  if (info.fingerprint != manifest.fingerprint)
    return badModel(version.path,
                    fmt::format("{}: the config has the fingerprint {}, and {} was packed: this featc reads it "
                                "otherwise than {} did; run featc pack again",
                                version.path.string(), fingerprintText(info.fingerprint),
                                fingerprintText(manifest.fingerprint), manifest.featc));
  std::shared_ptr<const EmbeddingEpoch> epoch;
  if (!manifest.epoch.empty()) {
    Expected<std::shared_ptr<EmbeddingEpoch>> opened =
        EmbeddingEpoch::open(version.epochFolder(manifest.epoch).string(), tables);
    if (!opened) return of(version, std::move(opened).error());
    epoch = *std::move(opened);
    if (epoch->snapshot()->manifest().origin != manifest.epochOrigin)
      return badModel(version.path, fmt::format("{}: the tables of epoch {} are others than those that the version was "
                                                "packed with: bring those back, or run featc pack again",
                                                version.path.string(), manifest.epoch));
  }
  return scorerOf(version, info, std::move(epoch), options);
}

Expected<VersionManifest> packVersion(const VersionFolder& version, const ProgramInfo& info,
                                      const std::optional<std::string>& epoch) {
  std::string chosen = epoch.value_or("");
  if (!epoch) {
    std::vector<std::string> names = epochsOf(version);
    if (names.size() > 1)
      return badModel(version.path,
                      fmt::format("{} has several epochs: pass --epoch with the one that {} was trained "
                                  "with: {}",
                                  version.epochFolder("").string(), version.path.string(), fmt::join(names, " ")));
    if (names.size() == 1) chosen = names[0];
  }
  VersionManifest manifest;
  std::shared_ptr<const EmbeddingEpoch> tables;
  if (!chosen.empty()) {
    Expected<std::shared_ptr<EmbeddingEpoch>> opened = EmbeddingEpoch::open(version.epochFolder(chosen).string());
    if (!opened) return of(version, std::move(opened).error());
    tables = *std::move(opened);
    manifest.epochOrigin = tables->snapshot()->manifest().origin;
  }
  Expected<std::shared_ptr<const ModelScorer>> scorer = scorerOf(version, info, std::move(tables), {});
  if (!scorer) return std::move(scorer).error();
  Expected<std::vector<PackedFile>> files = sumFiles(version.path);
  if (!files) return std::move(files).error();
  manifest.model = info.model;
  manifest.fingerprint = info.fingerprint;
  manifest.semantics = info.semantics;
  manifest.epoch = chosen;
  manifest.featc = fmt::format("{} {}", featcVersion(), featcBuild());
  manifest.engine = (*scorer)->network().engine();
  manifest.files = *std::move(files);
  if (Error error = writeManifest(version, manifest)) return error;
  return manifest;
}

}  // namespace featc
