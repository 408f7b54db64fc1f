// SPDX-License-Identifier: Apache-2.0
// Files and memory as byte sources, and the window on them.
#include "data/input_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace featc {
namespace {

std::string systemError() { return std::generic_category().message(errno); }

class FileSource : public ByteSource {
 public:
  FileSource(int file, bool owned) : file_(file), owned_(owned) {}
  ~FileSource() override {
    if (owned_) close(file_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  int64_t read(char* to, size_t size, std::string& error) override {
    for (;;) {
      ssize_t n = ::read(file_, to, size);
      if (n >= 0) return n;
      if (errno == EINTR) continue;
      error = systemError();
      return -1;
    }
  }
  bool skip(uint64_t bytes, std::string& error) override {
    struct stat status;
    off_t at = fstat(file_, &status) == 0 && S_ISREG(status.st_mode) ? lseek(file_, 0, SEEK_CUR) : -1;
    if (at < 0) return ByteSource::skip(bytes, error);
    return bytes <= static_cast<uint64_t>(status.st_size - at) &&
           lseek(file_, static_cast<off_t>(bytes), SEEK_CUR) >= 0;
  }

 private:
  int file_;
  bool owned_;
};

class MemorySource : public ByteSource {
 public:
  MemorySource(std::string_view text, size_t chunk) : text_(text), chunk_(chunk) {}
  int64_t read(char* to, size_t size, std::string&) override {
    size_t n = std::min({size, chunk_, text_.size()});
    std::copy_n(text_.data(), n, to);
    text_.remove_prefix(n);
    return static_cast<int64_t>(n);
  }

 private:
  std::string_view text_;
  size_t chunk_;
};

// One that is not waited for must be a regular file.
Expected<std::unique_ptr<ByteSource>> open(const std::string& path, int flags) {
  auto failed = [&](std::string why) { return Error(std::move(why), ErrorCode::NoFile, path); };
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
  if (file < 0) return failed(systemError());
  std::unique_ptr<ByteSource> source = std::make_unique<FileSource>(file, true);
  struct stat status{};
  if (fstat(file, &status) != 0) return failed(systemError());
  if (S_ISDIR(status.st_mode)) return failed("it is a folder");
  if ((flags & O_NONBLOCK) != 0 && !S_ISREG(status.st_mode)) return failed("it is not a regular file");
  return source;
}

}  // namespace

bool ByteSource::skip(uint64_t bytes, std::string& error) {
  char dropped[4096];
  while (bytes > 0) {
    int64_t n = read(dropped, std::min<uint64_t>(bytes, sizeof dropped), error);
    if (n <= 0) return false;
    bytes -= static_cast<uint64_t>(n);
  }
  return true;
}

Expected<std::unique_ptr<ByteSource>> openFile(const std::string& path) {
  if (path == "-") return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(STDIN_FILENO, false));
  return open(path, 0);
}

Expected<std::unique_ptr<ByteSource>> openRegularFile(const std::string& path) {
  // Without O_NONBLOCK opening a pipe waits for a writer.
  return open(path, O_NONBLOCK | O_NOCTTY);
}

std::unique_ptr<ByteSource> openFile(const std::string& path, std::string& error) {
  Expected<std::unique_ptr<ByteSource>> source = openFile(path);
  if (source) return *std::move(source);
  error = source.error().message;
  return nullptr;
}

std::unique_ptr<ByteSource> memorySource(std::string_view text, size_t chunk) {
  return std::make_unique<MemorySource>(text, chunk);
}

bool InputWindow::grow() {
  if (ended_) return false;
  size_t used = end_ - begin_;
  // Move to the front before there is no room for a chunk; double when most of it is in use.
  if (capacity_ - end_ < kChunk) {
    size_t capacity = used + kChunk > capacity_ / 2 ? std::max(capacity_ * 2, used + kChunk) : capacity_;
    if (capacity != capacity_) {
      auto memory = std::make_unique<char[]>(capacity + kPadding);
      if (used != 0) std::memcpy(memory.get(), memory_.get() + begin_, used);
      memory_ = std::move(memory);
      capacity_ = capacity;
    } else {
      std::memmove(memory_.get(), memory_.get() + begin_, used);
    }
    begin_ = 0;
    end_ = used;
  }
  int64_t n = source_->read(memory_.get() + end_, capacity_ - end_, error_);
  if (n <= 0) {
    ended_ = true;
    return false;
  }
  end_ += static_cast<size_t>(n);
  return true;
}

bool InputWindow::seek(uint64_t position) {
  if (position < consumed_) return false;
  size_t here = std::min<uint64_t>(position - consumed_, end_ - begin_);
  consume(here);
  if (position == consumed_) return true;
  if (!source_->skip(position - consumed_, error_)) return false;
  consumed_ = position;
  return true;
}

void skipByteOrderMark(InputWindow& window) {
  while (window.text().size() < 3 && window.grow()) {
  }
  if (window.text().starts_with("\xEF\xBB\xBF")) window.consume(3);
}

}  // namespace featc
