// SPDX-License-Identifier: Apache-2.0
// Opens, checks and reads one file of a config.
#include "frontend/config_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace featc {
namespace {

namespace fs = std::filesystem;

std::error_code lastError() { return {errno, std::generic_category()}; }

bool liesAt(const fs::path& place, int handle) {
  struct stat opened{};
  struct stat there{};
  return fstat(handle, &opened) == 0 && lstat(place.c_str(), &there) == 0 && opened.st_dev == there.st_dev &&
         opened.st_ino == there.st_ino;
}

}  // namespace

Error unreadable(std::string message) { return {std::move(message), ErrorCode::NoFile}; }

Error unreadable(const std::error_code& error) {
  std::string text = error.message();
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return unreadable(std::move(text));
}

Expected<ConfigFile> ConfigFile::open(const fs::path& path) {
  // Without O_NONBLOCK opening a pipe waits for a writer.
  int handle = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (handle < 0) return unreadable(lastError());
  ConfigFile file(handle, path);
  struct stat status{};
  if (fstat(handle, &status) != 0) return unreadable(lastError());
  if (S_ISDIR(status.st_mode)) return unreadable("it is a folder");
  if (!S_ISREG(status.st_mode)) return Error("it is not a regular file", ErrorCode::BadArgument);
  return file;
}

ConfigFile ConfigFile::standardInput() { return {dup(STDIN_FILENO), {}}; }

ConfigFile::ConfigFile(ConfigFile&& other) noexcept
    : handle_(std::exchange(other.handle_, -1)), path_(std::move(other.path_)) {}

ConfigFile& ConfigFile::operator=(ConfigFile&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(path_, other.path_);
  return *this;
}

ConfigFile::~ConfigFile() {
  if (handle_ >= 0) close(handle_);
}

Expected<fs::path> ConfigFile::place() const {
  std::error_code error;
  // Linux knows where an opened file lies, whatever became of the name since.
  fs::path place = fs::read_symlink(fmt::format("/proc/self/fd/{}", handle_), error);
  if (!error && liesAt(place, handle_)) return place;
  place = fs::canonical(path_, error);
  if (error) return unreadable(error);
  if (!liesAt(place, handle_)) return unreadable("it was replaced while it was read");
  return place;
}

Expected<std::string> ConfigFile::read(size_t limit) {
  ConfigFile file(std::move(*this));
  int handle = file.handle_;
  const Error tooLarge(fmt::format("it is larger than {} bytes", limit), ErrorCode::OverLimit);
  struct stat status{};
  if (fstat(handle, &status) != 0) return unreadable(lastError());
  size_t expected = 0;
  if (S_ISREG(status.st_mode)) {
    if (static_cast<uintmax_t>(status.st_size) > limit) return tooLarge;
    expected = static_cast<size_t>(status.st_size);
  }
  std::string text;
  for (size_t used = 0;;) {
    // One byte more than is expected finds the end.
    constexpr size_t kChunk = size_t{1} << 16U;
    text.resize(std::max(used + kChunk, expected + 1));
    ssize_t got = ::read(handle, text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(lastError());
    used += static_cast<size_t>(got);
    if (used > limit) return tooLarge;
    if (got > 0) continue;
    text.resize(used);
    return text;
  }
}

Expected<std::string> readConfigFile(const fs::path& path, size_t limit) {
  if (path == "-") return ConfigFile::standardInput().read(limit);
  Expected<ConfigFile> file = ConfigFile::open(path);
  return file ? file->read(limit) : std::move(file).error();
}

}  // namespace featc
