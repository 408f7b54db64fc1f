// SPDX-License-Identifier: Apache-2.0
// From a batch's Arrow arrays to the call columns that engines read, checking what comes from outside.
#include "runtime/bind.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "ops/flat_lists.h"

namespace featc {

namespace {

// What List<T> and Map<K, V> are in memory, whatever their element types.
struct ListCell {
  const void* data = nullptr;
  const uint8_t* valid = nullptr;
  uint64_t size = 0;
};
struct MapCell {
  ListCell keys;
  ListCell values;
};
static_assert(sizeof(ListCell) == sizeof(List<Str>) && sizeof(MapCell) == sizeof(Map<Str, Str>));

// Past the last group of rows, so that vectors wider than a group may be loaded there too.
constexpr int64_t kSlackBytes = 64;

uint8_t* newBitmap(Arena& arena, int64_t rows, int fill) {
  auto bytes = static_cast<size_t>(roundUpToGroup(rows) / 8 + kSlackBytes);
  auto* bits = arena.allocate<uint8_t>(bytes);
  std::memset(bits, fill, bytes);
  return bits;
}

// Cells of strings, lists or maps, of which those behind the last row are zero; of maps all are.
void* newCells(Arena& arena, Type type, int64_t rows) {
  int64_t used = type.isMap() ? 0 : rows * cellSize(type);
  int64_t bytes = roundUpToGroup(rows) * cellSize(type) + kSlackBytes;
  auto* cells = arena.allocate<char>(static_cast<size_t>(bytes));
  std::memset(cells + used, 0, static_cast<size_t>(bytes - used));
  return cells;
}

const void* skip(const void* data, int64_t elements, uint32_t size) {
  return static_cast<const char*>(data) + elements * int64_t{size};
}

bool isAligned(const void* p) { return (reinterpret_cast<uintptr_t>(p) & 7U) == 0; }

bool anyBad(const uint8_t* bad, int64_t start, int64_t size) {
  return bad != nullptr && std::memchr(bad + start, 1, static_cast<size_t>(size)) != nullptr;
}

// Offset `i` of the slice; a caller's buffer need not be aligned.
template <class Offset>
int64_t offsetAt(const ColumnData& column, int64_t i) {
  Offset offset;
  std::memcpy(&offset, skip(column.offsets, column.offset + i, sizeof(Offset)), sizeof offset);
  return offset;
}

int64_t rowLength(const ColumnData& column, int64_t i) {
  return column.wideOffsets ? offsetAt<int64_t>(column, i + 1) - offsetAt<int64_t>(column, i)
                            : offsetAt<int32_t>(column, i + 1) - offsetAt<int32_t>(column, i);
}

// A cell of 8-byte fields if present, else zero: chosen without a branch, since presence is hard to
// predict, and written field by field, since a whole cell copied too soon after its parts were stored
// waits for them.
template <class... Field>
void writeCell(char* cell, bool present, Field... fields) {
  ((fields = present ? fields : Field{}, std::memcpy(cell, &fields, sizeof fields), cell += sizeof fields), ...);
}

}  // namespace

class Binder::Malformed {
 public:
  explicit Malformed(RowStatus* status) : status_(status) {}
  Malformed(Arena& arena, int64_t elements) : arena_(&arena), elements_(static_cast<size_t>(elements)) {}

  void mark(int64_t i) {
    if (status_ != nullptr) {
      status_[i] = RowStatus::BadInput;
      return;
    }
    if (bytes_ == nullptr) {
      bytes_ = arena_->allocate<uint8_t>(elements_);
      std::memset(bytes_, 0, elements_);
    }
    bytes_[i] = 1;
  }
  const uint8_t* bytes() const { return bytes_; }

 private:
  RowStatus* status_ = nullptr;
  Arena* arena_ = nullptr;
  size_t elements_ = 0;
  uint8_t* bytes_ = nullptr;
};

ColumnRef newColumn(Arena& arena, Type type, int64_t rows) {
  ColumnRef column;
  if (type.is(Kind::Bool)) {
    column.data = newBitmap(arena, rows, 0);
  } else {
    auto bytes = static_cast<size_t>(roundUpToGroup(rows) * cellSize(type) + kSlackBytes);
    column.data = arena.allocate(bytes);
    std::memset(column.data, 0, bytes);
  }
  if (type.nullable()) column.valid = newBitmap(arena, rows, 0);
  return column;
}

bool matchMembers(const ColumnData& a, const ColumnData& b, int64_t rows, RowStatus* status) {
  // One may be malformed, where no output uses it.
  if (a.offsets == nullptr || b.offsets == nullptr) return false;
  bool shared = a.offsets == b.offsets && a.offset == b.offset && a.wideOffsets == b.wideOffsets;
  if (shared && a.validity == b.validity) return false;
  bool marked = false;
  for (int64_t i = 0; i < rows; ++i) {
    bool present = isPresent(a, i);
    if (present == isPresent(b, i) && (!present || rowLength(a, i) == rowLength(b, i))) continue;
    marked = true;
    status[i] = RowStatus::BadInput;
  }
  return marked;
}

bool Binder::fail(const std::string& what) {
  error_ = fmt::format("{}: {}", input_->qualified(), what);
  return false;
}

bool Binder::bind(const InputInfo& input, const ColumnData& column, int64_t rows, RowStatus* status, ColumnRef& out,
                  bool flatSuffices) {
  input_ = &input;
  if (!checkShape(column, rows)) return false;
  bool someMissing = markMissing(column, rows, status);
  if (column.absent || rows == 0) {
    out = newColumn(arena_, input.type, rows);
    return true;
  }
  if (input.type.is(Kind::Bool)) return bindBools(column, rows, someMissing, out);
  if (input.type.isNumber()) return bindNumbers(column, rows, someMissing, out);
  return bindCells(column, rows, status, out, flatSuffices);
}

bool Binder::check(const InputInfo& input, const ColumnData& column, int64_t rows, RowStatus* status) {
  input_ = &input;
  if (!checkShape(column, rows)) return false;
  markMissing(column, rows, status);
  return true;
}

bool Binder::checkShape(const ColumnData& column, int64_t rows) {
  if (column.absent) return true;
  if (column.length != rows) {
    const char* what = input_->scope == Scope::Request ? "requests" : "items";
    return fail(fmt::format("the column has {} rows, but the batch has {} {}", column.length, rows, what));
  }
  if (column.offset < 0 || column.offset > INT64_MAX / 64 - rows) return fail("the column's offset is out of range");
  return true;
}

bool Binder::markMissing(const ColumnData& column, int64_t rows, RowStatus* status) const {
  if (input_->type.nullable() || (!column.absent && column.validity == nullptr)) return false;
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
  if (column.validity == nullptr) return newBitmap(arena_, rows, 0xFF);
  // Engines never write to inputs.
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

// -- Strings, lists, maps ---------------------------------------------------------------------------

bool Binder::bindCells(const ColumnData& column, int64_t rows, RowStatus* status, ColumnRef& out, bool flatSuffices) {
  Type type = input_->type;
  FlatLists* flat = mayBeFlat(type) ? out.flat : nullptr;
  out = {newCells(arena_, type, rows), type.nullable() ? validity(column, rows) : nullptr, false, flat};
  if (flat != nullptr) flat->hasCells = !flatSuffices;
  Malformed malformed(status);
  return cells(column, type, 0, rows, out.data, malformed, flat);
}

bool Binder::elements(const ColumnData& column, Type type, int64_t begin, int64_t count, Elements& out) {
  out = {};
  if (count == 0) return true;
  auto n = static_cast<size_t>(count);
  for (int64_t i = 0; column.validity != nullptr && i < count; ++i) {
    if (out.valid == nullptr && isPresent(column, begin + i)) continue;
    if (out.valid == nullptr) {
      auto* valid = arena_.allocate<uint8_t>(n);
      std::memset(valid, 1, n);
      out.valid = valid;
    }
    const_cast<uint8_t*>(out.valid)[i] = isPresent(column, begin + i) ? 1 : 0;  // NOLINT: made right here
  }
  if (type.isScalar() && column.values == nullptr && !type.is(Kind::String))
    return fail("the list's elements have no values");
  if (type.isNumber()) {
    out.data = skip(column.values, column.offset + begin, sizeof(int64_t));
    if (isAligned(out.data)) return true;
    auto* copy = arena_.allocate<int64_t>(n);
    std::memcpy(copy, out.data, n * sizeof(int64_t));
    out.data = copy;
    return true;
  }
  if (type.is(Kind::Bool)) {
    auto* bools = arena_.allocate<bool>(n);
    for (int64_t i = 0; i < count; ++i)
      bools[i] = bitAt(static_cast<const uint8_t*>(column.values), static_cast<uint64_t>(column.offset + begin + i));
    out.data = bools;
    return true;
  }
  void* made = arena_.allocate(n * cellSize(type));
  std::memset(made, 0, n * cellSize(type));
  out.data = made;
  Malformed malformed(arena_, count);
  if (!cells(column, type, begin, count, made, malformed)) return false;
  out.bad = malformed.bytes();
  return true;
}

bool Binder::cells(const ColumnData& column, Type type, int64_t begin, int64_t count, void* out, Malformed& malformed,
                   FlatLists* flat) {
  return column.wideOffsets ? cellsWith<int64_t>(column, type, begin, count, out, malformed, flat)
                            : cellsWith<int32_t>(column, type, begin, count, out, malformed, flat);
}

template <class Offset>
FlatLists Binder::flatLists(const ColumnData& column, const void* elements, int64_t rows) {
  const int64_t first = offsetAt<Offset>(column, 0);
  const int64_t total = offsetAt<Offset>(column, rows) - first;
  if (elements == nullptr || total > UINT32_MAX) return {};
  int64_t longest = 0;
  for (int64_t i = 0; i < rows; ++i)
    longest = std::max(longest, offsetAt<Offset>(column, i + 1) - offsetAt<Offset>(column, i));
  if (longest > static_cast<int64_t>(kMaxElements)) return {};
  // What a missing row spans is nobody's.
  for (int64_t i = 0; column.validity != nullptr && i < rows; ++i)
    if (!isPresent(column, i) && rowLength(column, i) != 0) return {};
  const void* offsets = skip(column.offsets, column.offset, sizeof(Offset));
  if (sizeof(Offset) == sizeof(uint32_t) && reinterpret_cast<uintptr_t>(offsets) % sizeof(uint32_t) == 0)
    return {elements, static_cast<const uint32_t*>(offsets), true};
  auto* starts = arena_.allocate<uint32_t>(static_cast<size_t>(rows) + 1);
  for (int64_t i = 0; i <= rows; ++i) starts[i] = static_cast<uint32_t>(offsetAt<Offset>(column, i) - first);
  return {elements, starts, true};
}

template <class Offset>
bool Binder::checkOffsets(const ColumnData& column, Type type, int64_t begin, int64_t count) {
  if (column.offsets == nullptr) return fail("the column has no offsets");
  const int64_t first = offsetAt<Offset>(column, begin);
  const int64_t last = offsetAt<Offset>(column, begin + count);
  if (first < 0) return fail("an offset is negative");
  bool ascend = true;
  for (int64_t i = begin; i < begin + count; ++i)
    ascend &= offsetAt<Offset>(column, i) <= offsetAt<Offset>(column, i + 1);
  for (int64_t i = begin; !ascend; ++i)
    if (offsetAt<Offset>(column, i) > offsetAt<Offset>(column, i + 1))
      return fail(fmt::format("the offsets descend after row {}", i));
  if (type.is(Kind::String)) return first == last || column.values != nullptr || fail("the column has no bytes");
  for (int c = 0; c < (type.isMap() ? 2 : 1); ++c) {
    const ColumnData* child = column.children[c];
    if (child == nullptr || child->absent) return fail("the column has no elements");
    if (child->offset < 0 || child->length < 0 || child->offset > INT64_MAX / 64 - child->length)
      return fail("the elements' offset is out of range");
    if (last > child->length)
      return fail(fmt::format("an offset is {}, but there are {} elements", last, child->length));
  }
  return true;
}

template <class Offset>
bool Binder::cellsWith(const ColumnData& column, Type type, int64_t begin, int64_t count, void* out,
                       Malformed& malformed, FlatLists* flat) {
  if (!checkOffsets<Offset>(column, type, begin, count)) return false;
  const int64_t first = offsetAt<Offset>(column, begin);
  const int64_t total = offsetAt<Offset>(column, begin + count) - first;
  // Calls `put(i, start, size, present)` for each element; `start` counts from the first offset.
  auto withPresence = [&](auto present, auto put) {
    int64_t start = 0;
    for (int64_t i = 0; i < count; ++i) {
      int64_t end = offsetAt<Offset>(column, begin + i + 1) - first;
      put(i, start, end - start, present(i));
      start = end;
    }
  };
  auto each = [&](auto put) {
    if (column.validity == nullptr)
      withPresence([](int64_t) { return true; }, put);
    else
      withPresence([&](int64_t i) { return isPresent(column, begin + i); }, put);
  };
  if (type.is(Kind::String)) {
    const char* bytes = column.values == nullptr ? "" : static_cast<const char*>(skip(column.values, first, 1));
    each([=](int64_t i, int64_t start, int64_t size, bool present) {
      writeCell(static_cast<char*>(out) + i * int64_t{sizeof(Str)}, present, bytes + start,
                static_cast<uint64_t>(size));
    });
    return true;
  }

  if (type.isList()) {
    Elements child;
    if (!elements(*column.children[0], type.element(), first, total, child)) return false;
    if (flat != nullptr && child.valid == nullptr && child.bad == nullptr) {
      const bool suffices = !flat->hasCells;
      *flat = flatLists<Offset>(column, child.data, count);
      flat->hasCells = !*flat || !suffices;
      if (!flat->hasCells) return true;
    }
    const uint32_t width = cellSize(type.element());
    each([=](int64_t i, int64_t start, int64_t size, bool present) {
      writeCell(static_cast<char*>(out) + i * int64_t{sizeof(ListCell)}, present,
                child.data == nullptr ? nullptr : skip(child.data, start, width),
                child.valid == nullptr ? nullptr : child.valid + start, static_cast<uint64_t>(size));
    });
    if (child.bad == nullptr) return true;
    each([&](int64_t i, int64_t start, int64_t size, bool present) {
      if (!present || !anyBad(child.bad, start, size)) return;
      std::memset(static_cast<char*>(out) + i * int64_t{sizeof(ListCell)}, 0, sizeof(ListCell));
      malformed.mark(i);
    });
    return true;
  }

  Elements keys;
  Elements values;
  if (!elements(*column.children[0], type.key(), first, total, keys)) return false;
  if (!elements(*column.children[1], type.value(), first, total, values)) return false;
  const uint32_t keyWidth = cellSize(type.key());
  const uint32_t valueWidth = cellSize(type.value());
  each([&](int64_t i, int64_t start, int64_t size, bool present) {
    if (!present || size == 0) return;
    Elements ownKeys{skip(keys.data, start, keyWidth), keys.valid == nullptr ? nullptr : keys.valid + start, nullptr};
    Elements ownValues{skip(values.data, start, valueWidth), values.valid == nullptr ? nullptr : values.valid + start,
                       nullptr};
    void* cell = static_cast<char*>(out) + i * int64_t{sizeof(MapCell)};
    bool good = !anyBad(values.bad, start, size);
    good = good && (type.key().is(Kind::Int64) ? mapCell<int64_t>(ownKeys, ownValues, valueWidth, size, cell)
                                               : mapCell<Str>(ownKeys, ownValues, valueWidth, size, cell));
    if (!good) malformed.mark(i);
  });
  return true;
}

// Writes one map; sorts its entries first where they are not. False when a key is missing.
template <class Key>
bool Binder::mapCell(const Elements& keys, const Elements& values, uint32_t valueSize, int64_t size, void* out) {
  if (keys.valid != nullptr && std::memchr(keys.valid, 0, static_cast<size_t>(size)) != nullptr) return false;
  const auto* key = static_cast<const Key*>(keys.data);
  bool sorted = true;
  for (int64_t i = 1; sorted && i < size; ++i) sorted = key[i - 1] < key[i];
  auto n = static_cast<uint64_t>(size);
  MapCell map{{key, nullptr, n}, {values.data, values.valid, n}};
  if (!sorted) {
    order_.resize(n);
    for (int64_t i = 0; i < size; ++i) order_[static_cast<size_t>(i)] = i;
    std::ranges::sort(order_, [&](int64_t a, int64_t b) { return key[a] < key[b] || (key[a] == key[b] && a < b); });
    auto* newKeys = arena_.allocate<Key>(n);
    auto* newValues = static_cast<char*>(arena_.allocate(n * valueSize));
    auto* newValid = values.valid == nullptr ? nullptr : arena_.allocate<uint8_t>(n);
    uint64_t kept = 0;
    for (uint64_t i = 0; i < n; ++i) {
      int64_t entry = order_[i];
      if (i + 1 < n && key[entry] == key[order_[i + 1]]) continue;  // the last of equal keys wins
      newKeys[kept] = key[entry];
      std::memcpy(newValues + kept * valueSize, skip(values.data, entry, valueSize), valueSize);
      if (newValid != nullptr) newValid[kept] = values.valid[entry];
      ++kept;
    }
    map = {{newKeys, nullptr, kept}, {newValues, newValid, kept}};
  }
  std::memcpy(out, &map, sizeof map);
  return true;
}

}  // namespace featc
