// SPDX-License-Identifier: Apache-2.0
// Compiled configs kept on disk between processes.
#include "engine/object_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <vector>

#include "frontend/config_file.h"

namespace featc {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kConfigSuffix = ".config";
constexpr std::string_view kCodeSuffix = ".code";
// Files that are being written; what a process left when it died is removed after an hour.
constexpr std::string_view kPartPrefix = "part-";
constexpr time_t kPartSeconds = 3600;
constexpr const char* kLockName = "lock";

class Handle {
 public:
  explicit Handle(int handle) : handle_(handle) {}
  ~Handle() {
    if (handle_ >= 0) close(handle_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  explicit operator bool() const { return handle_ >= 0; }
  int get() const { return handle_; }
  int release() { return std::exchange(handle_, -1); }

 private:
  int handle_;
};

// Missing parents too. Each for this user only.
void makeFolders(const fs::path& folder) {
  fs::path made;
  for (const fs::path& part : folder) {
    made /= part;
    mkdir(made.c_str(), 0700);
  }
}

// Why code must not be taken from what `status` describes; empty where it may.
std::string distrust(const struct stat& status) {
  if (status.st_uid != geteuid()) return fmt::format("it belongs to another user (uid {})", status.st_uid);
  // An access control list that lets others write shows in the group's bits.
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return fmt::format("others may write to it (mode {:04o}; chmod 700 fixes it)", status.st_mode & 07777U);
  return {};
}

bool readAll(int file, std::string& bytes) {
  size_t used = 0;
  while (used < bytes.size()) {
    ssize_t got = ::read(file, bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    used += static_cast<size_t>(got);
  }
  return true;
}

bool writeAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t done = ::write(file, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(done));
  }
  return true;
}

bool isUnchanged(const CachedFile& file) {
  std::error_code error;
  fs::path path = fs::canonical(file.asked, error);
  if (error || path != file.path) return false;
  Expected<std::string> text = readConfigFile(path, SIZE_MAX);
  return text && hash128(*text) == file.content;
}

std::string configName(const std::string& key) { return toHex(hash128(key)) + std::string(kConfigSuffix); }

std::string codeName(const std::string& key, const std::string& graph) {
  return toHex(hash128(key + '\0' + graph)) + std::string(kCodeSuffix);
}

// A file of the cache as trim() sees it.
struct Kept {
  std::string name;
  uint64_t bytes = 0;
  timespec used{};
};

bool usedBefore(const Kept& a, const Kept& b) {
  return a.used.tv_sec != b.used.tv_sec ? a.used.tv_sec < b.used.tv_sec : a.used.tv_nsec < b.used.tv_nsec;
}

}  // namespace

Expected<std::shared_ptr<const ObjectCache>> ObjectCache::open(const fs::path& folder, uint64_t maxBytes) {
  auto refuse = [&](std::string_view why) {
    return Error(fmt::format("the cache folder \"{}\" cannot be used: {}", folder.string(), why), ErrorCode::BadCache,
                 folder.string());
  };
  makeFolders(folder);
  Handle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat status{};
  if (!handle || fstat(handle.get(), &status) != 0) return refuse(std::strerror(errno));
  if (std::string why = distrust(status); !why.empty()) return refuse(why + ", and what is in it runs as native code");
  return std::shared_ptr<const ObjectCache>(new ObjectCache(folder, handle.release(), maxBytes));
}

ObjectCache::ObjectCache(fs::path folder, int handle, uint64_t maxBytes)
    : folder_(std::move(folder)), handle_(handle), maxBytes_(maxBytes) {}

ObjectCache::~ObjectCache() { close(handle_); }

std::optional<ConfigEntry> ObjectCache::findConfig(const std::string& key) const {
  std::optional<std::string> bytes = read(configName(key));
  if (!bytes) return std::nullopt;
  std::optional<ConfigEntry> entry = readConfigEntry(*bytes);
  if (!entry || entry->key != key || !std::ranges::all_of(entry->files, isUnchanged)) return std::nullopt;
  return entry;
}

std::optional<CodeEntry> ObjectCache::findCode(const std::string& key, const std::string& graph) const {
  std::optional<std::string> bytes = read(codeName(key, graph));
  if (!bytes) return std::nullopt;
  std::optional<CodeEntry> entry = readCodeEntry(*bytes);
  if (!entry || entry->key != key || entry->graph != graph) return std::nullopt;
  return entry;
}

bool ObjectCache::store(const ConfigEntry& entry) const { return write(configName(entry.key), toBytes(entry)); }

bool ObjectCache::store(const CodeEntry& entry) const {
  return write(codeName(entry.key, entry.graph), toBytes(entry));
}

std::optional<std::string> ObjectCache::read(const std::string& name) const {
  // A pipe under that name must not block.
  Handle file(openat(handle_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status{};
  if (!file || fstat(file.get(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode) || !distrust(status).empty()) return std::nullopt;
  if (static_cast<uint64_t>(status.st_size) > maxBytes_) return std::nullopt;
  std::string bytes(static_cast<size_t>(status.st_size), '\0');
  if (!readAll(file.get(), bytes)) return std::nullopt;
  futimens(file.get(), nullptr);  // it was used now
  return bytes;
}

bool ObjectCache::write(const std::string& name, std::string_view bytes) const {
  static std::atomic<uint64_t> parts = 0;
  if (bytes.size() > maxBytes_) return false;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  // No two writers share a name: the process, its writers, and whoever had the process's number before.
  std::string part = fmt::format("{}{}-{}-{}{:09}", kPartPrefix, getpid(), parts.fetch_add(1), now.tv_sec, now.tv_nsec);
  {
    Handle file(openat(handle_, part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) return false;
    // No fsync: what a crash tears, the checksum finds.
    if (!writeAll(file.get(), bytes) || renameat(handle_, part.c_str(), handle_, name.c_str()) != 0) {
      unlinkat(handle_, part.c_str(), 0);
      return false;
    }
  }
  trim();
  return true;
}

void ObjectCache::trim() const {
  Handle lock(openat(handle_, kLockName, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  // Who holds the lock trims; what this process has just written is found the next time at the latest.
  if (!lock || flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return;
  int again = openat(handle_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::unique_ptr<DIR, int (*)(DIR*)> folder(again < 0 ? nullptr : fdopendir(again), &closedir);
  if (folder == nullptr) return;
  std::vector<Kept> kept;
  uint64_t total = 0;
  while (const dirent* entry = readdir(folder.get())) {
    std::string name = entry->d_name;
    bool isPart = name.starts_with(kPartPrefix);
    if (!isPart && !name.ends_with(kConfigSuffix) && !name.ends_with(kCodeSuffix)) continue;
    struct stat status{};
    if (fstatat(handle_, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (isPart && status.st_mtim.tv_sec + kPartSeconds < time(nullptr)) unlinkat(handle_, name.c_str(), 0);
    if (isPart) continue;
    total += static_cast<uint64_t>(status.st_size);
    kept.push_back({std::move(name), static_cast<uint64_t>(status.st_size), status.st_mtim});
  }
  if (total <= maxBytes_) return;
  std::ranges::sort(kept, usedBefore);
  for (const Kept& file : kept) {
    if (total <= maxBytes_) break;
    if (unlinkat(handle_, file.name.c_str(), 0) == 0) total -= file.bytes;
  }
}

}  // namespace featc
