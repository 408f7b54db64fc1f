// SPDX-License-Identifier: Apache-2.0
// Files that appear whole or not at all, and small ones read at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "support/error.h"

namespace featc {

// A file that is written under another name, and takes its own when it is finished: whoever dies before leaves a file
// whose name begins with a dot.
class NewFile {
 public:
  static Expected<std::unique_ptr<NewFile>> create(const std::string& path);
  // Removes what was not finished.
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // The first failure is told by finish(); from then on nothing is written.
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  // Of what is there already.
  void overwrite(uint64_t at, std::span<const std::byte> bytes);
  void zeros(uint64_t count);
  uint64_t size() const { return size_; }
  // Brings all to the disk, then renames; what lay at the path is replaced.
  Error finish();

 private:
  NewFile(std::string path, std::string partial, std::FILE* file)
      : path_(std::move(path)), partial_(std::move(partial)), file_(file) {}

  std::string path_;
  std::string partial_;
  std::FILE* file_;
  uint64_t size_ = 0;
  int error_ = 0;  // errno
};

// Whether a file is called as one that was not finished.
bool isUnfinishedFile(std::string_view name);

// Creates a folder and those above it, where there are none.
Error makeFolder(const std::string& path);

// At most 64 MiB unless `most` says otherwise. ErrorCode::NoFile where there is none.
inline constexpr uint64_t kSmallFileBytes = uint64_t{64} << 20U;
Expected<std::string> readSmallFile(const std::string& path, uint64_t most = kSmallFileBytes);

}  // namespace featc
