// SPDX-License-Identifier: Apache-2.0
// From a batch's Arrow arrays to the call columns that engines read, checking what comes from outside.
#include "runtime/bind.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

#include "runtime/bind_memory.h"

namespace featc {

namespace {

// The bitmap of a column of not too many rows none of which is missing.
constexpr auto kOnes = [] {
  std::array<uint8_t, 8192> ones{};
  ones.fill(0xFF);
  return ones;
}();

uint8_t* newBitmap(Arena& arena, int64_t rows, int fill) {
  size_t bytes = bitmapBytes(rows);
  auto* bits = arena.allocate<uint8_t>(bytes);
  std::memset(bits, fill, bytes);
  return bits;
}

}  // namespace

ColumnRef newColumn(Arena& arena, Type type, int64_t rows) {
  size_t bytes = columnBytes(type, rows);
  auto* memory = arena.allocate<char>(bytes);
  std::memset(memory, 0, bytes);
  ColumnRef column;
  column.data = memory;
  if (type.nullable()) column.valid = reinterpret_cast<uint8_t*>(memory + cellBytes(type, rows));
  return column;
}

bool Binder::fail(const std::string& what) {
  error_ = fmt::format("{}: {}", input_->qualified(), what);
  return false;
}

bool Binder::bind(const InputInfo& input, const ColumnData& column, int64_t rows, RowStatus* status, ColumnRef& out,
                  bool flatSuffices) {
  input_ = &input;
  if (!checkShape(column, rows)) return false;
  const bool someMissing = markMissing(column, rows, status);
  if (column.absent || rows == 0) {
    out = newColumn(arena_, input.type, rows);
    return true;
  }
  if (input.type.is(Kind::Bool)) return bindBools(column, rows, someMissing, out);
  if (input.type.isNumber()) return bindNumbers(column, rows, someMissing, out);
  // Texts that are read where they lie are whatever lies under a missing value, not empty.
  if (someMissing && input.type.is(Kind::String)) flatSuffices = false;
  return bindCells(column, rows, status, out, flatSuffices);
}

bool Binder::check(const InputInfo& input, const ColumnData& column, int64_t rows, RowStatus* status) {
  input_ = &input;
  if (!checkShape(column, rows)) return false;
  markMissing(column, rows, status);
  return true;
}

bool Binder::failShape(const ColumnData& column, int64_t rows) {
  if (column.length != rows) {
    const char* what = input_->scope == Scope::Request ? "requests" : "items";
    return fail(fmt::format("the column has {} rows, but the batch has {} {}", column.length, rows, what));
  }
  return fail("the column's offset is out of range");
}

bool Binder::markMissingRows(const ColumnData& column, int64_t rows, RowStatus* status) {
  bool marked = false;
  for (int64_t i = 0; i < rows; ++i) {
    if (!column.absent && isPresent(column, i)) continue;
    marked = true;
    status[i] = RowStatus::BadInput;
  }
  return marked;
}

// -- Columns of fixed width -------------------------------------------------------------------------

uint8_t* Binder::validity(const ColumnData& column, int64_t rows) {
  // Engines never write to inputs.
  if (column.validity == nullptr && bitmapBytes(rows) <= kOnes.size())
    return const_cast<uint8_t*>(kOnes.data());  // NOLINT
  if (column.validity == nullptr) return newBitmap(arena_, rows, 0xFF);
  if (column.offset % 8 == 0) return const_cast<uint8_t*>(column.validity) + column.offset / 8;  // NOLINT
  return copyBits(column.validity, column.offset, rows);
}

uint8_t* Binder::copyBits(const uint8_t* bits, int64_t offset, int64_t rows) {
  uint8_t* out = newBitmap(arena_, rows, 0);
  bits += offset / 8;
  auto shift = static_cast<unsigned>(offset % 8);
  int64_t bytes = (rows + 7) / 8;
  int64_t available = (int64_t{shift} + rows + 7) / 8;
  for (int64_t i = 0; i < bytes; ++i) {
    unsigned low = bits[i];
    unsigned high = i + 1 < available ? bits[i + 1] : 0U;
    out[i] = static_cast<uint8_t>((low | high << 8U) >> shift);
  }
  if (rows % 8 != 0) out[bytes - 1] &= static_cast<uint8_t>((1U << static_cast<unsigned>(rows % 8)) - 1U);
  return out;
}

bool Binder::bindBools(const ColumnData& column, int64_t rows, bool zeroMissing, ColumnRef& out) {
  if (column.values == nullptr) return fail("the column has no values");
  const auto* bits = static_cast<const uint8_t*>(column.values);
  if (input_->type.nullable()) out.valid = validity(column, rows);
  if (column.offset % 8 == 0 && !zeroMissing) {
    out.data = const_cast<uint8_t*>(bits) + column.offset / 8;  // NOLINT: engines never write to inputs
    return true;
  }
  uint8_t* copy = copyBits(bits, column.offset, rows);
  for (int64_t i = 0; zeroMissing && i < rows; ++i)
    if (!isPresent(column, i)) setBit(copy, static_cast<uint64_t>(i), false);
  out.data = copy;
  return true;
}

bool Binder::bindNumbers(const ColumnData& column, int64_t rows, bool zeroMissing, ColumnRef& out) {
  if (column.values == nullptr) return fail("the column has no values");
  const void* values = skip(column.values, column.offset, sizeof(int64_t));
  if (input_->type.nullable()) out.valid = validity(column, rows);
  if (isAligned(values) && (column.padded || rows % kRowGroup == 0) && !zeroMissing) {
    out.data = const_cast<void*>(values);  // NOLINT: engines never write to inputs
    return true;
  }
  out.data = newColumn(arena_, input_->type.present(), rows).data;
  std::memcpy(out.data, values, static_cast<size_t>(rows) * sizeof(int64_t));
  for (int64_t i = 0; zeroMissing && i < rows; ++i)
    if (!isPresent(column, i)) static_cast<int64_t*>(out.data)[i] = 0;
  return true;
}

}  // namespace featc
