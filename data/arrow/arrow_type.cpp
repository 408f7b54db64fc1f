// SPDX-License-Identifier: Apache-2.0
// Reads the format strings of Arrow's C data interface.
#include "data/arrow/arrow_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace featc {
namespace {

constexpr int kMaxDepth = 32;

struct KindName {
  std::string_view format;
  ArrowKind kind;
  std::string_view name;
};
constexpr std::array kKinds = {
    KindName{"n", ArrowKind::Null, "null"},
    KindName{"b", ArrowKind::Bool, "bool"},
    KindName{"c", ArrowKind::Int8, "int8"},
    KindName{"C", ArrowKind::Uint8, "uint8"},
    KindName{"s", ArrowKind::Int16, "int16"},
    KindName{"S", ArrowKind::Uint16, "uint16"},
    KindName{"i", ArrowKind::Int32, "int32"},
    KindName{"I", ArrowKind::Uint32, "uint32"},
    KindName{"l", ArrowKind::Int64, "int64"},
    KindName{"L", ArrowKind::Uint64, "uint64"},
    KindName{"e", ArrowKind::Float16, "float16"},
    KindName{"f", ArrowKind::Float32, "float32"},
    KindName{"g", ArrowKind::Float64, "float64"},
    KindName{"tdD", ArrowKind::Date32, "date32"},
    KindName{"tdm", ArrowKind::Date64, "date64"},
    KindName{"u", ArrowKind::Utf8, "string"},
    KindName{"U", ArrowKind::LargeUtf8, "large_string"},
    KindName{"z", ArrowKind::Utf8, "binary"},
    KindName{"Z", ArrowKind::LargeUtf8, "large_binary"},
    KindName{"vu", ArrowKind::Utf8View, "string_view"},
    KindName{"vz", ArrowKind::Utf8View, "binary_view"},
    KindName{"+l", ArrowKind::List, "list"},
    KindName{"+L", ArrowKind::LargeList, "large_list"},
    KindName{"+m", ArrowKind::Map, "map"},
    KindName{"+s", ArrowKind::Struct, "struct"},
};

// Types that no field can be read from, for messages.
struct PrefixName {
  std::string_view prefix;
  std::string_view name;
};
constexpr std::array kOthers = {
    PrefixName{"+vl", "list_view"},      PrefixName{"+vL", "large_list_view"}, PrefixName{"+u", "union"},
    PrefixName{"+r", "run_end_encoded"}, PrefixName{"d:", "decimal"},          PrefixName{"tt", "time"},
    PrefixName{"tD", "duration"},        PrefixName{"ti", "interval"},
};

// Units of timestamps, by the letter in `tsu:Asia/Shanghai`.
struct TimeUnit {
  char letter;
  std::string_view name;
  int64_t ticks;  // a second
  std::string_view divided;
};
constexpr std::array kTimeUnits = {
    TimeUnit{'s', "s", 1, ""},
    TimeUnit{'m', "ms", 1'000, " // 1_000"},
    TimeUnit{'u', "us", 1'000'000, " // 1_000_000"},
    TimeUnit{'n', "ns", 1'000'000'000, " // 1_000_000_000"},
};

// Of a format string; null: it is not a timestamp's.
const TimeUnit* timeUnit(std::string_view format) {
  if (!format.starts_with("ts") || format.size() < 4 || format[3] != ':') return nullptr;
  const auto* unit = std::ranges::find(kTimeUnits, format[2], &TimeUnit::letter);
  return unit == kTimeUnits.end() ? nullptr : unit;
}

bool parseWidth(std::string_view text, int64_t& width) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
  return error == std::errc() && end == text.data() + text.size() && width >= 0 && width <= INT32_MAX;
}

ArrowKind kindOf(std::string_view format, int64_t& width) {
  for (const KindName& known : kKinds)
    if (known.format == format) return known.kind;
  if (const TimeUnit* unit = timeUnit(format)) {
    width = unit->ticks;
    return ArrowKind::Timestamp;
  }
  if (format.starts_with("w:") && parseWidth(format.substr(2), width)) return ArrowKind::FixedBinary;
  if (format.starts_with("+w:") && parseWidth(format.substr(3), width)) return ArrowKind::FixedList;
  return ArrowKind::Unsupported;
}

size_t childCount(ArrowKind kind) {
  switch (kind) {
    case ArrowKind::List:
    case ArrowKind::LargeList:
    case ArrowKind::FixedList:
    case ArrowKind::Map: return 1;
    default: return 0;
  }
}

bool isText(ArrowKind kind) {
  return kind == ArrowKind::Utf8 || kind == ArrowKind::LargeUtf8 || kind == ArrowKind::Utf8View ||
         kind == ArrowKind::FixedBinary;
}

bool isListKind(ArrowKind kind) {
  return kind == ArrowKind::List || kind == ArrowKind::LargeList || kind == ArrowKind::FixedList;
}

// Epoch seconds of a time column, as pandas, polars and SQL write it.
std::string epochSeconds(const ArrowType& column) {
  const TimeUnit* unit = timeUnit(column.format);
  std::string_view factor = unit != nullptr                    ? unit->divided
                            : column.kind == ArrowKind::Date32 ? " * 86_400"
                                                               : " // 1_000";
  return fmt::format(
      "in pandas column.astype(\"int64\"){0}, in polars column.cast(pl.Int64){0}, in SQL cast(floor(extract(epoch from "
      "column)) as bigint)",
      factor);
}

// What to do about a column that does not fit; of lists and maps, about what they hold.
std::string remedy(const ArrowType& column, Type type) {
  if (column.dictionary != nullptr) return remedy(*column.dictionary, type);
  if (type.isList() && isListKind(column.kind)) return remedy(column.children[0], type.element());
  if (type.isMap() && column.kind == ArrowKind::Map) return remedy(column.children[0].children[1], type.value());
  if (type.is(Kind::Int64) && isArrowTime(column.kind))
    return "; declare the field timestamp, or give epoch seconds: " + epochSeconds(column);
  if (isArrowTime(column.kind) && type.is(Kind::Float64)) return "; give a number: " + epochSeconds(column);
  if (isArrowTime(column.kind) && type.is(Kind::String)) return "; write it as text";
  if (type.isTimestamp() && isText(column.kind))
    return "; parse it: in pandas pandas.to_datetime(column), in polars column.str.to_datetime()";
  if (column.format.starts_with("t") && type.isNumber()) return "; cast it to int64";
  if (column.format.starts_with("d:")) return type.is(Kind::Int64) ? "; cast it to int64" : "; cast it to float64";
  if (column.format.starts_with("+v")) return "; cast it to a list";
  if (type.isMap() && column.kind == ArrowKind::Struct) return "; give it the type map when making the array";
  return {};
}

std::string expected(const ArrowType& column, Type type) {
  return fmt::format("expected {}, found {}{}", toString(type.present()), toString(column), remedy(column, type));
}

}  // namespace

ArrowType ArrowType::of(const ArrowSchema& schema, int depth) {
  ArrowType type;
  type.name = schema.name == nullptr ? "" : schema.name;
  type.format = schema.format == nullptr ? "" : schema.format;
  if (depth > kMaxDepth) return type;
  for (int64_t i = 0; i < schema.n_children; ++i) type.children.push_back(of(*schema.children[i], depth + 1));
  type.kind = kindOf(type.format, type.width);
  if (childCount(type.kind) > type.children.size()) type.kind = ArrowKind::Unsupported;
  if (type.kind == ArrowKind::Map && type.children[0].children.size() != 2) type.kind = ArrowKind::Unsupported;
  if (schema.dictionary != nullptr) type.dictionary = std::make_unique<ArrowType>(of(*schema.dictionary, depth + 1));
  return type;
}

ArrowType ArrowType::copy() const {
  ArrowType out{kind, name, format, width, {}, nullptr};
  for (const ArrowType& child : children) out.children.push_back(child.copy());
  if (dictionary != nullptr) out.dictionary = std::make_unique<ArrowType>(dictionary->copy());
  return out;
}

bool isListOfStructs(const ArrowType& type) {
  bool isList = type.kind == ArrowKind::List || type.kind == ArrowKind::LargeList;
  return isList && type.dictionary == nullptr && type.children[0].kind == ArrowKind::Struct;
}

ArrowType listOfMember(const ArrowType& listOfStructs, size_t child) {
  ArrowType out{listOfStructs.kind, listOfStructs.name, listOfStructs.format, listOfStructs.width, {}, nullptr};
  out.children.push_back(listOfStructs.children[0].children[child].copy());
  return out;
}

std::string toString(const ArrowType& type) {
  if (type.dictionary != nullptr) return fmt::format("dictionary<{}>", toString(*type.dictionary));
  std::string_view name;
  for (const KindName& known : kKinds)
    if (known.format == type.format) name = known.name;
  for (const PrefixName& other : kOthers)
    if (name.empty() && type.format.starts_with(other.prefix)) name = other.name;
  if (const TimeUnit* unit = timeUnit(type.format)) {
    std::string zone = type.format.substr(4);
    return fmt::format("timestamp[{}{}{}]", unit->name, zone.empty() ? "" : ", tz=", zone);
  }
  if (type.kind == ArrowKind::FixedBinary) return fmt::format("fixed_size_binary[{}]", type.width);
  if (type.kind == ArrowKind::FixedList)
    return fmt::format("fixed_size_list<{}>[{}]", toString(type.children[0]), type.width);
  if (type.kind == ArrowKind::Map)
    return fmt::format("map<{}, {}>", toString(type.children[0].children[0]), toString(type.children[0].children[1]));
  if (type.kind == ArrowKind::Struct) {
    std::string fields;
    for (const ArrowType& child : type.children)
      fields += fmt::format("{}{}: {}", fields.empty() ? "" : ", ", child.name, toString(child));
    return fmt::format("struct<{}>", fields);
  }
  if (isListKind(type.kind)) return fmt::format("{}<{}>", name, toString(type.children[0]));
  return name.empty() ? fmt::format("the Arrow type \"{}\"", type.format) : std::string(name);
}

int64_t bufferCount(const ArrowType& type) {
  switch (type.kind) {
    case ArrowKind::Unsupported:
    case ArrowKind::Utf8View: return -1;
    case ArrowKind::Null: return 0;
    case ArrowKind::Struct:
    case ArrowKind::FixedList: return 1;
    case ArrowKind::Utf8:
    case ArrowKind::LargeUtf8: return 3;
    default: return 2;
  }
}

bool isArrowInteger(ArrowKind kind) { return kind >= ArrowKind::Int8 && kind <= ArrowKind::Uint64; }
bool isArrowFloat(ArrowKind kind) { return kind >= ArrowKind::Float16 && kind <= ArrowKind::Float64; }
bool isArrowTime(ArrowKind kind) { return kind >= ArrowKind::Timestamp && kind <= ArrowKind::Date64; }

std::string whyNotReadable(const ArrowType& column, Type type) {
  if (column.dictionary != nullptr) {
    if (isArrowInteger(column.kind) && type.isScalar() && column.dictionary->dictionary == nullptr)
      return whyNotReadable(*column.dictionary, type);
    return expected(column, type);
  }
  if (column.kind == ArrowKind::Null) return {};
  const bool isNumber = isArrowInteger(column.kind) || isArrowFloat(column.kind);
  switch (type.kind()) {
    case Kind::Bool: return column.kind == ArrowKind::Bool ? "" : expected(column, type);
    case Kind::Int64: return isNumber || (type.isTimestamp() && isArrowTime(column.kind)) ? "" : expected(column, type);
    case Kind::Float64: return isNumber ? "" : expected(column, type);
    case Kind::String: return isText(column.kind) ? "" : expected(column, type);
    case Kind::List:
      if (!isListKind(column.kind)) return expected(column, type);
      return whyNotReadable(column.children[0], type.element()).empty() ? "" : expected(column, type);
    case Kind::Map: {
      // As a map, or as what a map is in memory: a list of pairs.
      bool isPairs = (column.kind == ArrowKind::List || column.kind == ArrowKind::LargeList) &&
                     column.children[0].kind == ArrowKind::Struct && column.children[0].children.size() == 2;
      if (column.kind != ArrowKind::Map && !isPairs) return expected(column, type);
      const ArrowType& entry = column.children[0];
      bool fits = whyNotReadable(entry.children[0], type.key()).empty() &&
                  whyNotReadable(entry.children[1], type.value()).empty();
      return fits ? "" : expected(column, type);
    }
    default: return expected(column, type);
  }
}

}  // namespace featc
