// SPDX-License-Identifier: Apache-2.0
// Columns of lists whose elements lie one behind the other.
#include "ops/flat_lists.h"

namespace featc {

namespace {

// From cells, into `starts`: nothing is known where a gap or a missing element is between them.
FlatLists fromCells(const ColumnRef& lists, uint32_t width, uint32_t n, uint32_t* starts) {
  // Whatever the element's type, a cell has the same three words.
  const auto* cells = static_cast<const List<int64_t>*>(lists.data);
  static constexpr int64_t kNone = 0;
  const char* first = nullptr;
  uint32_t total = 0;
  starts[0] = 0;
  for (uint32_t row = 0; row < n; ++row) {
    const List<int64_t>& list = cells[row];
    if (list.size != 0 && lists.present(row)) {
      const char* data = reinterpret_cast<const char*>(list.data);
      if (first == nullptr) first = data;
      if (list.valid != nullptr || list.size > kMaxElements || data != first + uint64_t{total} * width) return {};
      total += static_cast<uint32_t>(list.size);
    }
    starts[row + 1] = total;
  }
  return {.elements = first == nullptr ? static_cast<const void*>(&kNone) : first, .starts = starts};
}

// The cells of lists' elements that are strings.
void writeElements(FlatLists& flat, uint32_t n) {
  if (flat.texts == nullptr) return;
  auto* cells = static_cast<Str*>(const_cast<void*>(flat.elements));  // NOLINT: its room is there to be written
  const uint32_t total = flat.total(n);
  for (uint32_t i = 0; i < total; ++i) cells[i] = flat.text(i);
  flat.texts = nullptr;
}

}  // namespace

bool isFlat(Context& context, const ColumnRef& lists, Type element, uint32_t n, FlatLists& out, bool texts) {
  if (lists.uniform) return false;
  if (lists.flat != nullptr && *lists.flat) {
    if (!texts) writeElements(*lists.flat, n);
    out = *lists.flat;
    return true;
  }
  Arena::Mark before = context.arena->mark();
  auto* starts = context.arena->allocate<uint32_t>(n + 1);
  if (starts == nullptr) return false;
  out = fromCells(lists, cellSize(element), n, starts);
  if (!out) {
    context.arena->rewind(before);
    return false;
  }
  if (lists.flat != nullptr) *lists.flat = out;
  return true;
}

void writeCells(const ColumnRef& column, Type type, uint32_t n) {
  FlatLists& flat = *column.flat;
  if (flat.hasCells) return;
  flat.hasCells = true;
  if (!type.isList()) {
    auto* cells = static_cast<Str*>(column.data);
    for (uint32_t row = 0; row < n; ++row) cells[row] = column.present(row) ? flat.text(row) : Str{};
    return;
  }
  writeElements(flat, n);
  auto* cells = static_cast<List<char>*>(column.data);
  const uint32_t width = cellSize(type.element());
  const char* data = static_cast<const char*>(flat.elements);
  for (uint32_t row = 0; row < n; ++row) {
    uint64_t size = flat.sizeOf(row);
    cells[row] = {size == 0 ? nullptr : data, nullptr, size};
    data += size * width;
  }
}

}  // namespace featc
