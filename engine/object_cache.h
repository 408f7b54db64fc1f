// SPDX-License-Identifier: Apache-2.0
// Compiled configs kept on disk between processes. Whoever can write there can run code: see cache_entry.h for
// what is stored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/cache_entry.h"
#include "support/error.h"

namespace featc {

// A folder of entries, each a file written whole under a name made of its key. Any number of threads and
// processes may use one folder at the same time. An entry that cannot be read, whatever the reason, is
// not there; one that cannot be written is not kept.
class ObjectCache {
 public:
  static constexpr uint64_t kDefaultBytes = uint64_t{1} << 30U;

  // Makes the folder where it is missing. Fails with BadCache when it cannot be used or when anyone but this process's
  // user could put code there.
  static Expected<std::shared_ptr<const ObjectCache>> open(const std::filesystem::path& folder,
                                                           uint64_t maxBytes = kDefaultBytes);
  ~ObjectCache();
  ObjectCache(const ObjectCache&) = delete;
  ObjectCache& operator=(const ObjectCache&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

  // The config of that key, when all its files are as they were.
  std::optional<ConfigEntry> findConfig(const std::string& key) const;
  // Code of that key for exactly that graph.
  std::optional<CodeEntry> findCode(const std::string& key, const std::string& graph) const;

  // False where the entry could not be kept: no space, or it is larger than the whole cache may be.
  bool store(const ConfigEntry& entry) const;
  bool store(const CodeEntry& entry) const;

  // Removes what was not used for longest until the entries fit. Each store() ends with it.
  void trim() const;

 private:
  ObjectCache(std::filesystem::path folder, int handle, uint64_t maxBytes);
  std::optional<std::string> read(const std::string& name) const;
  bool write(const std::string& name, std::string_view bytes) const;

  std::filesystem::path folder_;
  int handle_;  // of the folder: what is later put under its path does not matter
  uint64_t maxBytes_;
};

}  // namespace featc
