// SPDX-License-Identifier: Apache-2.0
// Finds versions, and what lies in them.
#include "server/model/model_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "server/embeddings/new_file.h"
#include "support/suggest.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

// A version's number, as its folder is called: 7, not 07.
std::optional<int64_t> numberOf(std::string_view name) {
  int64_t number = 0;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  bool isWhole = error == std::errc() && end == name.data() + name.size() && number >= 0;
  return isWhole && std::to_string(number) == name ? std::optional(number) : std::nullopt;
}

bool isThere(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Error badModel(const fs::path& path, std::string message) {
  return {std::move(message), ErrorCode::BadModel, path.string()};
}

// The only one of `names` that there is in `folder`.
Expected<fs::path> onlyOne(const fs::path& folder, const std::vector<const char*>& names, const std::string& missing) {
  std::vector<std::string> found;
  for (const char* name : names)
    if (isThere(folder / name)) found.emplace_back(name);
  if (found.empty()) return badModel(folder, fmt::format("{}: {}", folder.string(), missing));
  if (found.size() > 1)
    return badModel(folder, fmt::format("{} has {}: leave one of them", folder.string(), fmt::join(found, " and ")));
  return folder / found[0];
}

}  // namespace

fs::path VersionFolder::epochFolder(const std::string& epoch) const {
  return fs::absolute(path).lexically_normal().parent_path() / "tables" / epoch;
}

std::string modelName(const fs::path& folder) {
  std::error_code error;
  const fs::path whole = fs::absolute(folder, error).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

bool isModelFolder(const fs::path& path) {
  if (isThere(path / "model.toml")) return true;
  Expected<ModelFolder> folder = openModelFolder(path);
  return folder && !folder->versions.empty();
}

Expected<ModelFolder> openModelFolder(const fs::path& path) {
  ModelFolder model;
  model.path = path;
  std::error_code error;
  fs::directory_iterator it(path, error);
  if (error)
    return Error(fmt::format("cannot open the model folder {}: {}", path.string(), error.message()), ErrorCode::NoFile,
                 path.string());
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    std::error_code unknown;
    std::optional<int64_t> number = numberOf(it->path().filename().string());
    if (number && it->is_directory(unknown)) model.versions.push_back(*number);
  }
  std::ranges::sort(model.versions);
  const std::string name = modelName(path);
  if (model.versions.empty() && numberOf(name) && (isThere(path / "features.feat") || isThere(path / "features.so")))
    return badModel(path, fmt::format("{} is a version of a model: name the model's folder, and --version {}",
                                      path.string(), name));
  Expected<ModelSettings> settings = readModelSettings(path / "model.toml");
  if (!settings) return std::move(settings).error();
  model.settings = *std::move(settings);
  return model;
}

Expected<fs::path> ModelFolder::versionPath(std::string_view version) const {
  auto missing = [&](const std::string& what) { return Error(what, ErrorCode::NoFile, path.string()); };
  std::string wanted(version.empty() ? std::string_view(settings.version) : version);
  if (versions.empty())
    return missing(fmt::format("{} has no version: a version is a folder whose name is a number, such as {}",
                               path.string(), (path / "1").string()));
  if (wanted == "latest") {
    for (auto number = versions.rbegin(); number != versions.rend(); ++number)
      if (isThere(path / std::to_string(*number) / kVersionManifest)) return path / std::to_string(*number);
    return missing(fmt::format("no version of {} has a {}: featc pack {} checks it and writes one", path.string(),
                               kVersionManifest, (path / std::to_string(versions.back())).string()));
  }
  std::optional<int64_t> number = numberOf(wanted);
  if (auto label = settings.labels.find(wanted); !number && label != settings.labels.end()) number = label->second;
  if (!number) {
    std::vector<std::string_view> names{"latest"};
    for (const auto& [label, of] : settings.labels) names.push_back(label);
    std::optional<std::string> nearest = nearestName(wanted, names);
    return missing(fmt::format("{}: unknown version \"{}\": expected a number, {}{}", path.string(), wanted,
                               fmt::join(names, " or "),
                               nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : ""));
  }
  if (std::ranges::find(versions, *number) == versions.end())
    return missing(
        fmt::format("{} has no version {}: its versions are {}", path.string(), *number, fmt::join(versions, " ")));
  return path / std::to_string(*number);
}

Expected<VersionFolder> findVersion(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored))
    return Error(fmt::format("{} does not exist or is not a folder", path.string()), ErrorCode::NoFile, path.string());
  Expected<fs::path> features =
      onlyOne(path, {"features.feat", "features.so"},
              "it has neither features.feat nor features.so: a version needs the config of its features");
  if (!features) return std::move(features).error();
  Expected<fs::path> network = onlyOne(path, {"scorer.onnx", "scorer.xml", "scorer"},
                                       fmt::format("it has no network: expected {}", kScorerForms));
  if (!network) return std::move(network).error();
  VersionFolder version;
  version.path = path;
  version.isLibrary = features->extension() == ".so";
  version.features = *std::move(features);
  version.network = *std::move(network);
  return version;
}

Expected<VersionManifest> readVersionManifest(const fs::path& version) {
  const fs::path file = version / kVersionManifest;
  if (!isThere(file))
    return badModel(version, fmt::format("{} has no {}: featc pack {} checks the version and writes it",
                                         version.string(), kVersionManifest, version.string()));
  Expected<std::string> text = readSmallFile(file.string());
  if (!text) return std::move(text).error();
  return parseVersionManifest(*text, file.string());
}

Expected<VersionFolder> openVersion(const fs::path& path) {
  Expected<VersionFolder> version = findVersion(path);
  if (!version) return version;
  Expected<VersionManifest> manifest = readVersionManifest(path);
  if (!manifest) return std::move(manifest).error();
  Expected<std::vector<PackedFile>> found = sumFiles(path);
  if (!found) return std::move(found).error();
  if (std::vector<std::string> lines = differences(manifest->files, *found); !lines.empty())
    return badModel(path, fmt::format("{} is not as it was packed: publish it anew, or run featc pack again where the "
                                      "change was meant:\n  {}",
                                      path.string(), fmt::join(lines, "\n  ")));
  version->manifest = *std::move(manifest);
  return version;
}

Error checkTrusted(const VersionFolder& version, const PluginFolders& trusted) {
  if (!version.isLibrary) return {};
  std::error_code error;
  const fs::path library = fs::canonical(version.features, error);
  for (const fs::path& folder : trusted.folders) {
    fs::path allowed = fs::canonical(folder, error);
    fs::path inside = library.lexically_relative(allowed);
    if (!error && !inside.empty() && *inside.begin() != "..") return {};
  }
  return {fmt::format("{} is machine code, which runs as it is: pass --plugins {} where you trust whoever made it",
                      version.features.string(), version.path.string()),
          ErrorCode::BadModel, version.features.string()};
}

}  // namespace featc
