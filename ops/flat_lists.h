// SPDX-License-Identifier: Apache-2.0
// Columns of lists whose elements lie one behind the other, and of strings that are read where they lie: what kernels
// over all their elements read and make.
// Native code computes by them where it can; the interpreter never does, so that the two check each other.
#pragma once

#include <algorithm>
#include <bit>

#include "ops/context.h"

namespace featc {

// Fewer rows are not worth looking for more than their cells.
inline constexpr uint32_t kFlatRows = 8;

// Whether more may be known of a column of the type than its cells.
constexpr bool mayBeFlat(Type type) { return type.is(Kind::String) || (type.isList() && type.element().isScalar()); }
// Whether a kernel may take the lists as flat: what is known of them, or what their cells show, which is then known.
// Not of a uniform column. `texts`: elements that are strings may have no cells.
bool isFlat(Context& context, const ColumnRef& lists, Type element, uint32_t n, FlatLists& out, bool texts = false);
// Writes the cells that the column lacks.
void writeCells(const ColumnRef& column, Type type, uint32_t n);
// The same strings, read where they lie.
inline ColumnRef inPlace(ColumnRef strings) {
  strings.data = const_cast<char*>(strings.flat->bytes);  // NOLINT: kernels never write to arguments
  strings.texts = strings.flat->texts;
  return strings;
}

// As many elements; null where there is no memory or the call is to stop. Marks no row: the plain kernel will.
template <class T>
T* newElements(Context& context, uint64_t count) {
  return context.spend(count) ? context.arena->allocate<T>(count) : nullptr;
}

// Rows of `out` are there where those of `from` are.
inline void copyPresence(const ColumnRef& from, const ColumnRef& out, uint32_t n) {
  for (uint32_t i = 0; out.valid != nullptr && i < (n + 7) / 8; ++i) {
    unsigned rows = std::min(8U, n - 8 * i);
    unsigned present = from.valid == nullptr ? 0xFFU : from.valid[i];
    out.valid[i] = static_cast<uint8_t>(present & (0xFFU >> (8 - rows)));
  }
}
inline bool allPresent(const ColumnRef& column, uint32_t n) {
  if (column.valid == nullptr) return true;
  if (column.uniform) return column.present(0);
  bool all = true;
  for (uint32_t i = 0; i < n / 8; ++i) all &= column.valid[i] == 0xFF;
  for (uint32_t i = n / 8 * 8; i < n; ++i) all &= column.present(i);
  return all;
}

}  // namespace featc
