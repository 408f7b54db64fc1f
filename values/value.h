// SPDX-License-Identifier: Apache-2.0
// Owned values: constants of a graph, arguments of operator states, what `explain` prints.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "values/cell.h"

namespace featc {

class Arena;

// A value of any type with its storage. Two values are equal when their bits are (a NaN equals
// itself, 0.0 differs from -0.0): equality serves hash-consing, not the language's `==`.
class Value {
 public:
  using Elements = std::vector<Value>;
  using Entries = std::vector<std::pair<Value, Value>>;

  Value() = default;  // missing
  // Copies the content first: a std::variant of libstdc++ 12 whose own copy throws destroys what it does not hold.
  Value(const Value& other);
  Value& operator=(const Value& other);
  Value(Value&&) noexcept = default;
  Value& operator=(Value&&) noexcept = default;
  ~Value() = default;
  static Value missing() { return {}; }
  static Value of(bool v);
  static Value of(int64_t v);
  static Value of(double v);
  static Value of(std::string v);
  static Value list(Elements elements);
  // Sorts by key; of repeated keys the last wins. Keys are present int64 or string.
  static Value map(Entries entries);

  bool isMissing() const { return std::holds_alternative<std::monostate>(data_); }
  bool isBool() const { return std::holds_alternative<bool>(data_); }
  bool isInt() const { return std::holds_alternative<int64_t>(data_); }
  bool isFloat() const { return std::holds_alternative<double>(data_); }
  bool isString() const { return std::holds_alternative<std::string>(data_); }
  bool isList() const { return std::holds_alternative<Elements>(data_); }
  bool isMap() const { return std::holds_alternative<Entries>(data_); }
  bool asBool() const { return std::get<bool>(data_); }
  int64_t asInt() const { return std::get<int64_t>(data_); }
  double asFloat() const { return std::get<double>(data_); }
  const std::string& asString() const { return std::get<std::string>(data_); }
  const Elements& asList() const { return std::get<Elements>(data_); }
  const Entries& asMap() const { return std::get<Entries>(data_); }

  bool operator==(const Value& other) const;
  uint64_t hash() const;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Elements, Entries> data_;
};

// Writes `value` as a cell of `type` at row `row` of a column whose storage is large enough;
// what it points to goes to `arena`, which must outlive the column. False when the arena is full.
bool storeCell(const Value& value, Type type, const ColumnRef& column, uint64_t row, Arena& arena);
// Copies a cell out. Weighted ids come as a list of [id, weight] lists.
Value loadCell(const ColumnRef& column, Type type, uint64_t row);
// For reading: `"a\x00b"`, `[1, 2]`, `{"k": 0.5}`, `missing`; floats in their shortest form.
std::string toString(const Value& value);

// Shortest decimal digits that read back to the same number, without a trailing ".0": `189`.
std::string formatFloat(double v);
std::string formatFloat(float v);
// A quoted literal with the language's escapes; bytes that are not UTF-8 as \xHH.
std::string quote(std::string_view bytes);

}  // namespace featc
