// SPDX-License-Identifier: Apache-2.0
// Text files as UTF-8, whatever they are written in.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "data/input_stream.h"

namespace featc {

// A source whose first bytes are known before they are read.
class PeekedSource final : public ByteSource {
 public:
  explicit PeekedSource(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  // The first bytes: as many as asked for, fewer where there are no more or a line ends: who writes it may wait for an
  // answer.
  std::string_view peek(size_t bytes);

  int64_t read(char* to, size_t size, std::string& error) override;
  bool skip(uint64_t bytes, std::string& error) override;
  std::string remark() const override { return source_->remark(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::string peeked_;
  size_t handedOut_ = 0;  // of peeked_
  int64_t end_ = 1;       // what the last read of peek() gave
  std::string error_;
};

// UTF-16, which its byte order mark tells, as UTF-8; all else as it is. Fails with NoFile for what is plainly not text:
// archives, binary formats, UTF-32, UTF-16 without a mark.
Expected<std::unique_ptr<ByteSource>> asUtf8(std::unique_ptr<ByteSource> source);

}  // namespace featc
