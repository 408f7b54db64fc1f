// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace featc {

namespace {

constexpr size_t kBufferBytes = size_t{1} << 20U;
constexpr std::string_view kPartSuffix = ".part";

Error failure(std::string_view what, const std::string& path, int why) {
  return {fmt::format("cannot {} {}: {}", what, path, std::strerror(why)),
          why == ENOENT ? ErrorCode::NoFile : ErrorCode::Failed, path};
}

std::string folderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, std::max<size_t>(slash, 1));
}

// A name is on the disk once its folder is.
void syncFolder(const std::string& path) {
  const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  fsync(folder);
  close(folder);
}

// An errno; 0: it was created.
int newFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0777) != 0) return errno;
  syncFolder(folderOf(path));
  return 0;
}

}  // namespace

Expected<std::unique_ptr<NewFile>> NewFile::create(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  std::string partial;
  int handle = -1;
  for (int attempt = 0; handle < 0; ++attempt) {
    partial = fmt::format("{}/.{}.{}-{}{}", folderOf(path), name, getpid(), attempt, kPartSuffix);
    handle = open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (handle < 0 && errno != EEXIST) return failure("write", path, errno);
  }
  std::FILE* file = fdopen(handle, "wb");
  if (file == nullptr) {
    const int why = errno;
    close(handle);
    unlink(partial.c_str());
    return failure("write", path, why);
  }
  std::setvbuf(file, nullptr, _IOFBF, kBufferBytes);
  return std::unique_ptr<NewFile>(new NewFile(path, std::move(partial), file));
}

NewFile::~NewFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  unlink(partial_.c_str());
}

void NewFile::write(std::span<const std::byte> bytes) {
  size_ += bytes.size();
  if (error_ == 0 && std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) error_ = errno;
}

void NewFile::overwrite(uint64_t at, std::span<const std::byte> bytes) {
  if (error_ == 0 && std::fflush(file_) != 0) error_ = errno;
  while (error_ == 0 && !bytes.empty()) {
    const ssize_t put = pwrite(fileno(file_), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (put < 0 && errno != EINTR) error_ = errno;
    if (put < 0) continue;
    at += static_cast<uint64_t>(put);
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
}

void NewFile::zeros(uint64_t count) {
  static constexpr std::byte kZeros[4096] = {};
  while (count > 0) {
    const size_t some = std::min<uint64_t>(count, sizeof kZeros);
    write(std::span(kZeros, some));
    count -= some;
  }
}

Error NewFile::finish() {
  if (error_ == 0 && (std::fflush(file_) != 0 || fsync(fileno(file_)) != 0)) error_ = errno;
  if (std::fclose(std::exchange(file_, nullptr)) != 0 && error_ == 0) error_ = errno;
  if (error_ == 0 && std::rename(partial_.c_str(), path_.c_str()) != 0) error_ = errno;
  if (error_ != 0) {
    unlink(partial_.c_str());
    return failure("write", path_, error_);
  }
  syncFolder(folderOf(path_));
  return {};
}

bool isUnfinishedFile(std::string_view name) { return name.starts_with('.') && name.ends_with(kPartSuffix); }

Error makeFolder(const std::string& path) {
  int why = newFolder(path);
  if (why == ENOENT && path.find('/') != std::string::npos) {
    if (Error failed = makeFolder(folderOf(path))) return failed;
    why = newFolder(path);
  }
  if (why == 0) return {};
  struct stat status{};
  if (why == EEXIST && stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return failure("create the folder", path, why);
}

Expected<std::string> readSmallFile(const std::string& path, uint64_t most) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return failure("read", path, errno);
  struct stat status{};
  int why = fstat(file, &status) != 0 ? errno : 0;
  if (why == 0 && !S_ISREG(status.st_mode)) why = EISDIR;
  const auto size = static_cast<uint64_t>(status.st_size);
  if (why == 0 && size > most) why = EFBIG;
  std::string out;
  if (why == 0) out.resize(size);
  size_t at = 0;
  while (why == 0 && at < out.size()) {
    const ssize_t got = read(file, out.data() + at, out.size() - at);
    if (got < 0 && errno != EINTR) why = errno;
    if (got == 0) break;
    if (got > 0) at += static_cast<size_t>(got);
  }
  close(file);
  if (why != 0) return failure("read", path, why);
  out.resize(at);
  return out;
}

}  // namespace featc
