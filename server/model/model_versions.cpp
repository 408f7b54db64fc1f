// SPDX-License-Identifier: Apache-2.0
// Lists versions, and changes which one serves.
#include "server/model/model_versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "server/embeddings/manifest.h"
#include "server/embeddings/new_file.h"
#include "server/model/folder_lock.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

Error badArgument(const fs::path& path, std::string message) {
  return {std::move(message), ErrorCode::BadArgument, path.string()};
}

int64_t numberOfVersion(const fs::path& path) { return std::stoll(path.filename().string()); }

// What serves, as model.toml says; nothing: no version does.
std::optional<int64_t> serving(const ModelFolder& model) {
  Expected<fs::path> path = model.versionPath({});
  if (!path) return std::nullopt;
  return numberOfVersion(*path);
}

// Whether the tables are those that the version was packed with.
Error checkTables(const VersionFolder& version) {
  const std::string& epoch = version.manifest.epoch;
  if (epoch.empty()) return {};
  Expected<EpochManifest> tables = readManifest(version.epochFolder(epoch).string());
  if (!tables)
    return {fmt::format("{} needs the tables of epoch {}: {}", version.path.string(), epoch, tables.error().message),
            ErrorCode::BadModel, version.path.string()};
  if (tables->origin != version.manifest.epochOrigin)
    return {
        fmt::format("{}: the tables of epoch {} are others than those that the version was packed with: bring those "
                    "back, or run featc pack again",
                    version.path.string(), epoch),
        ErrorCode::BadModel, version.path.string()};
  return {};
}

// A label that is written without quotes, and that is not a word of its own.
bool isLabel(std::string_view name) {
  if (name.empty() || name == "latest" || name == kPrevious) return false;
  if (name.find_first_not_of("0123456789") == std::string_view::npos) return false;
  return std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

Error writeSettings(const ModelFolder& model, const ModelSettings& wanted) {
  const fs::path path = model.path / "model.toml";
  std::string text;
  std::error_code ignored;
  if (fs::exists(path, ignored)) {
    Expected<std::string> read = readSmallFile(path.string());
    if (!read) return std::move(read).error();
    text = *std::move(read);
  }
  Expected<std::string> edited = editModelSettings(text, path, wanted);
  if (!edited) return std::move(edited).error();
  if (*edited == text) return {};
  Expected<std::unique_ptr<NewFile>> file = NewFile::create(path.string());
  if (!file) return std::move(file).error();
  (*file)->write(*edited);
  return (*file)->finish();
}

// With the folder's lock.
Expected<Promotion> promote(const ModelFolder& model, std::string_view wanted, const std::string& label) {
  Expected<fs::path> path = model.versionPath(wanted);
  if (!path) return std::move(path).error();
  Expected<VersionFolder> version = openVersion(*path);
  if (!version) return std::move(version).error();
  if (Error error = checkTables(*version)) return error;

  Promotion done;
  done.version = numberOfVersion(*path);
  ModelSettings settings = model.settings;
  // Where model.toml serves what a label means, the label changes.
  const bool servesLabel = settings.labels.contains(settings.version);
  done.label = !label.empty() ? label : servesLabel ? settings.version : "";
  const bool changesServing = label.empty() || (servesLabel && label == settings.version);
  if (changesServing) {
    done.before = serving(model);
    if (done.before && *done.before != done.version) settings.labels[std::string(kPrevious)] = *done.before;
  } else if (auto had = settings.labels.find(label); had != settings.labels.end()) {
    done.before = had->second;
  }
  if (done.label.empty())
    settings.version = std::to_string(done.version);
  else
    settings.labels[done.label] = done.version;
  if (Error error = writeSettings(model, settings)) return error;
  return done;
}

}  // namespace

Expected<std::vector<fs::path>> modelFolders(const fs::path& path) {
  if (isModelFolder(path)) return std::vector<fs::path>{path};
  std::vector<fs::path> found;
  std::error_code error;
  fs::directory_iterator it(path, error);
  if (error)
    return Error(fmt::format("cannot open {}: {}", path.string(), error.message()), ErrorCode::NoFile, path.string());
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    std::error_code unknown;
    if (it->is_directory(unknown) && isModelFolder(it->path())) found.push_back(it->path());
  }
  if (found.empty())
    return Error(fmt::format("{} has no model: a model is a folder with versions, folders whose name is a number",
                             path.string()),
                 ErrorCode::NoFile, path.string());
  std::ranges::sort(found);
  return found;
}

ListedModel listModel(const fs::path& path, bool wholly) {
  ListedModel listed;
  listed.path = path;
  Expected<ModelFolder> model = openModelFolder(path);
  if (!model) {
    listed.problem = model.error().message;
    return listed;
  }
  listed.version = model->settings.version;
  Expected<fs::path> served = model->versionPath({});
  if (!served) listed.problem = served.error().message;
  for (int64_t number : model->versions) {
    ListedVersion& version = listed.versions.emplace_back();
    version.number = number;
    version.serves = served && numberOfVersion(*served) == number;
    for (const auto& [label, of] : model->settings.labels)
      if (of == number) version.labels.push_back(label);
    const fs::path folder = path / std::to_string(number);
    Expected<VersionManifest> manifest = readVersionManifest(folder);
    if (!manifest) {
      version.problem = manifest.error().message;
      continue;
    }
    version.manifest = *std::move(manifest);
    if (!wholly) continue;
    Expected<VersionFolder> opened = openVersion(folder);
    Error error = opened ? checkTables(*opened) : opened.error();
    if (error) version.problem = error.message;
  }
  return listed;
}

Expected<Promotion> promoteVersion(const fs::path& model, std::string_view version, const std::string& label) {
  if (!label.empty() && !isLabel(label))
    return badArgument(model, fmt::format("\"{}\" cannot be a label: letters, digits, `_` and `-`, not a number, not "
                                          "\"latest\" and not \"{}\", which featc keeps itself",
                                          label, kPrevious));
  Expected<FolderLock> lock = FolderLock::take(model);
  if (!lock) return std::move(lock).error();
  Expected<ModelFolder> folder = openModelFolder(model);
  if (!folder) return std::move(folder).error();
  return promote(*folder, version, label);
}

Expected<Promotion> rollBack(const fs::path& model) {
  Expected<FolderLock> lock = FolderLock::take(model);
  if (!lock) return std::move(lock).error();
  Expected<ModelFolder> folder = openModelFolder(model);
  if (!folder) return std::move(folder).error();
  if (folder->settings.labels.contains(std::string(kPrevious))) return promote(*folder, kPrevious, "");
  Expected<fs::path> now = folder->versionPath({});
  if (!now) return std::move(now).error();
  for (auto number = folder->versions.rbegin(); number != folder->versions.rend(); ++number)
    if (*number < numberOfVersion(*now) && readVersionManifest(model / std::to_string(*number)))
      return promote(*folder, std::to_string(*number), "");
  return badArgument(model, fmt::format("{} has no packed version before {}, which serves, and no label \"{}\"",
                                        model.string(), now->filename().string(), kPrevious));
}

}  // namespace featc
