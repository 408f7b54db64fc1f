// SPDX-License-Identifier: Apache-2.0
// Reads the words, numbers, names, strings and types of one line of IR text.
#include "ir/text_scanner.h"

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <limits>

#include "support/utf8.h"

namespace featc {
namespace {

bool isWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

void TextScanner::skipBlanks() {
  size_t n = 0;
  while (n < rest_.size() && (rest_[n] == ' ' || rest_[n] == '\t' || rest_[n] == '\r')) ++n;
  rest_.remove_prefix(n);
}

bool TextScanner::atEnd() {
  skipBlanks();
  return rest_.empty() || rest_[0] == '#';
}

std::optional<TextScanner::Place> TextScanner::place() {
  skipBlanks();
  if (!rest_.starts_with("# ")) return std::nullopt;
  std::string_view text = rest_.substr(2);
  auto numberAtEnd = [&text](uint32_t& out) {
    size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return false;
    std::string_view digits = text.substr(colon + 1);
    auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    text = text.substr(0, colon);
    return code == std::errc() && end == digits.data() + digits.size() && out > 0;
  };
  Place place;
  if (!numberAtEnd(place.at.column) || !numberAtEnd(place.at.line)) return std::nullopt;
  place.file = text;
  return place;
}

void TextScanner::expectEnd() {
  if (!atEnd()) throw IrTextError(fmt::format("{} is too much", quote(rest_.substr(0, 20))));
}

bool TextScanner::nextIs(char c) {
  skipBlanks();
  return !rest_.empty() && rest_[0] == c;
}

bool TextScanner::accept(char c) {
  if (!nextIs(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

void TextScanner::expect(char c) {
  if (accept(c)) return;
  if (atEnd()) throw IrTextError(fmt::format("expected \"{}\", found the end of the line", c));
  throw IrTextError(fmt::format("expected \"{}\", found {}", c, quote(rest_.substr(0, 20))));
}

std::string_view TextScanner::peekWord() {
  skipBlanks();
  size_t n = 0;
  while (n < rest_.size() && isWordByte(rest_[n])) ++n;
  return rest_.substr(0, n);
}

std::string_view TextScanner::word() {
  std::string_view word = peekWord();
  if (word.empty()) {
    throw IrTextError(atEnd() ? "expected a word, found the end of the line"
                              : fmt::format("expected a word, found {}", quote(rest_.substr(0, 20))));
  }
  rest_.remove_prefix(word.size());
  return word;
}

bool TextScanner::acceptWord(std::string_view wanted) {
  if (peekWord() != wanted) return false;
  rest_.remove_prefix(wanted.size());
  return true;
}

std::string TextScanner::name() {
  if (nextIs('`')) return quoted('`');
  return std::string(word());
}

std::string TextScanner::string() { return quoted('"'); }

std::string TextScanner::quoted(char quote) {
  expect(quote);
  std::string out;
  while (!rest_.empty()) {
    char c = rest_[0];
    rest_.remove_prefix(1);
    if (c == quote) return out;
    if (c == '\\') {
      appendEscape(out);
    } else {
      out += c;
    }
  }
  throw IrTextError(fmt::format("the closing {} is missing", quote));
}

void TextScanner::appendEscape(std::string& out) {
  if (rest_.empty()) throw IrTextError("the line ends in an escape");
  char c = rest_[0];
  rest_.remove_prefix(1);
  switch (c) {
    case 'n': out += '\n'; return;
    case 't': out += '\t'; return;
    case 'r': out += '\r'; return;
    case '\\':
    case '"':
    case '`': out += c; return;
    case 'x': out += static_cast<char>(hexDigits(2)); return;
    case 'u': {
      size_t end = rest_.find('}');
      if (!rest_.starts_with('{') || end == std::string_view::npos || end > 7) break;
      rest_.remove_prefix(1);
      uint32_t code = hexDigits(end - 1);
      rest_.remove_prefix(1);
      if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        throw IrTextError(fmt::format("\\u{{{:x}}} is not a character", code));
      }
      appendUtf8(out, code);
      return;
    }
    default: break;
  }
  throw IrTextError(fmt::format("unknown escape \\{}", c));
}

uint32_t TextScanner::hexDigits(size_t count) {
  uint32_t value = 0;
  std::string_view digits = rest_.substr(0, count);
  auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (count == 0 || digits.size() != count || code != std::errc() || end != digits.data() + digits.size()) {
    throw IrTextError(fmt::format("{} is not a hexadecimal number", quote(digits)));
  }
  rest_.remove_prefix(count);
  return value;
}

std::string_view TextScanner::numberText() {
  skipBlanks();
  size_t n = 0;
  while (n < rest_.size() && (isWordByte(rest_[n]) || rest_[n] == '.' || rest_[n] == '-' || rest_[n] == '+')) ++n;
  std::string_view text = rest_.substr(0, n);
  rest_.remove_prefix(n);
  return text;
}

double TextScanner::number() {
  if (acceptWord("nan")) {
    expect('(');
    std::string_view text = numberText();
    expect(')');
    uint64_t bits = 0;
    auto digits = text.substr(text.starts_with("0x") ? 2 : 0);
    auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
    double value = std::bit_cast<double>(bits);
    if (code != std::errc() || end != digits.data() + digits.size() || value == value) {
      throw IrTextError(fmt::format("{} are not the bits of a NaN", quote(text)));
    }
    return value;
  }
  std::string_view text = numberText();
  double value = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value != value) {
    throw IrTextError(fmt::format("{} is not a float", quote(text)));
  }
  return value;
}

uint32_t TextScanner::nodeNumber() {
  expect('%');
  // A field's `.` may follow, so only a word of digits belongs to it.
  return integerOf<uint32_t>(word(), 0, std::numeric_limits<uint32_t>::max());
}

std::optional<Type> TextScanner::type(bool ofField) {
  skipBlanks();
  std::string_view begin = rest_;
  std::string_view first = word();
  if (first == "row" || first == "rows") return std::nullopt;
  if (first == "none") return Type().withNullable(accept('?'));
  size_t n = first.size();
  int depth = 0;
  if (n < begin.size() && begin[n] == '<') {
    do {
      if (begin[n] == '<') ++depth;
      if (begin[n] == '>') --depth;
      ++n;
    } while (depth > 0 && n < begin.size());
  }
  if (n < begin.size() && begin[n] == '?') ++n;
  std::optional<Type> type = parseType(begin.substr(0, n));
  if (!type || (*type != type->plain() && !ofField))
    throw IrTextError(fmt::format("{} is not a type{}", quote(begin.substr(0, n)), type ? " of a node" : ""));
  rest_ = begin.substr(n);
  return type;
}

Scope TextScanner::scope() {
  std::string_view text = word();
  for (Scope scope : {Scope::Constant, Scope::Request, Scope::Item}) {
    if (text == scopeName(scope)) return scope;
  }
  throw IrTextError(fmt::format("\"{}\" is not a scope", text));
}

TextScanner TextScanner::skipConstant() {
  TextScanner value = *this;
  size_t depth = 0;
  do {
    skipBlanks();
    if (atEnd()) throw IrTextError("the constant has no end");
    char c = rest_[0];
    if (c == '"') {
      string();
      continue;
    }
    if (c == '[' || c == '{' || c == '(') ++depth;
    if (c == ']' || c == '}' || c == ')') --depth;
    if (depth == 0 && (c == ':' || c == ',')) throw IrTextError("the constant has no value");
    if (isWordByte(c) || c == '-') {
      numberText();
      if (nextIs('(')) ++depth, rest_.remove_prefix(1);
    } else {
      rest_.remove_prefix(1);
    }
  } while (depth > 0);
  return value;
}

Value TextScanner::constant(Type type) {
  if (acceptWord("missing")) return Value::missing();
  switch (type.kind()) {
    case Kind::Bool:
      if (acceptWord("true")) return Value::of(true);
      if (acceptWord("false")) return Value::of(false);
      throw IrTextError(fmt::format("{} is not a bool", quote(rest_.substr(0, 20))));
    case Kind::Int64:
      return Value::of(integer(std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()));
    case Kind::Float64: return Value::of(number());
    case Kind::String: return Value::of(string());
    case Kind::List: return listConstant(type.element());
    case Kind::Map: return mapConstant(type);
    default: throw IrTextError(fmt::format("no constant has type {}", toString(type)));
  }
}

Value TextScanner::listConstant(Type element) {
  Value::Elements elements;
  expect('[');
  while (!accept(']')) {
    if (!elements.empty()) expect(',');
    elements.push_back(constant(element));
  }
  return Value::list(std::move(elements));
}

Value TextScanner::mapConstant(Type type) {
  Value::Entries entries;
  expect('{');
  while (!accept('}')) {
    if (!entries.empty()) expect(',');
    Value key = constant(type.key());
    if (key.isMissing()) throw IrTextError("a map's key is missing");
    expect(':');
    entries.emplace_back(std::move(key), constant(type.value()));
  }
  return Value::map(std::move(entries));
}

}  // namespace featc
