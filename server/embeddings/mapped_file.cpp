// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace featc {

namespace {

constexpr size_t kHugePage = size_t{1} << 21U;
constexpr size_t kPiece = size_t{1} << 24U;

class Handle {
 public:
  explicit Handle(int handle) : handle_(handle) {}
  ~Handle() {
    if (handle_ >= 0) close(handle_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  int get() const { return handle_; }

 private:
  int handle_;
};

Error cannotRead(const std::string& path, const char* why, ErrorCode code = ErrorCode::NoFile) {
  return {fmt::format("cannot read {}: {}", path, why), code, path};
}

// Anonymous memory at a huge page, of which no more than `size` bytes stay mapped.
std::byte* hugeMemory(size_t size) {
  const size_t room = size + kHugePage;
  void* got = mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (got == MAP_FAILED) return nullptr;
  auto* begin = static_cast<std::byte*>(got);
  const size_t before = (kHugePage - reinterpret_cast<uintptr_t>(begin) % kHugePage) % kHugePage;
  if (before > 0) munmap(begin, before);
  const size_t pages = (size + 4095) / 4096 * 4096;
  if (before + pages < room) munmap(begin + before + pages, room - before - pages);
  madvise(begin + before, pages, MADV_HUGEPAGE);
  return begin + before;
}

Error readAll(int file, const std::string& path, std::span<std::byte> to) {
  for (size_t at = 0; at < to.size();) {
    const ssize_t got = pread(file, to.data() + at, std::min(kPiece, to.size() - at), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannotRead(path, std::strerror(errno));
    if (got == 0) return cannotRead(path, "it became shorter while it was read");
    at += static_cast<size_t>(got);
  }
  return {};
}

}  // namespace

Expected<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path, bool copy,
                                                             const std::function<Error(uint64_t size)>& admit) {
  // Something that is not a file might let us wait for it.
  const Handle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return cannotRead(path, std::strerror(errno));
  struct stat status{};
  if (fstat(file.get(), &status) != 0) return cannotRead(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return cannotRead(path, "it is not a file");
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) return cannotRead(path, "it is empty", ErrorCode::BadModel);
  if (Error refused = admit(size)) return refused;

  void* mapped = copy ? hugeMemory(size) : mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (mapped == nullptr || mapped == MAP_FAILED)
    return cannotRead(path, "there is not enough memory", ErrorCode::NoMemory);
  std::shared_ptr<const MappedFile> out(new MappedFile(static_cast<std::byte*>(mapped), size));
  if (copy) {
    if (Error failed = readAll(file.get(), path, {static_cast<std::byte*>(mapped), size})) return failed;
    mprotect(mapped, size, PROT_READ);
  }
  return out;
}

MappedFile::~MappedFile() { munmap(data_, size_); }

}  // namespace featc
