// SPDX-License-Identifier: Apache-2.0
// Field values as text, both ways.
#include "stores/field_text.h"

#include <cmath>
#include <new>

#include "data/json/json_value.h"
#include "ops/library/time_text.h"
#include "support/json_quote.h"
#include "values/parse.h"

namespace featc {
namespace {

// formatFloat has no sign for zero, and JSON's `-0` is an integer, which has none.
void appendFloat(std::string& text, double value) {
  text += value == 0 && std::signbit(value) ? "-0.0" : formatFloat(value);
}

NumberStyle styleOf(uint32_t semantics) { return semantics == 1 ? NumberStyle::Plain : NumberStyle::Text; }

std::optional<int64_t> readInt(std::string_view text, Type type, uint32_t semantics) {
  int64_t value = 0;
  NumberError error = parseInt64(text, styleOf(semantics), value);
  if (error == NumberError::None) return value;
  if (type.isTimestamp()) return parseTimestamp(text);
  uint64_t bits = 0;
  if (error != NumberError::OutOfRange || semantics == 1 ||
      parseUint64(text, NumberStyle::Text, bits) != NumberError::None)
    return std::nullopt;
  return static_cast<int64_t>(bits);
}

}  // namespace

void appendJsonValue(std::string& text, const Value& value) {
  if (value.isMissing()) {
    text += "null";
  } else if (value.isBool()) {
    text += value.asBool() ? "true" : "false";
  } else if (value.isInt()) {
    text += std::to_string(value.asInt());
  } else if (value.isFloat()) {
    // JSON has no other numbers.
    if (std::isfinite(value.asFloat()))
      appendFloat(text, value.asFloat());
    else
      text += "null";
  } else if (value.isString()) {
    text += jsonQuote(value.asString());
  } else if (value.isList()) {
    const char* separator = "[";
    for (const Value& element : value.asList()) {
      text += separator;
      appendJsonValue(text, element);
      separator = ",";
    }
    text += value.asList().empty() ? "[]" : "]";
  } else {
    const char* separator = "{";
    for (const auto& [key, mapped] : value.asMap()) {
      text += separator;
      text += key.isInt() ? "\"" + std::to_string(key.asInt()) + "\"" : jsonQuote(key.asString());
      text += ':';
      appendJsonValue(text, mapped);
      separator = ",";
    }
    text += value.asMap().empty() ? "{}" : "}";
  }
}

void appendFieldText(std::string& text, const Value& value, Type type) {
  switch (type.kind()) {
    case Kind::Bool: text += value.asBool() ? '1' : '0'; break;
    case Kind::Int64: text += std::to_string(value.asInt()); break;
    case Kind::Float64: appendFloat(text, value.asFloat()); break;
    case Kind::String: text += value.asString(); break;
    default: appendJsonValue(text, value); break;
  }
}

bool FieldTextReader::read(std::string_view text, Type type, uint32_t semantics, const ColumnRef& column, uint64_t row,
                           Arena& arena) {
  switch (type.kind()) {
    case Kind::Bool: {
      std::optional<bool> value = parseBool(text);
      if (!value || (semantics == 1 && text != "0" && text != "1")) return false;
      setBit(static_cast<uint8_t*>(column.data), row, *value);
      break;
    }
    case Kind::Int64: {
      std::optional<int64_t> value = readInt(text, type, semantics);
      if (!value) return false;
      static_cast<int64_t*>(column.data)[row] = *value;
      break;
    }
    case Kind::Float64: {
      double value = 0;
      if (parseFloat64(text, styleOf(semantics), value) != NumberError::None) return false;
      static_cast<double*>(column.data)[row] = value;
      break;
    }
    case Kind::String: static_cast<Str*>(column.data)[row] = Str::of(text); break;
    default: {
      simdjson::dom::element document;
      return parse(text, semantics, document) && read(document, type, semantics, column, row, arena);
    }
  }
  setBit(column.valid, row, true);
  return true;
}

bool FieldTextReader::read(simdjson::dom::element element, Type type, uint32_t semantics, const ColumnRef& column,
                           uint64_t row, Arena& arena) {
  WideIntegers wide{semantics >= 2};
  if (!readJson(element, type, value_, wide).empty()) return false;
  if (!storeCell(value_, type, column, row, arena)) throw std::bad_alloc();
  return true;
}

bool FieldTextReader::parse(std::string_view text, uint32_t semantics, simdjson::dom::element& document) {
  simdjson::error_code error = parseJson(parser_, text, semantics >= 2, document);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();  // no fault of the text
  return error == simdjson::SUCCESS;
}

}  // namespace featc
