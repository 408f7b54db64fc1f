// SPDX-License-Identifier: Apache-2.0
// Scalars, and lists and maps of them between delimiters.
#include "data/csv/csv_cells.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/csv/csv_looks.h"
#include "data/not_finite.h"
#include "ops/library/time_text.h"
#include "support/utf8.h"
#include "values/parse.h"
#include "values/value.h"

namespace featc {
namespace {

constexpr std::string_view kQuotedEmpty = "\"\"";
constexpr size_t kShownBytes = 40;

// Why a cell or a part of it is not a value of its type; empty: it was appended.
using CellError = std::string;

CellError expected(Type type, std::string_view text, const CsvCellContext& context) {
  std::string_view shown = utf8Prefix(text, kShownBytes);
  return fmt::format("expected {}, found {}{}{}{}", dataForms(type), quote(shown),
                     shown.size() < text.size() ? "..." : "", timeAdvice(type, text), adviceFor(text, context.options));
}

CellError appendInt64(std::string_view text, const CsvCellContext& context, ColumnBuffer& column) {
  int64_t value = 0;
  const bool isTime = column.type().isTimestamp();
  NumberError error = parseInt64(text, NumberStyle::Text, value);
  if (isTime && error == NumberError::Malformed) {
    std::optional<int64_t> time = parseTimestamp(text);
    if (!time) return expected(column.type(), text, context);
    value = *time;
  } else if (!isTime && error == NumberError::OutOfRange) {
    uint64_t bits = 0;
    if (parseUint64(text, NumberStyle::Text, bits) != NumberError::None)
      return fmt::format("{} is beyond {}", quote(text), toString(column.type()));
    context.notes.add(NoteKind::WideInteger, context.field, context.line, text);
    value = static_cast<int64_t>(bits);
  } else if (error == NumberError::OutOfRange) {
    return fmt::format("{} is beyond {}", quote(text), toString(column.type()));
  } else if (error != NumberError::None) {
    return expected(column.type(), text, context);
  }
  column.appendInt64(value);
  return {};
}

CellError appendFloat64(std::string_view text, const CsvCellContext& context, ColumnBuffer& column) {
  double value = 0;
  NumberError error = parseFloat64(text, NumberStyle::Text, value);
  if (error == NumberError::Malformed && parseNotFinite(text, value)) {
    context.notes.add(NoteKind::NotFinite, context.field, context.line, text);
  } else if (error == NumberError::OutOfRange) {
    return fmt::format("{} is beyond {}", quote(text), toString(column.type()));
  } else if (error != NumberError::None) {
    return expected(column.type(), text, context);
  }
  column.appendFloat64(value);
  return {};
}

CellError appendScalar(std::string_view text, bool quoted, const CsvCellContext& context, ColumnBuffer& column) {
  switch (column.type().kind()) {
    case Kind::Bool: {
      std::optional<bool> value = parseBool(text);
      if (!value) return expected(column.type(), text, context);
      column.appendBool(*value);
      return {};
    }
    case Kind::Int64: return appendInt64(text, context, column);
    case Kind::Float64: return appendFloat64(text, context, column);
    case Kind::String:
      if (!quoted && !text.empty() && mayLookOdd(text)) noteCsvLooks(text, context);
      column.appendString(text);
      return {};
    default: return fmt::format("a cell cannot hold {}", toString(column.type()));
  }
}

bool isNull(std::string_view text, const CsvOptions& options) {
  return std::ranges::find(options.nulls, text) != options.nulls.end();
}

// An element of a list, a map's key or value: nothing is missing, `""` the empty string.
CellError appendPart(std::string_view text, const CsvCellContext& context, ColumnBuffer& column) {
  if (context.options.trim) text = withoutBlanks(text);
  if (text.empty() || isNull(text, context.options)) {
    column.appendMissing();
    return {};
  }
  bool isEmpty = column.type().is(Kind::String) && text == kQuotedEmpty;
  return appendScalar(isEmpty ? std::string_view() : text, false, context, column);
}

CellError appendPair(std::string_view text, const CsvCellContext& context, ColumnBuffer& column) {
  size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return fmt::format("expected key:value, found {}", quote(text));
  std::string_view key = text.substr(0, colon);
  if (context.options.trim) key = withoutBlanks(key);
  if (key.empty() || isNull(key, context.options)) return fmt::format("a key is missing in {}", quote(text));
  if (key.find(':') != std::string_view::npos) context.notes.add(NoteKind::Colons, context.field, context.line, text);
  CellError error = appendPart(key, context, column.keys());
  return error.empty() ? appendPart(text.substr(colon + 1), context, column.values()) : error;
}

CellError appendNested(const CsvCell& cell, const CsvCellContext& context, ColumnBuffer& column) {
  bool isMap = column.type().isMap();
  std::string_view rest = cell.text;
  const bool isQuotedEmpty = rest.empty() || (!cell.quoted && rest == kQuotedEmpty);
  if (isQuotedEmpty && (isMap || !column.type().element().is(Kind::String))) {
    column.closeNested();
    return {};
  }
  if (rest.empty()) rest = kQuotedEmpty;
  BracketLook look = rest[0] == '[' || rest[0] == '{' ? bracketLook(rest, context.options) : BracketLook::None;
  for (size_t index = 0;; ++index) {
    size_t end = rest.find(context.options.listDelimiter);
    std::string_view part = rest.substr(0, end);
    CellError error = isMap ? appendPair(part, context, column) : appendPart(part, context, column.elements());
    if (!error.empty())
      return fmt::format("{}{}{}", isMap ? "" : fmt::format("element {}: ", index), error, adviceFor(look));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  if (look != BracketLook::None)
    context.notes.add(look == BracketLook::Json ? NoteKind::JsonText : NoteKind::BracketText, context.field,
                      context.line, cell.text);
  column.closeNested();
  return {};
}

}  // namespace

void noteCsvLooks(std::string_view text, const CsvCellContext& context) {
  auto note = [&](NoteKind kind) { context.notes.add(kind, context.field, context.line, text); };
  if (looksMissing(text)) return note(NoteKind::NullText);
  if (!context.options.trim && withoutBlanks(text).size() < text.size()) return note(NoteKind::Blanks);
  if (!context.options.quotes && isWholeInQuotes(text)) note(NoteKind::Quoted);
}

CsvCell rewrittenCell(CsvCell cell, const CsvOptions& options) {
  if (cell.quoted) return cell;
  if (options.trim) cell.text = withoutBlanks(cell.text);
  if (isNull(cell.text, options)) cell.text = {};
  return cell;
}

std::string appendCsvCell(const CsvCell& cell, const CsvCellContext& context, ColumnBuffer& column) {
  const bool isNested = column.type().isList() || column.type().isMap();
  return isNested ? appendNested(cell, context, column) : appendScalar(cell.text, cell.quoted, context, column);
}

}  // namespace featc
