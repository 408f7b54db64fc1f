// SPDX-License-Identifier: Apache-2.0
// Growing Arrow columns: appending, dropping from the end, and the view that a call reads.
#include "runtime/column_buffer.h"

#include <bit>

namespace featc {

ColumnBuffer::ColumnBuffer(Type type) : type_(type) {
  if (type.isList()) children_[0] = std::make_unique<ColumnBuffer>(type.element());
  if (type.isMap()) {
    children_[0] = std::make_unique<ColumnBuffer>(type.key());
    children_[1] = std::make_unique<ColumnBuffer>(type.value());
  }
  if (type.isList() || type.isMap() || type.is(Kind::String)) numbers_.push(0);
}

void ColumnBuffer::appendMissing() {
  switch (type_.kind()) {
    case Kind::Bool: appendBool(false); break;
    case Kind::String: appendString({}); break;
    case Kind::List:
    case Kind::Map: closeNested(); break;
    default: appendNumber(0); break;
  }
  setBit(valid_.data(), size_ - 1, false);
  if (firstMissing_ == kNone) firstMissing_ = size_ - 1;
}

void ColumnBuffer::appendBool(bool value) {
  if ((size_ & 7U) == 0) bytes_.push(0);
  setBit(bytes_.data(), size_, value);
  appendValidity(true);
}

void ColumnBuffer::appendFloat64(double value) { appendNumber(std::bit_cast<uint64_t>(value)); }

void ColumnBuffer::appendString(std::string_view value) {
  bytes_.append(reinterpret_cast<const uint8_t*>(value.data()), value.size());
  appendNumber(bytes_.size());
}

void ColumnBuffer::closeNested() { appendNumber(children_[0]->size()); }

void ColumnBuffer::truncate(size_t rows) {
  size_ = rows;
  valid_.truncate((rows + 7) / 8);
  if (firstMissing_ != kNone && firstMissing_ >= rows) firstMissing_ = kNone;
  switch (type_.kind()) {
    case Kind::Bool: bytes_.truncate((rows + 7) / 8); break;
    case Kind::String:
      numbers_.truncate(rows + 1);
      bytes_.truncate(numbers_[rows]);
      break;
    case Kind::List:
    case Kind::Map:
      numbers_.truncate(rows + 1);
      for (auto& child : children_)
        if (child) child->truncate(numbers_[rows]);
      break;
    default: numbers_.truncate(rows); break;
  }
}

void ColumnBuffer::clear() {
  size_t kept = kept_.keep(valid_.bytesUsed() + numbers_.bytesUsed() + bytes_.bytesUsed());
  truncate(0);
  if (valid_.bytesHeld() + numbers_.bytesHeld() + bytes_.bytesHeld() > kept) {
    size_t offsets = numbers_.size();
    valid_ = {};
    numbers_ = {};
    bytes_ = {};
    if (offsets > 0) numbers_.push(0);
  }
  for (auto& child : children_)
    if (child) child->clear();
}

const ColumnData& ColumnBuffer::view() {
  view_ = ColumnData{};
  view_.length = static_cast<int64_t>(size_);
  view_.validity = firstMissing_ == kNone ? nullptr : valid_.data();
  view_.padded = true;
  switch (type_.kind()) {
    case Kind::Bool: view_.values = bytes_.data(); break;
    case Kind::Int64:
    case Kind::Float64: view_.values = numbers_.data(); break;
    default:
      view_.offsets = numbers_.data();
      view_.wideOffsets = true;
      if (type_.is(Kind::String)) view_.values = bytes_.data();
      for (int i = 0; i < 2; ++i)
        if (children_[i]) view_.children[i] = &children_[i]->view();
      break;
  }
  return view_;
}

}  // namespace featc
