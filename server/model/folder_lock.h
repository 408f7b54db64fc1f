// SPDX-License-Identifier: Apache-2.0
// One process at a time changes a model's folder. The lock goes with the process.
#pragma once

#include <filesystem>

#include "support/error.h"

namespace featc {

class FolderLock {
 public:
  // Fails with NoFile, or with Failed where another process has it.
  static Expected<FolderLock> take(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept : handle_(other.handle_) { other.handle_ = -1; }
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int handle) : handle_(handle) {}
  int handle_;
};

}  // namespace featc
