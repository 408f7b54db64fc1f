// SPDX-License-Identifier: Apache-2.0
// The files that a config was made of, and whether they still hold what was read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/cache_entry.h"

namespace featc {

// Times and sizes are looked at first, contents only where those say nothing or something new. A file counts
// by the name under which it was looked for: a symlink that leads elsewhere is a change when what it leads to
// has another content. Not thread-safe.
class ConfigFiles {
 public:
  ConfigFiles() = default;
  // `read`: with the content that was read. `unread`: were wanted and could not be read.
  ConfigFiles(const std::vector<CachedFile>& read, const std::vector<std::string>& unread);

  // Whether a content differs from the one that was read, or a file came or went.
  bool changed();
  // A number for how all the files look from outside (times, sizes): equal as long as nobody writes.
  uint64_t look() const;

 private:
  // What stat says; all zero where there is no file.
  struct Look {
    uint64_t device = 0;
    uint64_t inode = 0;
    uint64_t size = 0;
    int64_t modified = 0;  // nanoseconds, as is the next
    int64_t altered = 0;   // the inode's time, which nobody can set
    bool operator==(const Look&) const = default;
  };
  struct File {
    std::string path;
    std::optional<Hash128> content;  // nothing: it could not be read, or the compiler refused it
    std::optional<Look> look;        // at which that was so; nothing: not known, or too young to be relied on
  };
  static Look lookAt(const std::string& path);
  // Whether a later change would show in another look.
  static bool isSettled(const Look& look);
  static bool changed(File& file);

  std::vector<File> files_;
};

}  // namespace featc
