// SPDX-License-Identifier: Apache-2.0
// A string of unknown length, put together piece by piece in the arena.
#pragma once

#include <algorithm>
#include <string_view>

#include "ops/kernel.h"

namespace featc {

class TextBuilder {
 public:
  TextBuilder(Context& context, uint64_t expectedBytes) : context_(context) { grow(expectedBytes); }

  // False where the row has failed: too long, or no memory.
  bool append(std::string_view piece) {
    if (!reserve(piece.size())) return false;
    std::copy_n(piece.data(), piece.size(), bytes_ + size_);
    size_ += piece.size();
    return true;
  }
  // How many bytes fit without new storage.
  uint64_t room() const { return capacity_ - size_; }
  bool reserve(uint64_t bytes) { return bytes <= room() || grow(size_ + bytes); }
  Str text() const { return failed_ ? Str{} : Str{bytes_, size_}; }

 private:
  bool grow(uint64_t needed) {
    uint64_t capacity = std::max(needed, std::min(2 * capacity_, kMaxStringBytes));
    char* bytes = failed_ ? nullptr : context_.newString(capacity);
    if (bytes == nullptr) {
      failed_ = true;
      capacity_ = size_ = 0;
      return false;
    }
    std::copy_n(bytes_, size_, bytes);
    bytes_ = bytes;
    capacity_ = capacity;
    return true;
  }

  Context& context_;
  char* bytes_ = nullptr;
  uint64_t size_ = 0;
  uint64_t capacity_ = 0;
  bool failed_ = false;
};

}  // namespace featc
