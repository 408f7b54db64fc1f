// SPDX-License-Identifier: Apache-2.0
// Memory for columns that engines own: constants for a program's life, block columns for a thread's.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "values/cell.h"

namespace featc {

// The part of a column that starts at row `begin`, a multiple of 8. A uniform column stays as it is.
inline ColumnRef columnAt(ColumnRef column, Type type, int64_t begin) {
  if (column.uniform) return column;
  auto offset = static_cast<uint64_t>(begin);
  uint64_t bytes = type.is(Kind::Bool) ? offset / 8 : offset * cellSize(type);
  column.data = static_cast<char*>(column.data) + bytes;
  if (column.valid != nullptr) column.valid += offset / 8;
  return column;
}

// Zeroed storage for one column of `rows` rows, whole groups of eight, each group of numbers in a
// cache line of its own.
class ColumnStorage {
 public:
  ColumnStorage() = default;
  ColumnStorage(Type type, uint32_t rows) : type_(type) {
    uint64_t groups = (uint64_t{rows} + 7) / 8;
    dataWords_ = type.is(Kind::Bool) ? (groups + 7) / 8 : groups * cellSize(type);
    // Bitmaps get a word of slack, so that eight groups may be read at once.
    uint64_t words = dataWords_ + (groups + 7) / 8 + 2;
    words_.reset(static_cast<uint64_t*>(::operator new[](words * sizeof(uint64_t), kLine)));
    std::memset(words_.get(), 0, words * sizeof(uint64_t));
  }
  // With a validity bitmap where the type may be missing.
  ColumnRef column(bool nullable) const {
    return {words_.get(), nullable ? reinterpret_cast<uint8_t*>(words_.get() + dataWords_ + 1) : nullptr, false};
  }
  ColumnRef column() const { return column(type_.nullable()); }

 private:
  static constexpr std::align_val_t kLine{64};
  struct Free {
    void operator()(uint64_t* words) const { ::operator delete[](words, kLine); }
  };

  Type type_;
  uint64_t dataWords_ = 0;
  std::unique_ptr<uint64_t[], Free> words_;
};

}  // namespace featc
