// SPDX-License-Identifier: Apache-2.0
// A file of a config: opened once, looked at, then read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

namespace featc {

// Why a file cannot be had, in words that go after its name.
struct FileProblem {
  enum class Kind : uint8_t { Unreadable, NotPlain, TooLarge, OutsideRoot };
  Kind kind = Kind::Unreadable;
  std::string message;
  std::string meant{};  // the name, as it would be written, of a file that is there; empty: none comes near
};

// Only plain files: a pipe or a device under the name of one would be waited for. What is checked and what is read is
// the file that was opened, whatever its name stands for by then.
class ConfigFile {
 public:
  // Waits for nobody.
  static std::variant<ConfigFile, FileProblem> open(const std::filesystem::path& path);
  // Whatever stdin is; waits for whoever writes to it.
  static ConfigFile standardInput();

  ConfigFile(ConfigFile&& other) noexcept;
  ConfigFile& operator=(ConfigFile&& other) noexcept;
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;
  ~ConfigFile();

  // Where the file lies, without symlinks.
  std::variant<std::filesystem::path, FileProblem> place() const;
  // All of it, of at most `limit` bytes; then it is closed.
  std::variant<std::string, FileProblem> read(size_t limit);

 private:
  ConfigFile(int handle, std::filesystem::path path) : handle_(handle), path_(std::move(path)) {}

  int handle_;
  std::filesystem::path path_;  // under which it was opened; empty: stdin
};

// The content of the file at `path`, of at most `limit` bytes; `-`: of stdin.
std::variant<std::string, FileProblem> readConfigFile(const std::filesystem::path& path, size_t limit);

// The system's reason, as the start of a sentence's second half: `no such file or directory`.
FileProblem unreadable(const std::error_code& error);
FileProblem unreadable(std::string message);

}  // namespace featc
