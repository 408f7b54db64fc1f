// SPDX-License-Identifier: Apache-2.0
// A file's bytes in memory, for reading.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "support/error.h"

namespace featc {

class MappedFile {
 public:
  // A regular file. With `copy` the bytes are the process's own, in huge pages where the system has them; else they are
  // the file's pages, and the file must not become shorter. `admit` is asked with the size before any memory is taken.
  static Expected<std::shared_ptr<const MappedFile>> open(const std::string& path, bool copy,
                                                          const std::function<Error(uint64_t size)>& admit);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  // They begin at a page.
  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  MappedFile(std::byte* data, size_t size) : data_(data), size_(size) {}

  std::byte* data_;
  size_t size_;
};

}  // namespace featc
