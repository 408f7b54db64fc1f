// SPDX-License-Identifier: Apache-2.0
// A shared library that is loaded as long as the object lives.
#include "support/shared_library.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace featc {

namespace {

template <class T>
bool readAt(int file, uint64_t offset, T& out) {
  return pread(file, &out, sizeof out, static_cast<off_t>(offset)) == ssize_t{sizeof out};
}

// What the loader does not look at: whether the file has all that its tables name. Of what is not a 64-bit ELF file it
// says so itself.
std::string sizeProblem(int file) {
  constexpr const char* kCut = "the file is cut short";
  struct stat status{};
  if (fstat(file, &status) != 0) return std::strerror(errno);
  if (!S_ISREG(status.st_mode)) return "it is not a regular file";
  auto size = static_cast<uint64_t>(status.st_size);
  auto fits = [&](uint64_t begin, uint64_t bytes) { return begin <= size && bytes <= size - begin; };
  Elf64_Ehdr header{};
  if (!readAt(file, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64)
    return {};
  if (header.e_shoff != 0 && !fits(header.e_shoff, uint64_t{header.e_shnum} * header.e_shentsize)) return kCut;
  for (uint64_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part{};
    if (!readAt(file, header.e_phoff + i * sizeof part, part)) return kCut;
    if (!fits(part.p_offset, part.p_filesz)) return kCut;
  }
  return {};
}

}  // namespace

// dlopen takes a library of the same name as one that is loaded for that one, even if the file was
// replaced; the name of an open file is not another library's as long as the file is open.
SharedLibrary::SharedLibrary(const std::filesystem::path& path, Check check)
    : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (file_ < 0) {
    error_ = std::strerror(errno);
    return;
  }
  error_ = sizeProblem(file_);
  if (error_.empty() && check != nullptr) error_ = check(file_);
  if (!error_.empty()) return;
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
