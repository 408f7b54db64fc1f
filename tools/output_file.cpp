// SPDX-License-Identifier: Apache-2.0
// Data to a file or stdout.
#include "tools/output_file.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "support/print_error.h"
#include "tools/command.h"

namespace featc {

OutputFile::OutputFile(std::string path, uint64_t keep) : path_(std::move(path)) {
  if (path_ == "-") {
    file_ = stdout;
    return;
  }
  file_ = std::fopen(path_.c_str(), keep == 0 ? "wb" : "r+b");
  auto bytes = static_cast<off_t>(keep);
  if (file_ == nullptr || (keep > 0 && (ftruncate(fileno(file_), bytes) != 0 || fseeko(file_, bytes, SEEK_SET) != 0)))
    error_ = errno;
}

OutputFile::~OutputFile() {
  if (file_ != nullptr && file_ != stdout) std::fclose(file_);
}

bool OutputFile::write(std::string_view bytes) {
  if (error_ != 0) return false;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) error_ = errno;
  return error_ == 0;
}

bool OutputFile::sync() {
  // What is not a file on a disk needs no flush.
  if (error_ == 0 && (std::fflush(file_) != 0 || (fdatasync(fileno(file_)) != 0 && errno != EINVAL))) error_ = errno;
  return error_ == 0;
}

bool OutputFile::closedEarly() const { return error_ == EPIPE; }

int OutputFile::finish() {
  if (error_ == 0 && std::fflush(file_) != 0) error_ = errno;
  if (file_ != nullptr && file_ != stdout) {
    if (std::fclose(file_) != 0 && error_ == 0) error_ = errno;
    file_ = nullptr;
  }
  if (error_ == 0 || error_ == EPIPE) return kFine;
  printError("featc: cannot write {}: {}\n", path_ == "-" ? "stdout" : path_, std::strerror(error_));
  return kBadInput;
}

int printData(std::string_view text) {
  OutputFile out("-");
  out.write(text);
  return out.finish();
}

namespace {

// Of the file that is replaced, or what a new one gets.
mode_t modeFor(const std::string& path) {
  struct stat old{};
  if (stat(path.c_str(), &old) == 0) return old.st_mode & 07777U;
  const mode_t mask = umask(0);
  umask(mask);
  return 0666U & ~mask;
}

bool writeAll(int handle, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(handle, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

std::string replaceFile(const std::string& path, std::string_view bytes) {
  std::error_code error;
  std::filesystem::path target = std::filesystem::canonical(path, error);
  if (error) target = path;  // there is none yet
  std::string fresh = target.string() + ".XXXXXX";
  const int handle = mkstemp(fresh.data());
  if (handle < 0) return std::strerror(errno);
  bool good = writeAll(handle, bytes) && fchmod(handle, modeFor(target)) == 0;
  int reason = errno;
  if (close(handle) != 0 && std::exchange(good, false)) reason = errno;
  if (good && std::rename(fresh.c_str(), target.c_str()) == 0) return "";
  if (good) reason = errno;
  unlink(fresh.c_str());
  return std::strerror(reason);
}

}  // namespace featc
