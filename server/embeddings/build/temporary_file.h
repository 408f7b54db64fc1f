// SPDX-License-Identifier: Apache-2.0
// A file without a name, for what has no room in memory: it is gone when its process is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "support/error.h"

namespace featc {

class TemporaryFile {
 public:
  static Expected<std::unique_ptr<TemporaryFile>> create(const std::string& folder);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  uint64_t size() const { return size_; }
  Error append(std::span<const std::byte> bytes);
  Error read(uint64_t at, std::span<std::byte> to) const;

 private:
  TemporaryFile(int file, std::string folder) : file_(file), folder_(std::move(folder)) {}

  int file_;
  std::string folder_;
  uint64_t size_ = 0;
};

}  // namespace featc
