// SPDX-License-Identifier: Apache-2.0
// Strings, lists and maps: the cells of a column, and what is known of it beside them.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "ops/flat_lists.h"
#include "runtime/bind.h"
#include "runtime/bind_memory.h"
#include "values/array_loops.h"

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

// Cells of strings, lists or maps, of which those behind the last row are zero; of maps all are.
void* newCells(Arena& arena, Type type, int64_t rows) {
  int64_t used = type.isMap() ? 0 : rows * cellSize(type);
  int64_t bytes = roundUpToGroup(rows) * cellSize(type) + kSlackBytes;
  auto* cells = arena.allocate<char>(static_cast<size_t>(bytes));
  std::memset(cells + used, 0, static_cast<size_t>(bytes - used));
  return cells;
}

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

template <class Offset>
Offset load(const char* offsets, int64_t i) {
  Offset offset;
  std::memcpy(&offset, offsets + i * int64_t{sizeof offset}, sizeof offset);
  return offset;
}

// Fewer offsets are not worth a call of a loop for this machine's vectors.
constexpr int64_t kManyOffsets = 16;

// Whether one of count + 1 offsets is less than the one before.
template <class Offset>
bool descend(const char* offsets, int64_t count) {
  if (sizeof(Offset) == sizeof(int64_t) && count >= kManyOffsets)
    return arrayLoops().descend(offsets, static_cast<size_t>(count));
  Offset any = 0;  // as wide as the offsets, so that the loop runs in vectors
  for (int64_t i = 0; i < count; ++i) any |= load<Offset>(offsets, i + 1) < load<Offset>(offsets, i) ? 1 : 0;
  return any != 0;
}
// The largest difference of two neighbours among offsets that ascend.
template <class Offset>
int64_t longest(const char* offsets, int64_t count) {
  if (sizeof(Offset) == sizeof(int64_t) && count >= kManyOffsets)
    return arrayLoops().longest(offsets, static_cast<size_t>(count));
  Offset most = 0;
  for (int64_t i = 0; i < count; ++i)
    most = std::max<Offset>(most, load<Offset>(offsets, i + 1) - load<Offset>(offsets, i));
  return most;
}

// Offsets begin .. begin+count of the slice as 32 bits: where they lie, or else copied. The smallest fits; so must the
// others, less `base`, which is what the copies count from.
template <class Offset>
const uint32_t* narrowOffsets(Arena& arena, const ColumnData& column, int64_t begin, int64_t count, int64_t& base) {
  const auto* offsets = static_cast<const char*>(skip(column.offsets, column.offset + begin, sizeof(Offset)));
  base = 0;
  if (sizeof(Offset) == sizeof(uint32_t) && reinterpret_cast<uintptr_t>(offsets) % sizeof(uint32_t) == 0)
    return reinterpret_cast<const uint32_t*>(offsets);
  base = load<Offset>(offsets, 0);
  auto* narrow = arena.allocate<uint32_t>(static_cast<size_t>(count) + 1);
  if (sizeof(Offset) == sizeof(int64_t)) {
    arrayLoops().narrow(offsets, narrow, static_cast<size_t>(count));
    return narrow;
  }
  for (int64_t i = 0; i <= count; ++i)
    narrow[i] = static_cast<uint32_t>(load<Offset>(offsets, i)) - static_cast<uint32_t>(base);
  return narrow;
}

int64_t rowLength(const ColumnData& column, int64_t i) {
  return column.wideOffsets ? offsetAt<int64_t>(column, i + 1) - offsetAt<int64_t>(column, i)
                            : offsetAt<int32_t>(column, i + 1) - offsetAt<int32_t>(column, i);
}

// Calls `put(i, start, size, present)` for each of `count` cells from `begin` on; `start` counts from the first offset.
template <class Offset, class Put>
void eachCell(const ColumnData& column, int64_t begin, int64_t count, Put put) {
  const int64_t first = offsetAt<Offset>(column, begin);
  auto with = [&](auto present) {
    int64_t start = 0;
    for (int64_t i = 0; i < count; ++i) {
      int64_t end = offsetAt<Offset>(column, begin + i + 1) - first;
      put(i, start, end - start, present(i));
      start = end;
    }
  };
  if (column.validity == nullptr)
    with([](int64_t) { return true; });
  else
    with([&](int64_t i) { return isPresent(column, begin + i); });
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

bool Binder::bindCells(const ColumnData& column, int64_t rows, RowStatus* status, ColumnRef& out, bool flatSuffices) {
  Type type = input_->type;
  FlatLists* flat = mayBeFlat(type) ? out.flat : nullptr;
  // Field by field: what was stored in parts just now is slow to load as a whole.
  out.data = newCells(arena_, type, rows);
  out.valid = type.nullable() ? validity(column, rows) : nullptr;
  out.uniform = false;
  out.flat = flat;
  out.texts = nullptr;
  if (flat != nullptr) flat->hasCells = !flatSuffices;
  Malformed malformed(status);
  return cells(column, type, 0, rows, out.data, malformed, flat);
}

bool Binder::elements(const ColumnData& column, Type type, int64_t begin, int64_t count, Elements& out, bool inPlace) {
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
  out.data = made;
  if (inPlace && type.is(Kind::String) && column.validity == nullptr) {
    FlatLists texts{.hasCells = false};
    Malformed none(arena_, count);
    if (!cells(column, type, begin, count, made, none, &texts)) return false;
    out.bytes = texts.bytes;
    out.texts = texts.texts;
    return true;
  }
  std::memset(made, 0, n * cellSize(type));
  Malformed malformed(arena_, count);
  if (!cells(column, type, begin, count, made, malformed)) return false;
  out.bad = malformed.bytes();
  return true;
}

bool Binder::cells(const ColumnData& column, Type type, int64_t begin, int64_t count, void* out, Malformed& malformed,
                   FlatLists* flat) {
  auto with = [&]<class Offset>(Offset) {
    if (!checkOffsets<Offset>(column, type, begin, count)) return false;
    if (type.is(Kind::String)) return textCells<Offset>(column, begin, count, out, flat);
    if (type.isList()) return listCells<Offset>(column, type, begin, count, out, malformed, flat);
    return mapCells<Offset>(column, type, begin, count, out, malformed);
  };
  return column.wideOffsets ? with(int64_t{}) : with(int32_t{});
}

template <class Offset>
const uint32_t* Binder::startsOf(const ColumnData& column, int64_t rows) {
  const int64_t first = offsetAt<Offset>(column, 0);
  const int64_t total = offsetAt<Offset>(column, rows) - first;
  if (total > UINT32_MAX) return nullptr;
  const auto* offsets = static_cast<const char*>(skip(column.offsets, column.offset, sizeof(Offset)));
  if (longest<Offset>(offsets, rows) > static_cast<int64_t>(kMaxElements)) return nullptr;
  // What a missing row spans is nobody's.
  for (int64_t i = 0; column.validity != nullptr && i < rows; ++i)
    if (!isPresent(column, i) && rowLength(column, i) != 0) return nullptr;
  int64_t base = 0;
  return narrowOffsets<Offset>(arena_, column, 0, rows, base);
}

template <class Offset>
bool Binder::checkOffsets(const ColumnData& column, Type type, int64_t begin, int64_t count) {
  if (column.offsets == nullptr) return fail("the column has no offsets");
  const int64_t first = offsetAt<Offset>(column, begin);
  const int64_t last = offsetAt<Offset>(column, begin + count);
  if (first < 0) return fail("an offset is negative");
  const auto* offsets = static_cast<const char*>(skip(column.offsets, column.offset + begin, sizeof(Offset)));
  const bool descends = descend<Offset>(offsets, count);
  for (int64_t i = begin; descends; ++i)
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
bool Binder::textCells(const ColumnData& column, int64_t begin, int64_t count, void* out, FlatLists* flat) {
  const int64_t first = offsetAt<Offset>(column, begin);
  if (flat != nullptr && !flat->hasCells && offsetAt<Offset>(column, begin + count) - first <= UINT32_MAX) {
    int64_t base = 0;
    flat->texts = narrowOffsets<Offset>(arena_, column, begin, count, base);
    flat->bytes = column.values == nullptr ? "" : static_cast<const char*>(skip(column.values, base, 1));
    return true;
  }
  if (flat != nullptr) *flat = {};
  const char* bytes = column.values == nullptr ? "" : static_cast<const char*>(skip(column.values, first, 1));
  eachCell<Offset>(column, begin, count, [=](int64_t i, int64_t start, int64_t size, bool present) {
    writeCell(static_cast<char*>(out) + i * int64_t{sizeof(Str)}, present, bytes + start, static_cast<uint64_t>(size));
  });
  return true;
}

template <class Offset>
bool Binder::listCells(const ColumnData& column, Type type, int64_t begin, int64_t count, void* out,
                       Malformed& malformed, FlatLists* flat) {
  const int64_t first = offsetAt<Offset>(column, begin);
  const int64_t total = offsetAt<Offset>(column, begin + count) - first;
  const bool suffices = flat != nullptr && !flat->hasCells;
  const uint32_t* starts = flat == nullptr ? nullptr : startsOf<Offset>(column, count);
  Elements child;
  if (!elements(*column.children[0], type.element(), first, total, child, suffices && starts != nullptr)) return false;
  if (flat != nullptr) *flat = {};
  if (starts != nullptr && child.data != nullptr && child.valid == nullptr && child.bad == nullptr) {
    *flat = {child.data, starts, !suffices, child.bytes, child.texts};
    if (suffices) return true;
  }
  const uint32_t width = cellSize(type.element());
  eachCell<Offset>(column, begin, count, [=](int64_t i, int64_t start, int64_t size, bool present) {
    writeCell(static_cast<char*>(out) + i * int64_t{sizeof(ListCell)}, present,
              child.data == nullptr ? nullptr : skip(child.data, start, width),
              child.valid == nullptr ? nullptr : child.valid + start, static_cast<uint64_t>(size));
  });
  if (child.bad == nullptr) return true;
  eachCell<Offset>(column, begin, count, [&](int64_t i, int64_t start, int64_t size, bool present) {
    if (!present || !anyBad(child.bad, start, size)) return;
    std::memset(static_cast<char*>(out) + i * int64_t{sizeof(ListCell)}, 0, sizeof(ListCell));
    malformed.mark(i);
  });
  return true;
}

template <class Offset>
bool Binder::mapCells(const ColumnData& column, Type type, int64_t begin, int64_t count, void* out,
                      Malformed& malformed) {
  const int64_t first = offsetAt<Offset>(column, begin);
  const int64_t total = offsetAt<Offset>(column, begin + count) - first;
  Elements keys;
  Elements values;
  if (!elements(*column.children[0], type.key(), first, total, keys)) return false;
  if (!elements(*column.children[1], type.value(), first, total, values)) return false;
  const uint32_t keyWidth = cellSize(type.key());
  const uint32_t valueWidth = cellSize(type.value());
  eachCell<Offset>(column, begin, count, [&](int64_t i, int64_t start, int64_t size, bool present) {
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
