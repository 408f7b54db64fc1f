// SPDX-License-Identifier: Apache-2.0
// How much memory a holder keeps between calls: what calls need again and again, not what one of them needed once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace featc {

// Remembers the two largest needs of late. A need counts as usual when it came twice; both fade, so that what has not
// been needed for a dozen calls goes back. What is usual is kept, so that warm calls ask for no memory.
class KeptMemory {
 public:
  // Less than this is not worth giving back.
  static constexpr size_t kAlways = size_t{256} << 10U;

  // `fade`: a need is half as large after about 0.7 `fade` others.
  explicit KeptMemory(size_t always = kAlways, size_t fade = kFade) : always_(always), fade_(fade) {}

  // A call needed so many bytes: how many may be kept.
  size_t keep(size_t bytes) {
    if (bytes > largest_) {
      again_ = largest_;
      largest_ = bytes;
    } else {
      again_ = std::max(again_, bytes);
    }
    size_t kept = std::max(always_, 2 * again_);
    largest_ -= largest_ / fade_;
    again_ -= again_ / fade_;
    return kept;
  }

 private:
  static constexpr size_t kFade = 16;

  size_t always_;
  size_t fade_;
  size_t largest_ = 0;
  size_t again_ = 0;
};

// The same for a number of things that may be needed at once.
class KeptCount {
 public:
  // `usual`: how many of late.
  explicit KeptCount(size_t usual) : memory_(kUnit, kCalls) {
    keep(usual);
    keep(usual);
  }
  size_t keep(size_t needed) { return memory_.keep(needed * kUnit) / kUnit; }

 private:
  static constexpr size_t kUnit = 1024;  // so that small numbers fade too
  static constexpr size_t kCalls = 256;

  KeptMemory memory_;
};

// Frees the vector's memory where it has room for more than `bytes`.
template <class T>
void freeAbove(std::vector<T>& vector, size_t bytes) {
  if (vector.capacity() * sizeof(T) > bytes) std::vector<T>().swap(vector);
}

template <class T>
size_t bytesOf(const std::vector<T>& vector) {
  return vector.capacity() * sizeof(T);
}

}  // namespace featc
