// SPDX-License-Identifier: Apache-2.0
// Rows that hold the same list.
#include "ops/shared_lists.h"

#include <cstring>

namespace featc {

namespace {

// Whatever the element's type, a cell has the same three words.
using ListCell = List<char>;

constexpr uint32_t kFewRows = 16;      // are not worth looking for
constexpr uint32_t kMostRows = 512;    // a block
constexpr uint32_t kMostLists = 64;    // different ones
constexpr uint32_t kListsAtFirst = 8;  // and one more in four rows
constexpr uint32_t kMostArguments = 4;

// Which of the different lists of a column each row holds.
class ListNumbers {
 public:
  // False: there are too many.
  bool number(const ColumnRef& column, uint32_t n) {
    const auto* cells = static_cast<const ListCell*>(column.data);
    slots_.fill(kFree);
    for (uint32_t row = 0; row < n; ++row) {
      const ListCell& cell = cells[row];
      const bool present = column.present(row);
      const auto address = reinterpret_cast<uintptr_t>(cell.data);
      uint32_t slot = static_cast<uint32_t>(address * 0x9E3779B97F4A7C15U >> 32U) >> (32 - kSlotBits);
      for (; slots_[slot] != kFree; slot = (slot + 1) % slots_.size()) {
        const uint32_t first = firstRows[slots_[slot]];
        if (isSame(cell, cells[first]) && present == column.present(first)) break;
      }
      if (slots_[slot] == kFree) {
        if (count == kMostLists || count > kListsAtFirst + row / 4) return false;
        slots_[slot] = static_cast<uint8_t>(count);
        firstRows[count++] = row;
      }
      numbers[row] = slots_[slot];
    }
    return true;
  }

  uint32_t count = 0;
  std::array<uint32_t, kMostLists> firstRows;
  std::array<uint8_t, kMostRows> numbers;

 private:
  static constexpr unsigned kSlotBits = 8;
  static constexpr uint8_t kFree = UINT8_MAX;

  static bool isSame(const ListCell& a, const ListCell& b) {
    return a.data == b.data && a.size == b.size && a.valid == b.valid;
  }

  std::array<uint8_t, size_t{1} << kSlotBits> slots_;
};

// The argument that differs by row; none where there is not just one, or where it is no list that has its cells.
uint32_t varyingList(const Context& context, const ColumnRef* args) {
  uint32_t varying = kMostArguments;
  if (context.argCount > kMostArguments) return varying;
  for (uint32_t i = 0; i < context.argCount; ++i) {
    if (args[i].flat != nullptr && !args[i].flat->hasCells) return kMostArguments;
    if (args[i].uniform) continue;
    if (varying != kMostArguments || !context.argTypes[i].isList()) return kMostArguments;
    varying = i;
  }
  return varying;
}

// Cells and presence of as many rows as there are different lists.
struct FewRows {
  alignas(ListCell) std::array<char, kMostLists * sizeof(ListCell)> cells;
  std::array<uint8_t, kMostLists / 8> valid{};
  ColumnRef column() { return {cells.data(), valid.data()}; }
};

template <class Cell>
void copyCells(const FewRows& from, const ListNumbers& lists, const ColumnRef& out, uint32_t n) {
  const auto* cells = reinterpret_cast<const Cell*>(from.cells.data());
  auto* to = static_cast<Cell*>(out.data);
  for (uint32_t row = 0; row < n; ++row) to[row] = cells[lists.numbers[row]];
}
void copyBits(const uint8_t* from, const ListNumbers& lists, uint8_t* to, uint32_t n) {
  for (uint32_t begin = 0; begin < n; begin += 8) {
    unsigned bits = 0;
    for (uint32_t k = 0; k < std::min(8U, n - begin); ++k)
      bits |= (bitAt(from, lists.numbers[begin + k]) ? 1U : 0U) << k;
    to[begin / 8] = static_cast<uint8_t>(bits);
  }
}

}  // namespace

bool oncePerList(Kernel kernel, Type result, Context& context, const ColumnRef* args, const ColumnRef& out,
                 uint32_t n) {
  const bool isBool = result.is(Kind::Bool);
  const uint32_t width = cellSize(result);
  if (n < kFewRows || n > kMostRows || (!isBool && width != sizeof(int64_t) && width != sizeof(ListCell))) return false;
  const uint32_t varying = varyingList(context, args);
  ListNumbers lists;
  if (varying == kMostArguments || !lists.number(args[varying], n)) return false;

  FewRows given;
  std::array<ColumnRef, kMostArguments> own;
  std::copy_n(args, context.argCount, own.begin());
  const auto* cells = static_cast<const ListCell*>(args[varying].data);
  own[varying] = given.column();
  for (uint32_t k = 0; k < lists.count; ++k) {
    std::memcpy(given.cells.data() + k * sizeof(ListCell), &cells[lists.firstRows[k]], sizeof(ListCell));
    setBit(given.valid.data(), k, args[varying].present(lists.firstRows[k]));
  }

  // What is counted or fails is counted or fails a row.
  FewRows made;
  DataEvents events;
  std::array<RowStatus, kMostLists> status{};
  const Arena::Mark before = context.arena->mark();
  Context of = context;
  of.events = &events;
  of.rowStatus = status.data();
  of.row = 0;
  ColumnRef few = made.column();
  if (out.valid == nullptr) few.valid = nullptr;
  kernel(of, own.data(), few, lists.count);
  if (events.unequalLengths != 0 ||
      std::any_of(status.begin(), status.end(), [](RowStatus row) { return row != RowStatus::Ok; })) {
    context.arena->rewind(before);
    return false;
  }

  if (isBool)
    copyBits(reinterpret_cast<const uint8_t*>(made.cells.data()), lists, static_cast<uint8_t*>(out.data), n);
  else if (width == sizeof(int64_t))
    copyCells<int64_t>(made, lists, out, n);
  else
    copyCells<ListCell>(made, lists, out, n);
  if (out.valid != nullptr) copyBits(made.valid.data(), lists, out.valid, n);
  return true;
}

}  // namespace featc
