// SPDX-License-Identifier: Apache-2.0
// The types of values: scalars, lists, maps, each possibly missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace featc {

enum class Kind : uint8_t { None = 0, Bool, Int64, Float64, String, List, Map, Weighted, Row };

// A type is a small number: one nibble a constructor, outermost in the lowest nibble, so that
// nested types need no table. `list<int64>` is Int64 << 4 | List; `map<string, float64>` is
// Float64 << 8 | String << 4 | Map. `Weighted` is a list of ids with weights, `Row` what a read of
// source number `rowSource()` returns.
class Type {
 public:
  constexpr Type() = default;

  static constexpr Type scalar(Kind kind) { return Type(static_cast<uint32_t>(kind)); }
  static constexpr Type boolean() { return scalar(Kind::Bool); }
  static constexpr Type int64() { return scalar(Kind::Int64); }
  static constexpr Type float64() { return scalar(Kind::Float64); }
  static constexpr Type string() { return scalar(Kind::String); }
  // Of a field: int64 epoch seconds that data may hold as points in time. Who reads data looks at the mark, and who
  // prints types; expressions see what plain() gives.
  static constexpr Type timestamp() { return int64().marked(true); }
  static constexpr Type list(Type element) {
    return Type(element.code_ << 4U | static_cast<uint32_t>(Kind::List)).marked(element.timestamps_);
  }
  static constexpr Type map(Type key, Type value) {
    return Type(value.code_ << 8U | key.code_ << 4U | static_cast<uint32_t>(Kind::Map)).marked(value.timestamps_);
  }
  static constexpr Type weighted(Type id) { return Type(id.code_ << 4U | static_cast<uint32_t>(Kind::Weighted)); }
  // `aligned`: the read was keyed by a list, so its fields are lists.
  static constexpr Type row(uint32_t source, bool aligned) {
    return Type(source << 5U | (aligned ? 16U : 0U) | static_cast<uint32_t>(Kind::Row));
  }

  constexpr Kind kind() const { return static_cast<Kind>(code_ & 15U); }
  constexpr bool isNone() const { return code_ == 0; }
  constexpr bool isScalar() const { return kind() >= Kind::Bool && kind() <= Kind::String; }
  constexpr bool isNumber() const { return kind() == Kind::Int64 || kind() == Kind::Float64; }
  constexpr bool isList() const { return kind() == Kind::List; }
  constexpr bool isMap() const { return kind() == Kind::Map; }
  constexpr bool isWeighted() const { return kind() == Kind::Weighted; }
  constexpr bool isRow() const { return kind() == Kind::Row; }
  constexpr bool is(Kind k) const { return kind() == k; }

  // Of a list: its elements' type. Of weighted ids: the ids'.
  constexpr Type element() const { return Type(code_ >> 4U).marked(timestamps_); }
  constexpr Type key() const { return Type(code_ >> 4U & 15U); }
  constexpr Type value() const { return Type(code_ >> 8U).marked(timestamps_); }
  constexpr uint32_t rowSource() const { return code_ >> 5U; }
  constexpr bool rowAligned() const { return (code_ & 16U) != 0; }

  constexpr bool nullable() const { return nullable_; }
  constexpr Type withNullable(bool nullable = true) const {
    Type t = *this;
    t.nullable_ = nullable;
    return t;
  }
  constexpr Type present() const { return withNullable(false); }
  constexpr bool isTimestamp() const { return timestamps_ && is(Kind::Int64); }
  // With int64 in the place of timestamp.
  constexpr Type plain() const { return marked(false); }

  // Equal but for the question mark and plain().
  constexpr bool same(Type other) const { return code_ == other.code_; }
  constexpr uint32_t code() const { return code_; }
  constexpr bool operator==(const Type&) const = default;

 private:
  explicit constexpr Type(uint32_t code) : code_(code) {}
  constexpr Type marked(bool timestamps) const {
    Type t = *this;
    t.timestamps_ = timestamps;
    return t;
  }

  uint32_t code_ = 0;
  bool nullable_ = false;
  bool timestamps_ = false;  // the innermost values, of a map those, are timestamps
};

// As written in a config: `map<string, float64>?`.
std::string toString(Type type);
// Parses what toString prints; nothing where the text is not a type.
std::optional<Type> parseType(std::string_view text);
// Whether a map's keys may be of that type.
bool isMapKey(Type type);
// How many lists and maps are nested in one another: 0 for a scalar.
int nestingDepth(Type type);
// Lists and maps may hold lists and maps of scalars, but nothing deeper.
inline constexpr int kMaxFieldNesting = 2;

}  // namespace featc
