// SPDX-License-Identifier: Apache-2.0
// A shared library that is loaded as long as the object lives.
#pragma once

#include <filesystem>
#include <string>

namespace featc {

class SharedLibrary {
 public:
  // What is wrong with the open file, before it is loaded; empty: nothing.
  using Check = std::string (*)(int file);
  // A file that is shorter than its own tables say is not loaded: reading on would end the process.
  explicit SharedLibrary(const std::filesystem::path& path, Check check = nullptr);
  ~SharedLibrary();
  SharedLibrary(const SharedLibrary&) = delete;
  SharedLibrary& operator=(const SharedLibrary&) = delete;

  // Null where there is no such symbol.
  const void* find(const char* symbol) const;
  // Whether the file can be read, loaded or not.
  bool isRead() const { return file_ >= 0; }
  // Why it is not loaded; empty: it is.
  const std::string& error() const { return error_; }

 private:
  int file_;
  void* handle_ = nullptr;
  std::string error_;
};

}  // namespace featc
