// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/build/temporary_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace featc {

namespace {

Error failure(const char* what, const std::string& folder, int why) {
  return {fmt::format("cannot {} a temporary file in {}: {}", what, folder, std::strerror(why)), ErrorCode::Failed,
          folder};
}

}  // namespace

Expected<std::unique_ptr<TemporaryFile>> TemporaryFile::create(const std::string& folder) {
  std::string path = folder + "/.featc-XXXXXX";
  const int file = mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) return failure("create", folder, errno);
  unlink(path.c_str());
  return std::unique_ptr<TemporaryFile>(new TemporaryFile(file, folder));
}

TemporaryFile::~TemporaryFile() { close(file_); }

Error TemporaryFile::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failure("write", folder_, errno);
    size_ += static_cast<uint64_t>(put);
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
  return {};
}

Error TemporaryFile::read(uint64_t at, std::span<std::byte> to) const {
  while (!to.empty()) {
    const ssize_t got = pread(file_, to.data(), to.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return failure("read", folder_, got == 0 ? EIO : errno);
    at += static_cast<uint64_t>(got);
    to = to.subspan(static_cast<size_t>(got));
  }
  return {};
}

}  // namespace featc
