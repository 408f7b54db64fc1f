// SPDX-License-Identifier: Apache-2.0
// Data to a file or stdout.
#include "tools/output_file.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

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

}  // namespace featc
