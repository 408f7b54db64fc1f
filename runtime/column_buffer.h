// SPDX-License-Identifier: Apache-2.0
// One growing column in the layout of Apache Arrow, filled value by value and reused.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>

#include "runtime/batch.h"
#include "runtime/kept_memory.h"
#include "values/cell.h"
#include "values/type.h"

namespace featc {

// Plain values one after another; kPadding zeroed or older bytes behind the last may be read.
template <class T>
class PaddedBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  static constexpr size_t kPadding = 64;

  PaddedBuffer() { reserve(64); }
  const T* data() const { return data_.get(); }
  T* data() { return data_.get(); }
  size_t size() const { return size_; }
  T operator[](size_t i) const { return data_.get()[i]; }
  void push(T value) {
    if (size_ == capacity_) reserve(size_ + 1);
    data_.get()[size_++] = value;
  }
  void append(const T* values, size_t count) {
    if (count > capacity_ - size_) reserve(size_ + count);
    if (count != 0) std::memcpy(data_.get() + size_, values, count * sizeof(T));
    size_ += count;
  }
  void truncate(size_t size) { size_ = size; }
  // Room for so many values behind the last, which are then written there and taken in.
  T* room(size_t count) {
    if (count > capacity_ - size_) reserve(size_ + count);
    return data_.get() + size_;
  }
  void takeIn(size_t count) { size_ += count; }
  size_t bytesUsed() const { return size_ * sizeof(T); }
  size_t bytesHeld() const { return capacity_ * sizeof(T); }

 private:
  struct Free {
    void operator()(T* p) const { std::free(p); }
  };
  void reserve(size_t wanted) {
    size_t capacity = std::max(wanted, capacity_ * 2);
    size_t used = size_ * sizeof(T);
    size_t bytes = capacity * sizeof(T) + kPadding;
    void* grown = std::realloc(data_.get(), bytes);
    if (grown == nullptr) throw std::bad_alloc();
    (void)data_.release();
    data_.reset(static_cast<T*>(grown));
    std::memset(static_cast<char*>(grown) + used, 0, bytes - used);
    capacity_ = capacity;
  }

  std::unique_ptr<T, Free> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

// A column of `type`. Values are appended at the end; a list or a map is made by appending to its
// children and closing it. Whatever stands behind the last whole value goes away by `truncate`.
class ColumnBuffer {
 public:
  explicit ColumnBuffer(Type type);

  Type type() const { return type_; }
  size_t size() const { return size_; }
  bool present(size_t row) const { return bitAt(valid_.data(), row); }

  void appendMissing();
  void appendBool(bool value);
  void appendInt64(int64_t value) { appendNumber(static_cast<uint64_t>(value)); }
  void appendFloat64(double value);
  void appendString(std::string_view value);
  // Of a list: its elements. Of a map: its keys and its values, which must come in equal number.
  ColumnBuffer& elements() { return *children_[0]; }
  ColumnBuffer& keys() { return *children_[0]; }
  ColumnBuffer& values() { return *children_[1]; }
  // Of a list: how many elements came since the last value, and how many `row` has.
  size_t openElements() const { return children_[0]->size() - numbers_[size_]; }
  size_t lengthOf(size_t row) const { return numbers_[row + 1] - numbers_[row]; }
  // Makes one value of all that the children got since the last one.
  void closeNested();

  // Keeps the first `rows` values and drops the rest, with what the children got for them.
  void truncate(size_t rows);
  // The same with no row, and gives back memory that batches do not usually need.
  void clear();
  // The column as a call reads it; valid until the next change.
  const ColumnData& view();

 private:
  friend class NumberFill;
  friend class TextFill;

  static constexpr size_t kNone = SIZE_MAX;
  // There are many columns.
  static constexpr size_t kKeptBytes = size_t{16} << 10U;

  void appendNumber(uint64_t bits) {
    appendValidity(true);
    numbers_.push(bits);
  }
  void appendValidity(bool present) {
    if ((size_ & 7U) == 0) valid_.push(0);
    setBit(valid_.data(), size_, present);
    if (!present && firstMissing_ == kNone) firstMissing_ = size_;
    ++size_;
  }

  Type type_;
  size_t size_ = 0;
  size_t firstMissing_ = kNone;
  PaddedBuffer<uint8_t> valid_;
  PaddedBuffer<uint64_t> numbers_;  // int64, float64: bits; string, list, map: offsets
  PaddedBuffer<uint8_t> bytes_;     // string: text; bool: bitmap
  std::unique_ptr<ColumnBuffer> children_[2];
  ColumnData view_;
  KeptMemory kept_{kKeptBytes};
};

}  // namespace featc
