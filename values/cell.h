// SPDX-License-Identifier: Apache-2.0
// How values lie in memory while a program runs: the cells of columns and of list elements.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "values/type.h"

namespace featc {

// Bytes owned by an input column, a constant or an arena. Cells of bool int64 float64 are C++'s own.
struct Str {
  const char* data = nullptr;
  uint64_t size = 0;

  std::string_view view() const { return {data, size}; }
  static Str of(std::string_view s) { return {s.data(), s.size()}; }
  friend bool operator==(Str a, Str b) { return a.view() == b.view(); }
  friend auto operator<=>(Str a, Str b) { return a.view() <=> b.view(); }
};

// `size` elements; `valid` holds one byte an element (0: missing), or is null when all are present.
template <class T>
struct List {
  const T* data = nullptr;
  const uint8_t* valid = nullptr;
  uint64_t size = 0;

  bool present(uint64_t i) const { return valid == nullptr || valid[i] != 0; }
};

// Keys ascend and are distinct and present; a value may be missing.
template <class K, class V>
struct Map {
  List<K> keys;
  List<V> values;
};

// Ids in the order written, each with a weight; either may be missing. Equal in length.
template <class T>
struct Weighted {
  List<T> ids;
  List<double> weights;
};

// A value that may be missing.
template <class T>
struct Maybe {
  T value{};
  bool present = false;

  Maybe() = default;
  Maybe(T v) : value(v), present(true) {}  // NOLINT: a value is a present Maybe
  Maybe(T v, bool p) : value(v), present(p) {}
};

// As a parameter: a float64 whose non-finite values count as missing before the function sees it.
struct Finite {
  double value = 0;
  operator double() const { return value; }  // NOLINT: it is a double
};

// As the last parameter: all remaining arguments, each present.
template <class T>
struct Each {
  const T* data = nullptr;
  uint32_t size = 0;
  const T* begin() const { return data; }
  const T* end() const { return data + size; }
};

namespace detail {
template <class T>
struct TypeOf;
template <>
struct TypeOf<bool> {
  static constexpr Type get() { return Type::boolean(); }
};
template <>
struct TypeOf<int64_t> {
  static constexpr Type get() { return Type::int64(); }
};
template <>
struct TypeOf<double> {
  static constexpr Type get() { return Type::float64(); }
};
template <>
struct TypeOf<Finite> {
  static constexpr Type get() { return Type::float64(); }
};
template <>
struct TypeOf<Str> {
  static constexpr Type get() { return Type::string(); }
};
template <class T>
struct TypeOf<List<T>> {
  static constexpr Type get() { return Type::list(TypeOf<T>::get()); }
};
template <class K, class V>
struct TypeOf<Map<K, V>> {
  static constexpr Type get() { return Type::map(TypeOf<K>::get(), TypeOf<V>::get()); }
};
template <class T>
struct TypeOf<Weighted<T>> {
  static constexpr Type get() { return Type::weighted(TypeOf<T>::get()); }
};
template <class T>
struct TypeOf<Maybe<T>> {
  static constexpr Type get() { return TypeOf<T>::get().withNullable(); }
};
}  // namespace detail

// The language's type of a C++ cell: `cellType<List<Str>>()` is list<string>.
template <class T>
constexpr Type cellType() {
  return detail::TypeOf<T>::get();
}

// Bytes of one cell of `type`. A bool cell is a byte in a list; a column packs bools into a bitmap.
constexpr uint32_t cellSize(Type type) {
  switch (type.kind()) {
    case Kind::Bool: return sizeof(bool);
    case Kind::Int64: return sizeof(int64_t);
    case Kind::Float64: return sizeof(double);
    case Kind::String: return sizeof(Str);
    case Kind::List: return sizeof(List<int64_t>);
    case Kind::Map: return sizeof(Map<int64_t, int64_t>);
    case Kind::Weighted: return sizeof(Weighted<int64_t>);
    case Kind::None:
    case Kind::Row: break;
  }
  return 0;
}

// Calls `f.template operator()<T>()` with the C++ cell of a scalar type.
template <class F>
decltype(auto) withScalarCell(Type type, F&& f) {
  switch (type.kind()) {
    case Kind::Bool: return f.template operator()<bool>();
    case Kind::Int64: return f.template operator()<int64_t>();
    case Kind::Float64: return f.template operator()<double>();
    default: return f.template operator()<Str>();
  }
}

// -- Columns ------------------------------------------------------------------------------------

inline bool bitAt(const uint8_t* bits, uint64_t i) { return (bits[i >> 3U] >> (i & 7U) & 1U) != 0; }
inline void setBit(uint8_t* bits, uint64_t i, bool on) {
  auto mask = static_cast<uint8_t>(1U << (i & 7U));
  bits[i >> 3U] = static_cast<uint8_t>(on ? bits[i >> 3U] | mask : bits[i >> 3U] & ~mask);
}

// What may be known of a column beside its cells.
//
// Of lists: that its rows' elements lie one behind the other, none of them missing, at most kMaxElements a row. Row i
// has those from starts[i] to before starts[i + 1], counted from starts[0]; a missing row has none. Columns with the
// same `starts` have lists of the same lengths.
//
// Of strings, and of the elements of such lists: where their bytes lie. String i has those from texts[i] to before
// texts[i + 1] of `bytes`, a missing one any.
struct FlatLists {
  const void* elements = nullptr;  // null: nothing is known of lists
  const uint32_t* starts = nullptr;
  bool hasCells = true;  // the column's cells are there too
  const char* bytes = nullptr;
  const uint32_t* texts = nullptr;  // of lists: `elements` has room for their cells, which are not written yet

  explicit operator bool() const { return elements != nullptr; }
  // Whether a column of strings has no cells, but only bytes.
  bool isTexts() const { return !hasCells && texts != nullptr && elements == nullptr; }
  Str text(uint64_t i) const { return {bytes + texts[i], texts[i + 1] - texts[i]}; }
  uint32_t total(uint32_t rows) const { return starts[rows] - starts[0]; }
  uint32_t sizeOf(uint32_t row) const { return starts[row + 1] - starts[row]; }
  template <class T>
  const T* of(uint32_t row) const {
    return static_cast<const T*>(elements) + (starts[row] - starts[0]);
  }
};

// One value a row: cells (a bitmap for bools) and a validity bitmap, least significant bit first as
// in Arrow; no bitmap when every row is present. `uniform`: row 0 stands for all rows.
struct ColumnRef {
  void* data = nullptr;
  uint8_t* valid = nullptr;
  bool uniform = false;
  // Where an engine keeps what else is known; null: it does not.
  FlatLists* flat = nullptr;
  // Of strings that are read where they lie: string i has bytes texts[i] to before texts[i + 1] of `data`. Null: cells.
  const uint32_t* texts = nullptr;

  bool present(uint64_t row) const { return valid == nullptr || bitAt(valid, uniform ? 0 : row); }
  template <class T>
  T get(uint64_t row) const {
    uint64_t i = uniform ? 0 : row;
    if constexpr (std::is_same_v<T, bool>) return bitAt(static_cast<const uint8_t*>(data), i);
    if constexpr (std::is_same_v<T, Str>)
      if (texts != nullptr)
        return present(i) ? Str{static_cast<const char*>(data) + texts[i], texts[i + 1] - texts[i]} : Str{};
    return static_cast<const T*>(data)[i];
  }
};

}  // namespace featc
