// SPDX-License-Identifier: Apache-2.0
// Owned values: comparing, hashing, and moving them into and out of cells.
#include "values/value.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#include "values/arena.h"
#include "values/hash.h"

namespace featc {

Value::Value(const Value& other) {
  std::visit(
      [&](const auto& content) {
        auto copy = content;
        data_ = std::move(copy);
      },
      other.data_);
}

Value& Value::operator=(const Value& other) {
  Value copy(other);
  return *this = std::move(copy);
}

Value Value::of(bool v) {
  Value r;
  r.data_ = v;
  return r;
}
Value Value::of(int64_t v) {
  Value r;
  r.data_ = v;
  return r;
}
Value Value::of(double v) {
  Value r;
  r.data_ = v;
  return r;
}
Value Value::of(std::string v) {
  Value r;
  r.data_ = std::move(v);
  return r;
}
Value Value::list(Elements elements) {
  Value r;
  r.data_ = std::move(elements);
  return r;
}

Value Value::map(Entries entries) {
  auto keyLess = [&](size_t a, size_t b) {
    const Value& x = entries[a].first;
    const Value& y = entries[b].first;
    if (x == y) return a < b;
    return x.isInt() ? x.asInt() < y.asInt() : x.asString() < y.asString();
  };
  std::vector<size_t> order(entries.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), keyLess);
  Entries unique;
  unique.reserve(entries.size());
  for (size_t at : order) {
    if (!unique.empty() && unique.back().first == entries[at].first)
      unique.back() = std::move(entries[at]);
    else
      unique.push_back(std::move(entries[at]));
  }
  Value r;
  r.data_ = std::move(unique);
  return r;
}

bool Value::operator==(const Value& other) const {
  if (data_.index() != other.data_.index()) return false;
  if (isFloat()) return std::bit_cast<uint64_t>(asFloat()) == std::bit_cast<uint64_t>(other.asFloat());
  return data_ == other.data_;
}

uint64_t Value::hash() const {
  uint64_t h = data_.index();
  auto mix = [&](uint64_t next) { h = combineHashes(h, next); };
  if (isBool()) mix(asBool() ? 1 : 0);
  if (isInt()) mix(static_cast<uint64_t>(asInt()));
  if (isFloat()) mix(std::bit_cast<uint64_t>(asFloat()));
  if (isString()) mix(hashBytes(HashFamily::Xxh3, asString()));
  if (isList())
    for (const Value& v : asList()) mix(v.hash());
  if (isMap()) {
    for (const auto& [key, v] : asMap()) {
      mix(key.hash());
      mix(v.hash());
    }
  }
  return h;
}

// -- Into cells -----------------------------------------------------------------------------------

namespace {

// Writes values of one call; every store* is false once the arena is full.
class CellWriter {
 public:
  explicit CellWriter(Arena& arena) : arena_(arena) {}

  bool storeAt(const Value& value, Type type, void* cell) {
    switch (type.kind()) {
      case Kind::Bool: return put(cell, !value.isMissing() && value.asBool());
      case Kind::Int64: return put(cell, value.isMissing() ? int64_t{0} : value.asInt());
      case Kind::Float64: return put(cell, value.isMissing() ? 0.0 : value.asFloat());
      case Kind::String: return storeString(value, cell);
      case Kind::List: return storeList(value, type, cell);
      case Kind::Map: return storeMap(value, type, cell);
      case Kind::Weighted: return storeWeighted(value, type, cell);
      case Kind::None:
      case Kind::Row: break;
    }
    return true;
  }

 private:
  template <class T>
  static bool put(void* cell, const T& v) {
    std::memcpy(cell, &v, sizeof v);
    return true;
  }

  bool storeString(const Value& value, void* cell) {
    Str s;
    if (!value.isMissing()) {
      const std::string& text = value.asString();
      auto* bytes = arena_.allocate<char>(text.size());
      if (bytes == nullptr) return false;
      std::memcpy(bytes, text.data(), text.size());
      s = {bytes, text.size()};
    }
    return put(cell, s);
  }

  // `at(i)` is element i.
  template <class At>
  bool storeElements(size_t size, Type element, At&& at, List<char>& out) {
    uint32_t width = cellSize(element);
    auto* data = arena_.allocate<char>(size * width);
    if (data == nullptr) return false;
    uint8_t* valid = nullptr;
    for (size_t i = 0; i < size; ++i) {
      const Value& v = at(i);
      if (v.isMissing() && valid == nullptr) {
        valid = arena_.allocate<uint8_t>(size);
        if (valid == nullptr) return false;
        std::fill_n(valid, size, uint8_t{1});
      }
      if (v.isMissing()) valid[i] = 0;
      if (!storeAt(v, element, data + i * width)) return false;
    }
    out = {data, valid, size};
    return true;
  }

  bool storeList(const Value& value, Type type, void* cell) {
    List<char> list;
    if (!value.isMissing()) {
      const auto& elements = value.asList();
      auto at = [&](size_t i) -> const Value& { return elements[i]; };
      if (!storeElements(elements.size(), type.element(), at, list)) return false;
    }
    return put(cell, list);
  }

  bool storeMap(const Value& value, Type type, void* cell) {
    Map<char, char> map;
    if (!value.isMissing()) {
      const auto& entries = value.asMap();
      auto key = [&](size_t i) -> const Value& { return entries[i].first; };
      auto mapped = [&](size_t i) -> const Value& { return entries[i].second; };
      if (!storeElements(entries.size(), type.key(), key, map.keys)) return false;
      if (!storeElements(entries.size(), type.value(), mapped, map.values)) return false;
    }
    return put(cell, map);
  }

  // From what loadCell makes: a list of [id, weight] lists.
  bool storeWeighted(const Value& value, Type type, void* cell) {
    Weighted<char> weighted;
    if (!value.isMissing()) {
      const auto& pairs = value.asList();
      List<char> weights;
      auto id = [&](size_t i) -> const Value& { return pairs[i].asList()[0]; };
      auto weight = [&](size_t i) -> const Value& { return pairs[i].asList()[1]; };
      if (!storeElements(pairs.size(), type.element(), id, weighted.ids)) return false;
      if (!storeElements(pairs.size(), Type::float64(), weight, weights)) return false;
      weighted.weights = {reinterpret_cast<const double*>(weights.data), weights.valid, weights.size};
    }
    return put(cell, weighted);
  }

  Arena& arena_;
};

// -- Out of cells -----------------------------------------------------------------------------------

template <class T>
T cellAt(const void* cell) {
  T v;
  std::memcpy(&v, cell, sizeof v);
  return v;
}

Value loadAt(const void* cell, Type type);

Value loadElement(const List<char>& list, Type element, uint64_t i) {
  return list.present(i) ? loadAt(list.data + i * cellSize(element), element) : Value::missing();
}

Value loadAt(const void* cell, Type type) {
  switch (type.kind()) {
    case Kind::Bool: return Value::of(cellAt<bool>(cell));
    case Kind::Int64: return Value::of(cellAt<int64_t>(cell));
    case Kind::Float64: return Value::of(cellAt<double>(cell));
    case Kind::String: return Value::of(std::string(cellAt<Str>(cell).view()));
    case Kind::List: {
      auto list = cellAt<List<char>>(cell);
      Value::Elements elements;
      elements.reserve(list.size);
      for (uint64_t i = 0; i < list.size; ++i) elements.push_back(loadElement(list, type.element(), i));
      return Value::list(std::move(elements));
    }
    case Kind::Map: {
      auto map = cellAt<Map<char, char>>(cell);
      Value::Entries entries;
      entries.reserve(map.keys.size);
      for (uint64_t i = 0; i < map.keys.size; ++i)
        entries.emplace_back(loadElement(map.keys, type.key(), i), loadElement(map.values, type.value(), i));
      return Value::map(std::move(entries));
    }
    case Kind::Weighted: {
      auto weighted = cellAt<Weighted<char>>(cell);
      Value::Elements pairs;
      pairs.reserve(weighted.ids.size);
      for (uint64_t i = 0; i < weighted.ids.size; ++i) {
        bool hasWeight = weighted.weights.present(i);
        pairs.push_back(Value::list({loadElement(weighted.ids, type.element(), i),
                                     hasWeight ? Value::of(weighted.weights.data[i]) : Value::missing()}));
      }
      return Value::list(std::move(pairs));
    }
    case Kind::None:
    case Kind::Row: break;
  }
  return Value::missing();
}

}  // namespace

bool storeCell(const Value& value, Type type, const ColumnRef& column, uint64_t row, Arena& arena) {
  if (column.valid != nullptr) setBit(column.valid, row, !value.isMissing());
  if (type.is(Kind::Bool)) {
    setBit(static_cast<uint8_t*>(column.data), row, !value.isMissing() && value.asBool());
    return true;
  }
  return CellWriter(arena).storeAt(value, type, static_cast<char*>(column.data) + row * cellSize(type));
}

Value loadCell(const ColumnRef& column, Type type, uint64_t row) {
  if (!column.present(row)) return Value::missing();
  if (type.is(Kind::Bool)) return Value::of(column.get<bool>(row));
  uint64_t i = column.uniform ? 0 : row;
  return loadAt(static_cast<const char*>(column.data) + i * cellSize(type), type);
}

}  // namespace featc
