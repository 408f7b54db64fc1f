// SPDX-License-Identifier: Apache-2.0
// Bump allocation for the strings and lists that operators make; reused from call to call.
#include "values/arena.h"

#include <algorithm>
#include <new>

namespace featc {

namespace {
constexpr size_t kFirstBlock = size_t{64} << 10U;
}

void* Arena::allocateSlow(size_t bytes) {
  // A later block that an earlier call left behind may fit.
  while (current_ + 1 < blocks_.size()) {
    gaps_ += static_cast<size_t>(end_ - next_);
    ++current_;
    highest_ = std::max(highest_, current_);
    next_ = blocks_[current_].memory.get();
    end_ = next_ + blocks_[current_].size;
    if (bytes <= blocks_[current_].size) {
      void* p = next_;
      next_ += bytes;
      return p;
    }
  }
  if (bytes > limit_ || reserved_ > limit_ - bytes) return fail();
  size_t size = std::max({bytes, kFirstBlock, std::min(reserved_, limit_ - reserved_)});
  size_t gap = static_cast<size_t>(end_ - next_);
  if (!addBlock(std::min(size, limit_ - reserved_))) return fail();
  gaps_ += gap;
  current_ = blocks_.size() - 1;
  highest_ = std::max(highest_, current_);
  next_ = blocks_[current_].memory.get() + bytes;
  end_ = blocks_[current_].memory.get() + blocks_[current_].size;
  return blocks_[current_].memory.get();
}

// Where a call has a share it is told of a lack of memory by that, between two blocks of rows: kernels go on without.
bool Arena::addBlock(size_t size) {
  if (share_ != nullptr && !share_->take(size)) return false;
  try {
    if (blocks_.size() == blocks_.capacity()) blocks_.reserve(std::max<size_t>(8, 2 * blocks_.size()));
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
  } catch (const std::bad_alloc&) {
    if (share_ == nullptr) throw;
    share_->give(size);
    share_->refuse();
    return false;
  }
  reserved_ += size;
  return true;
}

void* Arena::fail() {
  if (limit_ == SIZE_MAX) throw std::bad_alloc();
  exhausted_ = true;
  return nullptr;
}

size_t Arena::bytesSince(const Mark& mark) const { return bytesAt(this->mark()) - bytesAt(mark); }

size_t Arena::bytesAt(const Mark& mark) const {
  if (mark.next == nullptr) return 0;
  size_t bytes = 0;
  for (size_t block = 0; block < mark.block; ++block) bytes += blocks_[block].size;
  return bytes + static_cast<size_t>(mark.next - blocks_[mark.block].memory.get()) - mark.gaps;
}

size_t Arena::bytesUsed() const {
  size_t bytes = 0;
  for (size_t block = 0; block <= highest_ && block < blocks_.size(); ++block) bytes += blocks_[block].size;
  return bytes;
}

void Arena::shrink(size_t bytes) {
  while (blocks_.size() > 1 && reserved_ > bytes) {
    size_t size = blocks_.back().size;
    blocks_.pop_back();
    reserved_ -= size;
    if (share_ != nullptr) share_->give(size);
  }
}

void Arena::rewind(const Mark& mark) {
  // A mark of the time before the first block stands for the start.
  if (mark.next == nullptr) return rewindToStart();
  current_ = mark.block;
  gaps_ = mark.gaps;
  next_ = mark.next;
  end_ = mark.end;
}

void Arena::reset() {
  exhausted_ = false;
  rewindToStart();
  highest_ = 0;
}

void Arena::rewindToStart() {
  current_ = 0;
  gaps_ = 0;
  next_ = blocks_.empty() ? nullptr : blocks_[0].memory.get();
  end_ = blocks_.empty() ? nullptr : next_ + blocks_[0].size;
}

}  // namespace featc
