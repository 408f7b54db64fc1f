// SPDX-License-Identifier: Apache-2.0
// Bump allocation for the strings and lists that operators make; reused from call to call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "support/memory_budget.h"

namespace featc {

// Memory is freed all at once by reset(), which keeps the blocks: a warm call allocates nothing.
// Past `limit` bytes allocate() returns null, and whoever asks first learns it from takeExhausted(). So it does where
// a share has no more, unless there is no limit: then it throws std::bad_alloc.
class Arena {
 public:
  static constexpr size_t kDefaultLimit = size_t{256} << 20U;
  static constexpr size_t kAlignment = alignof(void*);

  // Blocks are of the share, where there is one, which must stay as long as the arena is used.
  explicit Arena(size_t limit = kDefaultLimit, MemoryShare* share = nullptr) : limit_(limit), share_(share) {}

  // `bytes` of storage aligned to kAlignment, or null when the limit is reached. No more than that, so that lists that
  // one kernel makes lie one behind the other: loops over all their elements count on it.
  void* allocate(size_t bytes) {
    // Null means failure, so nothing takes room too.
    bytes = bytes == 0 ? kAlignment : (bytes + kAlignment - 1) & ~(kAlignment - 1);
    if (bytes <= static_cast<size_t>(end_ - next_)) {
      void* p = next_;
      next_ += bytes;
      return p;
    }
    return allocateSlow(bytes);
  }
  template <class T>
  T* allocate(size_t count) {
    if (count > limit_ / sizeof(T)) return static_cast<T*>(fail());
    return static_cast<T*>(allocate(count * sizeof(T)));
  }
  // Whether an allocation failed since the last call of this, or since reset(); freeing memory forgets no failure.
  bool takeExhausted() { return std::exchange(exhausted_, false); }
  // How far it is filled; rewind() frees what was allocated since, and keeps the blocks.
  struct Mark {
    char* next = nullptr;
    char* end = nullptr;
    size_t block = 0;
    size_t gaps = 0;
  };
  Mark mark() const { return {next_, end_, current_, gaps_}; }
  void rewind(const Mark& mark);
  void reset();
  // How many bytes were allocated since a mark, whatever blocks they lie in.
  size_t bytesSince(const Mark& mark) const;
  // Of the blocks that were used since reset().
  size_t bytesUsed() const;
  size_t bytesReserved() const { return reserved_; }
  // After reset(): frees blocks, but for the first, until there are at most so many bytes.
  void shrink(size_t bytes);

 private:
  struct Block {
    std::unique_ptr<char[]> memory;
    size_t size;
  };
  void* allocateSlow(size_t bytes);
  bool addBlock(size_t size);
  size_t bytesAt(const Mark& mark) const;
  void* fail();
  void rewindToStart();

  char* next_ = nullptr;
  char* end_ = nullptr;
  size_t limit_;
  size_t reserved_ = 0;
  size_t current_ = 0;
  size_t highest_ = 0;  // the last block used since reset()
  size_t gaps_ = 0;     // bytes left free at the ends of blocks before the current one
  std::vector<Block> blocks_;
  bool exhausted_ = false;
  MemoryShare* share_;
};

}  // namespace featc
