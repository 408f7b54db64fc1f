// SPDX-License-Identifier: Apache-2.0
// Removes versions of a model that nobody needs.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "server/model/folder_lock.h"
#include "server/model/model_versions.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

// What is being removed is called so first: nobody takes half of it for a version.
constexpr std::string_view kPruned = ".pruned-";

// Why a version must stay, by version: `it serves`, `it has the label canary`.
std::map<int64_t, std::string> neededOf(const ListedModel& model) {
  std::map<int64_t, std::string> needed;
  for (const ListedVersion& version : model.versions) {
    if (version.serves)
      needed[version.number] = "it serves";
    else if (!version.labels.empty())
      needed[version.number] = fmt::format("it has the label {}", fmt::join(version.labels, ", "));
  }
  return needed;
}

Error checkNamed(const ListedModel& model, const std::vector<int64_t>& versions,
                 const std::map<int64_t, std::string>& needed) {
  std::vector<std::string> wrong;
  for (int64_t number : versions) {
    auto at = std::ranges::find(model.versions, number, &ListedVersion::number);
    if (at == model.versions.end())
      wrong.push_back(fmt::format("version {} does not exist", number));
    else if (auto why = needed.find(number); why != needed.end())
      wrong.push_back(fmt::format("version {} stays: {}", number, why->second));
  }
  if (wrong.empty()) return {};
  return {fmt::format("{}: nothing was removed: {}", model.path.string(), fmt::join(wrong, "; ")),
          ErrorCode::BadArgument, model.path.string()};
}

// The packed versions that neither serve nor have a label, are older than what serves and not among the newest.
std::vector<int64_t> oldOnes(const ListedModel& model, uint64_t keep, const std::map<int64_t, std::string>& needed) {
  auto serves = std::ranges::find(model.versions, true, &ListedVersion::serves);
  std::vector<int64_t> old;
  uint64_t newer = 0;
  for (auto version = model.versions.rbegin(); version != model.versions.rend(); ++version) {
    if (!version->manifest) continue;
    if (newer++ >= keep && version->number < serves->number && !needed.contains(version->number))
      old.push_back(version->number);
  }
  std::ranges::reverse(old);
  return old;
}

// Epochs that removed versions name and no other does. A version that is not packed may yet name any.
std::vector<std::string> epochsOnlyOf(const ListedModel& model, const std::vector<int64_t>& removed) {
  std::set<std::string> theirs;
  std::set<std::string> others;
  bool isSomeOpen = false;
  for (const ListedVersion& version : model.versions) {
    const bool goes = std::ranges::find(removed, version.number) != removed.end();
    if (!version.manifest)
      isSomeOpen = isSomeOpen || !goes;
    else
      (goes ? theirs : others).insert(version.manifest->epoch);
  }
  std::vector<std::string> epochs;
  std::ranges::set_difference(theirs, others, std::back_inserter(epochs));
  std::erase(epochs, "");
  return isSomeOpen ? std::vector<std::string>() : epochs;
}

Error remove(const fs::path& model, const fs::path& folder) {
  const fs::path away = model / fmt::format("{}{}-{}", kPruned, folder.filename().string(), getpid());
  std::error_code error;
  fs::rename(folder, away, error);
  if (!error) fs::remove_all(away, error);
  if (!error) return {};
  return {fmt::format("{} cannot be removed: {}", folder.string(), error.message()), ErrorCode::Failed,
          folder.string()};
}

// What a process that died left behind.
void removeLeftOvers(const fs::path& model) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator it(model, error); !error && it != fs::directory_iterator(); it.increment(error))
    if (it->path().filename().string().starts_with(kPruned)) found.push_back(it->path());
  for (const fs::path& path : found) fs::remove_all(path, error);
}

}  // namespace

Expected<Pruned> pruneModel(const fs::path& path, const PruneOptions& options) {
  Expected<FolderLock> lock = FolderLock::take(path);
  if (!lock) return std::move(lock).error();
  const ListedModel model = listModel(path, false);
  if (!model.problem.empty())
    return Error(
        fmt::format("{}: nothing was removed, since it is not known what serves: {}", path.string(), model.problem),
        ErrorCode::BadModel, path.string());
  const std::map<int64_t, std::string> needed = neededOf(model);
  if (Error error = checkNamed(model, options.versions, needed)) return error;
  Pruned done;
  done.versions = options.versions.empty() ? oldOnes(model, options.keep, needed) : options.versions;
  std::ranges::sort(done.versions);
  done.versions.erase(std::ranges::unique(done.versions).begin(), done.versions.end());
  for (const ListedVersion& version : model.versions)
    if (!version.manifest && std::ranges::find(done.versions, version.number) == done.versions.end())
      done.notPacked.push_back(version.number);
  if (options.tables) done.epochs = epochsOnlyOf(model, done.versions);
  if (options.dryRun) return done;
  removeLeftOvers(path);
  for (int64_t number : done.versions)
    if (Error error = remove(path, path / std::to_string(number))) return error;
  for (const std::string& epoch : done.epochs) {
    const fs::path folder = path / "tables" / epoch;
    std::error_code ignored;
    if (!fs::exists(folder, ignored)) continue;
    if (Error error = remove(path, folder)) return error;
  }
  return done;
}

}  // namespace featc
