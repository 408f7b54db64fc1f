// SPDX-License-Identifier: Apache-2.0
// Bump allocation for the strings and lists that operators make; reused from call to call.
#include "ops/arena.h"

#include <algorithm>

namespace featc {

namespace {
constexpr size_t kFirstBlock = size_t{64} << 10U;
}

void* Arena::allocateSlow(size_t bytes) {
  // A later block that an earlier call left behind may fit.
  while (current_ + 1 < blocks_.size()) {
    ++current_;
    next_ = blocks_[current_].memory.get();
    end_ = next_ + blocks_[current_].size;
    if (bytes <= blocks_[current_].size) {
      void* p = next_;
      next_ += bytes;
      return p;
    }
  }
  if (bytes > limit_ || reserved_ > limit_ - bytes) {
    exhausted_ = true;
    return nullptr;
  }
  size_t size = std::max({bytes, kFirstBlock, std::min(reserved_, limit_ - reserved_)});
  size = std::min(size, limit_ - reserved_);
  blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
  reserved_ += size;
  current_ = blocks_.size() - 1;
  next_ = blocks_[current_].memory.get() + bytes;
  end_ = blocks_[current_].memory.get() + size;
  return blocks_[current_].memory.get();
}

void Arena::rewind(const Mark& mark) {
  // A mark of the time before the first block stands for the start.
  if (mark.next == nullptr) return rewindToStart();
  current_ = mark.block;
  next_ = mark.next;
  end_ = mark.end;
}

void Arena::reset() {
  exhausted_ = false;
  rewindToStart();
}

void Arena::rewindToStart() {
  current_ = 0;
  next_ = blocks_.empty() ? nullptr : blocks_[0].memory.get();
  end_ = blocks_.empty() ? nullptr : next_ + blocks_[0].size;
}

}  // namespace featc
