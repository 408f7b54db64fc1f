// SPDX-License-Identifier: Apache-2.0
// The files that a config was made of, and whether they still hold what was read.
#include "engine/config_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <variant>

#include "frontend/config_file.h"

namespace featc {

namespace {

// File systems keep times in steps (ext4 of some milliseconds, others of up to two seconds): what is
// written within one step after a look does not show.
constexpr int64_t kTimeStep = 2'000'000'000;

int64_t nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

int64_t now() { return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count(); }

// Nothing where there is no regular file.
std::optional<Hash128> contentOf(const std::string& path) {
  Expected<std::string> text = readConfigFile(path, std::numeric_limits<size_t>::max());
  return text ? std::optional(hash128(*text)) : std::nullopt;
}

}  // namespace

ConfigFiles::ConfigFiles(const std::vector<CachedFile>& read, const std::vector<std::string>& unread) {
  for (const CachedFile& file : read) files_.push_back({file.asked, file.content, std::nullopt});
  for (const std::string& path : unread) {
    // One that may have come just after it was wanted: look again, soon.
    Look look = lookAt(path);
    files_.push_back({path, std::nullopt, isSettled(look) ? std::optional(look) : std::nullopt});
  }
}

bool ConfigFiles::changed() {
  return std::ranges::any_of(files_, [](File& file) { return changed(file); });
}

uint64_t ConfigFiles::look() const {
  std::vector<Look> looks;
  for (const File& file : files_) looks.push_back(lookAt(file.path));
  return hash128({reinterpret_cast<const char*>(looks.data()), looks.size() * sizeof(Look)}).low;
}

ConfigFiles::Look ConfigFiles::lookAt(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino, static_cast<uint64_t>(status.st_size), nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim)};
}

bool ConfigFiles::changed(File& file) {
  // Before the content is read: what is written between the two shows at the next look.
  Look look = lookAt(file.path);
  if (file.look && *file.look == look) return false;
  bool settled = isSettled(look);
  if (!file.content || contentOf(file.path) != file.content) return true;
  file.look = settled ? std::optional(look) : std::nullopt;
  return false;
}

bool ConfigFiles::isSettled(const Look& look) { return std::max(look.modified, look.altered) < now() - kTimeStep; }

}  // namespace featc
