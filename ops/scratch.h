// SPDX-License-Identifier: Apache-2.0
// Working memory of an operator while it computes one row, from the arena and given back after.
#pragma once

#include "ops/kernel.h"

namespace featc {

// What is allocated during its life is free again afterwards; allocate results before.
class RowScratch {
 public:
  explicit RowScratch(Context& context) : context_(context), mark_(context.arena->mark()) {}
  ~RowScratch() { context_.arena->rewind(mark_); }
  RowScratch(const RowScratch&) = delete;
  RowScratch& operator=(const RowScratch&) = delete;

  // Storage for `count` values, or null after marking the row, and when the call is to stop.
  template <class T>
  T* allocate(uint64_t count) {
    if (!context_.spend(count)) return nullptr;
    T* p = context_.arena->allocate<T>(count);
    if (p == nullptr) context_.fail(RowStatus::OutOfMemory);
    return p;
  }

 private:
  Context& context_;
  Arena::Mark mark_;
};

}  // namespace featc
