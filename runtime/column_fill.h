// SPDX-License-Identifier: Apache-2.0
// Appends many values to a column at once. What a value needs is in registers, so nothing else may happen to the column
// until finish().
#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/column_buffer.h"

namespace featc {

// Which of the appended values are there.
class ValidityFill {
 public:
  // `bits` has the rows before `row`, and room for those to come.
  ValidityFill(uint8_t* bits, size_t row)
      : bits_(bits), row_(row), first_(row), byte_((row & 7U) == 0 ? 0U : bits[row / 8] & ((1U << (row & 7U)) - 1U)) {}

  void put(bool present) {
    byte_ |= static_cast<unsigned>(present) << (row_ & 7U);
    all_ = all_ && present;
    if ((++row_ & 7U) != 0) return;
    bits_[row_ / 8 - 1] = static_cast<uint8_t>(byte_);
    byte_ = 0;
  }
  size_t row() const { return row_; }
  // Writes what is left; the first row that is missing, or `none`.
  size_t finish(size_t none) const {
    if ((row_ & 7U) != 0) bits_[row_ / 8] = static_cast<uint8_t>(byte_);
    size_t row = all_ ? row_ : first_;
    while (row < row_ && bitAt(bits_, row)) ++row;
    return row == row_ ? none : row;
  }

 private:
  uint8_t* bits_;
  size_t row_;
  size_t first_;
  unsigned byte_;
  bool all_ = true;
};

// Of a column of int64 or float64.
class NumberFill {
 public:
  // At most `rows` values come.
  NumberFill(ColumnBuffer& column, size_t rows)
      : column_(column), numbers_(column.numbers_.room(rows)), valid_(validityOf(column, rows), column.size_) {}

  void put(uint64_t bits, bool present) {
    *numbers_++ = bits;
    valid_.put(present);
  }
  void finish() { take(column_, valid_); }

 private:
  friend class TextFill;

  static uint8_t* validityOf(ColumnBuffer& column, size_t rows) {
    column.valid_.room(rows / 8 + 1);
    return column.valid_.data();
  }
  static void take(ColumnBuffer& column, const ValidityFill& valid) {
    const size_t missing = valid.finish(ColumnBuffer::kNone);
    if (column.firstMissing_ == ColumnBuffer::kNone) column.firstMissing_ = missing;
    column.numbers_.takeIn(valid.row() - column.size_);
    column.size_ = valid.row();
    column.valid_.truncate((column.size_ + 7) / 8);
  }

  ColumnBuffer& column_;
  uint64_t* numbers_;
  ValidityFill valid_;
};

// Of a column of texts.
class TextFill {
 public:
  // A text up to so long is copied as if it had that length, where so many bytes may be read.
  static constexpr size_t kShort = 16;

  // At most `rows` texts of at most `bytes` bytes together come.
  TextFill(ColumnBuffer& column, size_t rows, size_t bytes)
      : column_(column),
        begin_(column.bytes_.room(bytes + kShort)),
        end_(begin_),
        offsets_(column.numbers_.room(rows)),
        before_(column.bytes_.size()),
        valid_(NumberFill::validityOf(column, rows), column.size_) {}

  // `readable`: how many bytes from the text's start on may be read.
  void put(const char* text, size_t size, size_t readable, bool present) {
    if (size <= kShort && readable >= kShort)
      std::memcpy(end_, text, kShort);
    else if (size != 0)
      std::memcpy(end_, text, size);
    end_ += size;
    *offsets_++ = before_ + static_cast<size_t>(end_ - begin_);
    valid_.put(present);
  }
  void finish() {
    column_.bytes_.takeIn(static_cast<size_t>(end_ - begin_));
    NumberFill::take(column_, valid_);
  }

 private:
  ColumnBuffer& column_;
  uint8_t* begin_;
  uint8_t* end_;
  uint64_t* offsets_;
  size_t before_;
  ValidityFill valid_;
};

}  // namespace featc
