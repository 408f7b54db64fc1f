// SPDX-License-Identifier: Apache-2.0
// A shared library that is loaded as long as the object lives.
#include "support/shared_library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace featc {

// dlopen takes a library of the same name as one that is loaded for that one, even if the file was
// replaced; the name of an open file is no other library's as long as the file is open.
SharedLibrary::SharedLibrary(const std::filesystem::path& path) : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (file_ < 0) {
    error_ = std::strerror(errno);
    return;
  }
  std::string name = fmt::format("/proc/self/fd/{}", file_);
  handle_ = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle_ != nullptr) return;
  error_ = dlerror();
  if (error_.starts_with(name + ": ")) error_.erase(0, name.size() + 2);
}

SharedLibrary::~SharedLibrary() {
  if (handle_ != nullptr) dlclose(handle_);
  if (file_ >= 0) close(file_);
}

const void* SharedLibrary::find(const char* symbol) const {
  return handle_ == nullptr ? nullptr : dlsym(handle_, symbol);
}

}  // namespace featc
