// SPDX-License-Identifier: Apache-2.0
// The rows of a read: which keys each asks for, and how answers get back to them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "runtime/executable.h"
#include "runtime/reads/key_pattern.h"
#include "values/arena.h"

namespace featc {

// Some rows of a read step, with their keys. An *element* is what asks for one key: a row, or of an aligned
// read each element of the row's longest key list.
class KeyRows {
 public:
  // Rows begin .. end-1 of the scope that the step runs in.
  KeyRows(const ReadStep& step, const ProgramLayout& layout, const CallFrame& call, int64_t begin, int64_t end)
      : step_(step), layout_(layout), call_(call), begin_(begin), end_(end) {
    if (step.scope == Scope::Constant) end_ = std::min<int64_t>(end, 1);
  }

  int64_t begin() const { return begin_; }
  int64_t end() const { return end_; }
  // How many elements a row has. None where a key is missing altogether; `present` says so.
  uint64_t length(int64_t row, bool& present) const;
  // Appends key field `field` of element `k` of a row whose keys are all there; false when that one is missing.
  bool append(uint32_t field, int64_t row, uint64_t k, std::string& text) const;

 private:
  bool isList(uint32_t column) const { return layout_.columns[column].type.isList(); }
  uint64_t rowOf(uint32_t column, int64_t row) const;

  const ReadStep& step_;
  const ProgramLayout& layout_;
  const CallFrame& call_;
  int64_t begin_;
  int64_t end_;
};

// Copies what one key's answer holds in one field.
class FieldReader {
 public:
  FieldReader(const ColumnRef& column, Type type) : column_(column), type_(type), size_(cellSize(type)) {}

  bool present(uint32_t index) const { return column_.present(index); }
  uint32_t size() const { return size_; }

  void toRow(uint32_t index, const ColumnRef& out, uint64_t row) const {
    setBit(out.valid, row, true);
    if (type_.is(Kind::Bool))
      setBit(static_cast<uint8_t*>(out.data), row, column_.get<bool>(index));
    else
      copyCell(index, static_cast<char*>(out.data) + row * size_);
  }
  void toElement(uint32_t index, char* out) const {
    bool value = type_.is(Kind::Bool) && column_.get<bool>(index);
    if (type_.is(Kind::Bool))
      std::memcpy(out, &value, sizeof value);
    else
      copyCell(index, out);
  }

 private:
  void copyCell(uint32_t index, char* out) const {
    uint64_t row = column_.uniform ? 0 : index;
    std::memcpy(out, static_cast<const char*>(column_.data) + row * size_, size_);
  }

  ColumnRef column_;
  Type type_;
  uint32_t size_;
};

// Where the answer to one element is: a reader of its field and the key's place there; null: nothing was found.
struct ElementAnswer {
  const FieldReader* reader = nullptr;
  uint32_t index = 0;
};

// Writes one field of the rows, which the caller has made all missing; lists of aligned reads go to `arena`.
// `next()` gives the ElementAnswer of one element after the other. `size` is of the field's cells.
template <class Next>
void scatterField(const KeyRows& rows, bool aligned, uint32_t size, const ColumnRef& out, Arena& arena, Next&& next) {
  for (int64_t row = rows.begin(); row < rows.end(); ++row) {
    bool present = false;
    uint64_t length = rows.length(row, present);
    if (!present) continue;
    auto outRow = static_cast<uint64_t>(row);
    if (!aligned) {
      ElementAnswer answer = next();
      if (answer.reader != nullptr) answer.reader->toRow(answer.index, out, outRow);
      continue;
    }
    auto* cells = static_cast<char*>(arena.allocate(length * size));
    auto* valid = arena.allocate<uint8_t>(length);
    for (uint64_t k = 0; k < length; ++k) {
      ElementAnswer answer = next();
      valid[k] = answer.reader != nullptr ? 1 : 0;
      if (answer.reader != nullptr)
        answer.reader->toElement(answer.index, cells + k * size);
      else
        std::memset(cells + k * size, 0, size);
    }
    // Every list cell starts with the same three words.
    struct {
      const void* data;
      const uint8_t* valid;
      uint64_t size;
    } list{cells, valid, length};
    static_assert(sizeof list == sizeof(List<int64_t>));
    std::memcpy(static_cast<char*>(out.data) + outRow * sizeof list, &list, sizeof list);
    setBit(out.valid, outRow, true);
  }
}

}  // namespace featc
