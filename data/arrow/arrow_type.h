// SPDX-License-Identifier: Apache-2.0
// What an Arrow schema says of a column, and whether a field of a config can be read from it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/arrow/c_interface.h"
#include "values/type.h"

namespace featc {

enum class ArrowKind : uint8_t {
  Unsupported,
  Null,
  Bool,
  Int8,
  Uint8,
  Int16,
  Uint16,
  Int32,
  Uint32,
  Int64,
  Uint64,
  Float16,
  Float32,
  Float64,
  Timestamp,
  Date32,     // days
  Date64,     // milliseconds
  Utf8,       // and binary: a string is bytes
  LargeUtf8,  // and large_binary
  Utf8View,   // and binary_view
  FixedBinary,
  List,
  LargeList,
  FixedList,
  Map,
  Struct,
};

// A schema read once, so that arrays are taken apart without looking at format strings.
struct ArrowType {
  ArrowKind kind = ArrowKind::Unsupported;
  std::string name;    // of the column
  std::string format;  // as in the schema
  int64_t width = 0;   // FixedBinary: bytes, FixedList: elements, Timestamp: ticks a second
  std::vector<ArrowType> children;
  std::unique_ptr<ArrowType> dictionary;  // of the values; `kind` is then of the indices

  // `schema` must not be released. Types nested too deeply come out as Unsupported.
  static ArrowType of(const ArrowSchema& schema, int depth = 0);
  ArrowType copy() const;
};

// Whether a column is a list of structs, and the list of their member `child` alone.
bool isListOfStructs(const ArrowType& type);
ArrowType listOfMember(const ArrowType& listOfStructs, size_t child);

// As Arrow prints it: `list<int32>`, `dictionary<string>`.
std::string toString(const ArrowType& type);

// Buffers that an array of this type has, -1 where that varies.
int64_t bufferCount(const ArrowType& type);
bool isArrowInteger(ArrowKind kind);
bool isArrowFloat(ArrowKind kind);
bool isArrowTime(ArrowKind kind);

// Why a field of `type` cannot be read from such a column; empty: it can.
std::string whyNotReadable(const ArrowType& column, Type type);

}  // namespace featc
