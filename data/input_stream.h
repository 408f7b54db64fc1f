// SPDX-License-Identifier: Apache-2.0
// Bytes of an input file, read in chunks: readers see a window that holds at least one record.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "support/error.h"

namespace featc {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Up to `size` bytes; 0 at the end. Negative when reading failed, with the reason in `error`.
  [[nodiscard]] virtual int64_t read(char* to, size_t size, std::string& error) = 0;
  // Leaves out the next `bytes`. False where there are fewer, or reading failed.
  [[nodiscard]] virtual bool skip(uint64_t bytes, std::string& error);
  // What was read otherwise than it stands there, in words; empty: nothing.
  virtual std::string remark() const { return {}; }
};

// `-` is stdin. Fails with NoFile; the message is the reason alone, without the path.
Expected<std::unique_ptr<ByteSource>> openFile(const std::string& path);
// A regular file only; it waits for nobody, whatever lies at `path`.
Expected<std::unique_ptr<ByteSource>> openRegularFile(const std::string& path);
// Deprecated, until the release after 0.1. Null where it cannot be opened, with the reason in `error`.
[[deprecated("use openFile(path)")]] std::unique_ptr<ByteSource> openFile(const std::string& path, std::string& error);
// Hands out at most `chunk` bytes at a time. `text` must outlive the source.
std::unique_ptr<ByteSource> memorySource(std::string_view text, size_t chunk = SIZE_MAX);

// A window on a source that grows at its end and is consumed at its beginning. 64 bytes behind the
// window may be read.
class InputWindow {
 public:
  explicit InputWindow(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  std::string_view text() const { return {memory_.get() + begin_, end_ - begin_}; }
  // Reads more; what was seen before may move. False at the end or on failure.
  bool grow();
  void consume(size_t bytes) {
    begin_ += bytes;
    consumed_ += bytes;
  }
  // Bytes consumed since the source began.
  uint64_t position() const { return consumed_; }
  // Goes on there, which must not be behind. False where the source ends before.
  [[nodiscard]] bool seek(uint64_t position);
  bool atEnd() const { return ended_; }
  // Why reading failed; empty: it did not.
  const std::string& error() const { return error_; }
  std::string remark() const { return source_->remark(); }

 private:
  static constexpr size_t kChunk = size_t{1} << 18U;
  static constexpr size_t kPadding = 64;

  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<char[]> memory_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t consumed_ = 0;
  bool ended_ = false;
  std::string error_;
};

// Takes an UTF-8 byte order mark off the start of the file, if there is one.
void skipByteOrderMark(InputWindow& window);

}  // namespace featc
