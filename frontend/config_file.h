// SPDX-License-Identifier: Apache-2.0
// A file of a config: opened once, looked at, then read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "support/error.h"

namespace featc {

// Errors say why a file cannot be had, in words that go after its name. Their codes: NoFile; BadArgument: what has the
// name is not a plain file; OverLimit: it is too large.

// Only plain files: a pipe or a device under the name of one would be waited for. What is checked and what is read is
// the file that was opened, whatever its name stands for by then.
class ConfigFile {
 public:
  // Waits for nobody.
  static Expected<ConfigFile> open(const std::filesystem::path& path);
  // Whatever stdin is; waits for whoever writes to it.
  static ConfigFile standardInput();

  ConfigFile(ConfigFile&& other) noexcept;
  ConfigFile& operator=(ConfigFile&& other) noexcept;
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;
  ~ConfigFile();

  // Where the file lies, without symlinks.
  Expected<std::filesystem::path> place() const;
  // All of it, of at most `limit` bytes; then it is closed.
  Expected<std::string> read(size_t limit);

 private:
  ConfigFile(int handle, std::filesystem::path path) : handle_(handle), path_(std::move(path)) {}

  int handle_;
  std::filesystem::path path_;  // under which it was opened; empty: stdin
};

// The content of the file at `path`, of at most `limit` bytes; `-`: of stdin.
Expected<std::string> readConfigFile(const std::filesystem::path& path, size_t limit);

// NoFile, with the system's reason as the start of a sentence's second half: `no such file or directory`.
Error unreadable(const std::error_code& error);
Error unreadable(std::string message);

}  // namespace featc
