// SPDX-License-Identifier: Apache-2.0
// A shared library that is loaded as long as the object lives.
#pragma once

#include <filesystem>
#include <string>

namespace featc {

class SharedLibrary {
 public:
  explicit SharedLibrary(const std::filesystem::path& path);
  ~SharedLibrary();
  SharedLibrary(const SharedLibrary&) = delete;
  SharedLibrary& operator=(const SharedLibrary&) = delete;

  // Null where there is no such symbol.
  const void* find(const char* symbol) const;
  // Why it is not loaded; empty: it is.
  const std::string& error() const { return error_; }

 private:
  int file_;
  void* handle_ = nullptr;
  std::string error_;
};

}  // namespace featc
