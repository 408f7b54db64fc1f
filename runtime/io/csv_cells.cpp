// SPDX-License-Identifier: Apache-2.0
// Scalars, and lists and maps of them between delimiters.
#include "runtime/io/csv_cells.h"

#include <fmt/format.h>

#include "ops/parse.h"
#include "ops/time_text.h"
#include "ops/value.h"

namespace featc {
namespace {

constexpr std::string_view kQuotedEmpty = "\"\"";
constexpr size_t kShownBytes = 40;

// Why a cell or a part of it is no value of its type; empty: it was appended.
using CellError = std::string;

CellError expected(Type type, std::string_view text) {
  return fmt::format("expected {}, found {}{}", dataForms(type), quote(text.substr(0, kShownBytes)),
                     text.size() > kShownBytes ? "..." : "");
}

CellError numberError(NumberError error, Type type, std::string_view text) {
  if (error == NumberError::OutOfRange) return fmt::format("{} is beyond {}", quote(text), toString(type));
  return expected(type, text);
}

CellError appendScalar(std::string_view text, ColumnBuffer& column) {
  Type type = column.type();
  switch (type.kind()) {
    case Kind::Bool: {
      std::optional<bool> value = parseBool(text);
      if (!value) return expected(type, text);
      column.appendBool(*value);
      return {};
    }
    case Kind::Int64: {
      int64_t value = 0;
      NumberError error = parseInt64(text, NumberStyle::Text, value);
      if (error == NumberError::Malformed && type.isTimestamp()) {
        std::optional<int64_t> time = parseTimestamp(text);
        if (!time) return expected(type, text);
        value = *time;
        error = NumberError::None;
      }
      if (error != NumberError::None) return numberError(error, type, text);
      column.appendInt64(value);
      return {};
    }
    case Kind::Float64: {
      double value = 0;
      NumberError error = parseFloat64(text, NumberStyle::Text, value);
      if (error != NumberError::None) return numberError(error, type, text);
      column.appendFloat64(value);
      return {};
    }
    case Kind::String: column.appendString(text); return {};
    default: return fmt::format("a cell cannot hold {}", toString(type));
  }
}

// An element of a list, a map's key or value: nothing is missing, `""` the empty string.
CellError appendPart(std::string_view text, ColumnBuffer& column) {
  if (text.empty()) {
    column.appendMissing();
    return {};
  }
  bool isString = column.type().is(Kind::String);
  return appendScalar(isString && text == kQuotedEmpty ? std::string_view() : text, column);
}

CellError appendPair(std::string_view text, ColumnBuffer& column) {
  size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return fmt::format("expected key:value, found {}", quote(text));
  if (colon == 0) return fmt::format("a key is missing in {}", quote(text));
  CellError error = appendPart(text.substr(0, colon), column.keys());
  return error.empty() ? appendPart(text.substr(colon + 1), column.values()) : error;
}

CellError appendNested(const CsvCell& cell, char delimiter, ColumnBuffer& column) {
  bool isMap = column.type().isMap();
  std::string_view rest = cell.text;
  if (rest.empty() && (isMap || !column.type().element().is(Kind::String))) {
    column.closeNested();
    return {};
  }
  if (rest.empty()) rest = kQuotedEmpty;
  for (size_t index = 0;; ++index) {
    size_t end = rest.find(delimiter);
    std::string_view part = rest.substr(0, end);
    CellError error = isMap ? appendPair(part, column) : appendPart(part, column.elements());
    if (!error.empty()) return isMap ? error : fmt::format("element {}: {}", index, error);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  column.closeNested();
  return {};
}

}  // namespace

std::string appendCsvCell(const CsvCell& cell, char listDelimiter, ColumnBuffer& column) {
  return nestingDepth(column.type()) == 0 ? appendScalar(cell.text, column) : appendNested(cell, listDelimiter, column);
}

}  // namespace featc
