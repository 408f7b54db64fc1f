// SPDX-License-Identifier: Apache-2.0
// Writes owned values and Arrow columns as JSON.
#include "data/log/json_text.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "support/json_quote.h"

namespace featc {
namespace {

void say(std::string& problem, std::string_view text) {
  if (problem.empty()) problem = text;
}

void appendNumber(std::string& out, double value, std::string& problem) {
  if (!std::isfinite(value)) {
    say(problem, "a number is not finite, which JSON cannot hold");
    out += "null";
    return;
  }
  // As an integer it would lose its sign.
  if (value == 0 && std::signbit(value)) {
    out += "-0.0";
    return;
  }
  char text[40];
  std::string_view written(text, static_cast<size_t>(std::to_chars(text, text + sizeof text, value).ptr - text));
  out += written;
  // As an integer it would be beyond what JSON readers take.
  if (std::fabs(value) >= 0x1p63 && written.find_first_of(".e") == std::string_view::npos) out += ".0";
}

std::string_view stringAt(const ColumnData& column, int64_t at) {
  int64_t begin = offsetAt(column, at);
  return {static_cast<const char*>(column.values) + begin, static_cast<size_t>(offsetAt(column, at + 1) - begin)};
}

void appendMap(std::string& out, const ColumnData& column, Type type, int64_t at, std::string& problem) {
  const ColumnData& keys = *column.children[0];
  out += '{';
  for (int64_t i = offsetAt(column, at); i < offsetAt(column, at + 1); ++i) {
    if (i > offsetAt(column, at)) out += ", ";
    if (type.key().is(Kind::Int64)) {
      out += '"';
      appendInteger(out, static_cast<const int64_t*>(keys.values)[keys.offset + i]);
      out += '"';
    } else
      appendString(out, stringAt(keys, keys.offset + i), problem);
    out += ": ";
    appendJson(out, *column.children[1], type.value(), i, problem);
  }
  out += '}';
}

// Whether JSON has the text as it is, and without a look at its UTF-8.
bool isPlain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
}

void appendPlain(std::string& out, std::string_view text) {
  out += '"';
  out += text;
  out += '"';
}

}  // namespace

void appendQuoted(std::string& out, std::string_view text) {
  if (isPlain(text))
    appendPlain(out, text);
  else
    out += jsonQuote(text);
}

void appendString(std::string& out, std::string_view text, std::string& problem) {
  if (isPlain(text)) return appendPlain(out, text);
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    say(problem, "a string is not UTF-8, which JSON cannot hold");
    out += "null";
    return;
  }
  out += jsonQuote(text);
}

void appendInteger(std::string& out, int64_t value) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

std::optional<int64_t> listLength(const ColumnData& column, int64_t row) {
  if (column.absent || !isPresent(column, row)) return std::nullopt;
  return offsetAt(column, column.offset + row + 1) - offsetAt(column, column.offset + row);
}

void appendElement(std::string& out, const ColumnData& column, Type type, int64_t row, int64_t element,
                   std::string& problem) {
  appendJson(out, *column.children[0], type.element(), offsetAt(column, column.offset + row) + element, problem);
}

void appendJson(std::string& out, const Value& value, std::string& problem) {
  if (value.isMissing()) {
    out += "null";
  } else if (value.isBool()) {
    out += value.asBool() ? "true" : "false";
  } else if (value.isInt()) {
    appendInteger(out, value.asInt());
  } else if (value.isFloat()) {
    appendNumber(out, value.asFloat(), problem);
  } else if (value.isString()) {
    appendString(out, value.asString(), problem);
  } else if (value.isList()) {
    out += '[';
    for (size_t i = 0; i < value.asList().size(); ++i) {
      if (i > 0) out += ", ";
      appendJson(out, value.asList()[i], problem);
    }
    out += ']';
  } else {
    out += '{';
    for (size_t i = 0; i < value.asMap().size(); ++i) {
      const auto& [key, element] = value.asMap()[i];
      if (i > 0) out += ", ";
      if (key.isInt())
        out += fmt::format("\"{}\"", key.asInt());
      else
        appendString(out, key.asString(), problem);
      out += ": ";
      appendJson(out, element, problem);
    }
    out += '}';
  }
}

void appendJson(std::string& out, const ColumnRef& column, Type type, uint64_t row, std::string& problem) {
  if (!column.present(row)) {
    out += "null";
    return;
  }
  switch (type.kind()) {
    case Kind::Bool: out += column.get<bool>(row) ? "true" : "false"; return;
    case Kind::Int64: appendInteger(out, column.get<int64_t>(row)); return;
    case Kind::Float64: appendNumber(out, column.get<double>(row), problem); return;
    case Kind::String: {
      const Str text = column.get<Str>(row);
      appendString(out, {text.data, text.size}, problem);
      return;
    }
    default: appendJson(out, loadCell(column, type, row), problem);
  }
}

void appendJson(std::string& out, const ColumnData& column, Type type, int64_t row, std::string& problem) {
  int64_t at = column.offset + row;
  if (column.absent || !isPresent(column, row)) {
    out += "null";
    return;
  }
  switch (type.kind()) {
    case Kind::Bool:
      out += bitAt(static_cast<const uint8_t*>(column.values), static_cast<uint64_t>(at)) ? "true" : "false";
      return;
    case Kind::Int64: appendInteger(out, static_cast<const int64_t*>(column.values)[at]); return;
    case Kind::Float64: appendNumber(out, static_cast<const double*>(column.values)[at], problem); return;
    case Kind::String: appendString(out, stringAt(column, at), problem); return;
    case Kind::List:
      out += '[';
      for (int64_t i = offsetAt(column, at); i < offsetAt(column, at + 1); ++i) {
        if (i > offsetAt(column, at)) out += ", ";
        appendJson(out, *column.children[0], type.element(), i, problem);
      }
      out += ']';
      return;
    case Kind::Map: appendMap(out, column, type, at, problem); return;
    default: say(problem, "a field of a type that cannot be an input"); out += "null";
  }
}

}  // namespace featc
