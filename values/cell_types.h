// SPDX-License-Identifier: Apache-2.0
// The types that generic operators are made for.
#pragma once

#include <type_traits>

#include "values/cell.h"

namespace featc {

// Calls `f.template operator()<T>()` for each scalar cell.
template <class F>
void forEachScalar(F&& f) {
  f.template operator()<bool>();
  f.template operator()<int64_t>();
  f.template operator()<double>();
  f.template operator()<Str>();
}

template <class F>
void forEachMap(F&& f) {
  forEachScalar([&]<class V>() {
    f.template operator()<int64_t, V>();
    f.template operator()<Str, V>();
  });
}

// For each type a value can have: scalars, their lists, maps, weighted ids.
template <class F>
void forEachCellType(F&& f) {
  forEachScalar(f);
  forEachScalar([&]<class T>() { f.template operator()<List<T>>(); });
  forEachMap([&]<class K, class V>() { f.template operator()<Map<K, V>>(); });
  forEachScalar([&]<class T>() { f.template operator()<Weighted<T>>(); });
}

// Code that only moves lists or maps as a whole is the same whatever they hold: it is made for these.
using AnyList = List<int64_t>;
using AnyMap = Map<int64_t, int64_t>;

// For each list and map of scalars: what lists and maps may hold beside scalars. Calls
// `f.template operator()<C>(type)` with the cell that stands for the type.
template <class F>
void forEachInnerType(F&& f) {
  forEachScalar([&]<class T>() { f.template operator()<AnyList>(cellType<List<T>>()); });
  forEachMap([&]<class K, class V>() { f.template operator()<AnyMap>(cellType<Map<K, V>>()); });
}

// For each list and map of lists and maps, the same.
template <class F>
void forEachNestedType(F&& f) {
  forEachInnerType([&]<class C>(Type inner) {
    f.template operator()<AnyList>(Type::list(inner));
    f.template operator()<AnyMap>(Type::map(Type::int64(), inner));
    f.template operator()<AnyMap>(Type::map(Type::string(), inner));
  });
}

// Cells that lowerings can compute with.
template <class T>
inline constexpr bool kInlineCell = std::is_same_v<T, bool> || std::is_same_v<T, int64_t> || std::is_same_v<T, double>;

}  // namespace featc
