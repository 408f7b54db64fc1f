// SPDX-License-Identifier: Apache-2.0
// How much memory columns take, and steps through a caller's: what both halves of the binder share.
#pragma once

#include <cstdint>

#include "runtime/bind.h"
#include "values/cell.h"

namespace featc {

// Past the last group of rows, so that vectors wider than a group may be loaded there too.
inline constexpr int64_t kSlackBytes = 64;

inline size_t bitmapBytes(int64_t rows) {
  constexpr int64_t kWord = sizeof(uint64_t);
  return static_cast<size_t>((roundUpToGroup(rows) / 8 + kSlackBytes + kWord - 1) / kWord * kWord);
}
inline size_t cellBytes(Type type, int64_t rows) {
  if (type.is(Kind::Bool)) return bitmapBytes(rows);
  return static_cast<size_t>(roundUpToGroup(rows) * cellSize(type) + kSlackBytes);
}

// Of a column with its bitmap, which lies behind the cells.
inline size_t columnBytes(Type type, int64_t rows) {
  return cellBytes(type, rows) + (type.nullable() ? bitmapBytes(rows) : 0);
}

inline const void* skip(const void* data, int64_t elements, uint32_t size) {
  return static_cast<const char*>(data) + elements * int64_t{size};
}
inline bool isAligned(const void* p) { return (reinterpret_cast<uintptr_t>(p) & 7U) == 0; }

}  // namespace featc
