// SPDX-License-Identifier: Apache-2.0
// The rows of a read: which keys each asks for, and how answers get back to them.
#include "runtime/reads/key_rows.h"

#include <algorithm>

namespace featc {

uint64_t KeyRows::rowOf(uint32_t column, int64_t row) const {
  Scope scope = layout_.columns[column].scope;
  if (scope == Scope::Constant) return 0;
  if (scope == Scope::Request && step_.scope == Scope::Item) return static_cast<uint64_t>(call_.requestOfItem[row]);
  return static_cast<uint64_t>(row);
}

uint64_t KeyRows::length(int64_t row, bool& present) const {
  uint64_t length = step_.aligned ? 0 : 1;
  present = true;
  for (uint32_t index : step_.keyColumns) {
    uint64_t r = rowOf(index, row);
    if (!call_.columns[index].present(r)) {
      present = false;
      return 0;
    }
    // Every list cell starts with the same three words.
    if (isList(index)) length = std::max(length, call_.columns[index].get<List<int64_t>>(r).size);
  }
  return length;
}

bool KeyRows::append(uint32_t field, int64_t row, uint64_t k, std::string& text) const {
  uint32_t index = step_.keyColumns[field];
  const ColumnRef& column = call_.columns[index];
  uint64_t r = rowOf(index, row);
  Type type = layout_.columns[index].type;
  return withScalarCell(isList(index) ? type.element() : type, [&]<class T>() {
    if (!isList(index)) return appendKeyPart(text, column.get<T>(r));
    auto list = column.get<List<T>>(r);
    return k < list.size && list.present(k) && appendKeyPart(text, list.data[k]);
  });
}

}  // namespace featc
