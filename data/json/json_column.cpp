// SPDX-License-Identifier: Apache-2.0
// JSON values into columns, by the type that the column has.
#include "data/json/json_column.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/json/json_string.h"
#include "data/json/json_value.h"
#include "data/not_finite.h"
#include "ops/library/time_text.h"
#include "support/utf8.h"
#include "values/digits.h"
#include "values/parse.h"

namespace featc {
namespace {

using simdjson::error_code;
using simdjson::SUCCESS;
using simdjson::ondemand::array;
using simdjson::ondemand::field;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

constexpr int kMaxDepth = 256;
constexpr size_t kShownBytes = 40;

bool startsDigit(std::string_view token) { return token[0] >= '0' && token[0] <= '9'; }
bool startsNumber(std::string_view token) { return token[0] == '-' || startsDigit(token); }
bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Bytes from a token on that may be read: the parser wants more behind the text.
constexpr size_t kReadable = 16;
static_assert(kReadable <= simdjson::SIMDJSON_PADDING);

// Numbers as most are written; false says nothing. A zero before other digits is not JSON.
bool parseShort(std::string_view token, int64_t& out) {
  const bool negative = token[0] == '-';
  const std::string_view text = token.substr(negative ? 1 : 0);
  uint64_t number = 0;
  if (text.empty() || (text[0] == '0' && text.size() > 1) || !parseDigits(text.data(), text.size(), kReadable, number))
    return false;
  out = negative ? -static_cast<int64_t>(number) : static_cast<int64_t>(number);
  return true;
}
bool parseShort(std::string_view token, double& out) {
  const bool negative = token[0] == '-';
  const std::string_view text = token.substr(negative ? 1 : 0);
  if (text.empty() || (text[0] == '0' && text.size() > 1 && text[1] != '.')) return false;
  uint64_t number = 0;
  double value = 0;
  if (parseDigits(text.data(), text.size(), kReadable, number))
    value = static_cast<double>(number);
  else if (!startsDigit(text) || text.back() == '.' || !parseShortDecimal(text.data(), text.size(), value))
    return false;
  out = negative ? -value : value;
  return true;
}

// What is between the quotes of a string that stands as it is, without escapes; false: it may have some.
bool plainString(std::string_view token, std::string_view& out) {
  if (token.size() < 2 || token.back() != '"') return false;
  out = token.substr(1, token.size() - 2);
  return out.find('\\') == std::string_view::npos;
}

// Of a scalar that starts as one of the four: whether the text is that scalar to its end.
error_code checkScalar(std::string_view token) {
  double number = 0;
  if (startsNumber(token) && parseShort(token, number)) return SUCCESS;
  if (parseJsonNotFinite(token, number)) return SUCCESS;
  if (startsNumber(token))
    return parseFloat64(token, NumberStyle::Json, number) == NumberError::Malformed ? simdjson::NUMBER_ERROR : SUCCESS;
  return token == "true" || token == "false" || token == "null" ? SUCCESS : simdjson::TAPE_ERROR;
}

std::string shown(std::string_view token) {
  if (token[0] == '[') return "a list";
  if (token[0] == '{') return "an object";
  if (token.size() <= kShownBytes) return std::string(token);
  return std::string(utf8Prefix(token, kShownBytes)) + "...";
}

}  // namespace

std::string_view jsonToken(value v) {
  std::string_view token = v.raw_json_token();
  while (!token.empty() && isBlank(token.back())) token.remove_suffix(1);
  // The parser never gives an empty token; `?` starts nothing.
  return token.empty() ? "?" : token;
}

error_code JsonColumnDecoder::mismatch(value v, std::string_view what, std::string_view advice) {
  std::string found = shown(jsonToken(v));
  error_code error = skip(v);
  if (error == SUCCESS) say(fmt::format("expected {}, found {}{}", what, found, advice));
  return error;
}

error_code JsonColumnDecoder::skip(value v, int depth) {
  if (depth > kMaxDepth) return simdjson::DEPTH_ERROR;
  std::string_view token = jsonToken(v);
  if (token[0] == '"') {
    if (std::string_view text; plainString(token, text)) return SUCCESS;
    error_code error = v.get_string().error();
    return error == simdjson::STRING_ERROR && repairJsonString(token, repaired_) ? SUCCESS : error;
  }
  if (token[0] == '[') {
    array elements;
    if (error_code error = v.get_array().get(elements)) return error;
    for (auto element : elements) {
      value child;
      if (error_code error = element.get(child)) return error;
      if (error_code error = skip(child, depth + 1)) return error;
    }
    return SUCCESS;
  }
  if (token[0] == '{') {
    object fields;
    if (error_code error = v.get_object().get(fields)) return error;
    for (auto entry : fields) {
      field f;
      if (error_code error = std::move(entry).get(f)) return error;
      std::string_view key;
      if (error_code error = jsonKey(f, key, repaired_)) return error;
      if (error_code error = skip(f.value(), depth + 1)) return error;
    }
    return SUCCESS;
  }
  return checkScalar(token);
}

error_code JsonColumnDecoder::decode(value v, ColumnBuffer& column) {
  std::string_view token = jsonToken(v);
  if (token[0] == 'n' && token == "null") {
    column.appendMissing();
    return SUCCESS;
  }
  switch (column.type().kind()) {
    case Kind::Bool:
      if (token != "true" && token != "false") break;
      column.appendBool(token == "true");
      return SUCCESS;
    case Kind::Float64:
      if (double number = 0; !startsDigit(token) && parseJsonNotFinite(token, number)) {
        note(NoteKind::NotFinite, token);
        column.appendFloat64(number);
        return SUCCESS;
      }
      [[fallthrough]];
    case Kind::Int64:
      if (column.type().isTimestamp() && token[0] == '"') return decodeTime(v, column);
      if (!startsNumber(token) || token.starts_with("-I")) break;
      return decodeNumber(token, column);
    case Kind::String:
      if (token[0] != '"') break;
      return decodeString(v, column);
    case Kind::List:
      if (token[0] != '[') break;
      return decodeList(v, column);
    case Kind::Map:
      if (token[0] != '{') break;
      return decodeMap(v, column);
    default: break;
  }
  bool isText = token.size() > 2 && token[0] == '"';
  return mismatch(v, dataForms(column.type()),
                  isText ? timeAdvice(column.type(), token.substr(1, token.size() - 2)) : std::string_view());
}

error_code JsonColumnDecoder::decodeTime(value v, ColumnBuffer& column) {
  std::string_view text;
  bool repaired = false;
  if (error_code error = takeString(v, text, repaired)) return error;
  if (std::optional<int64_t> time = parseTimestamp(text))
    column.appendInt64(*time);
  else
    say(fmt::format("expected {}, found {}", dataForms(column.type()), quote(utf8Prefix(text, kShownBytes))));
  return SUCCESS;
}

error_code JsonColumnDecoder::decodeString(value v, ColumnBuffer& column) {
  std::string_view text;
  bool repaired = false;
  if (error_code error = takeString(v, text, repaired)) return error;
  if (repaired) note(NoteKind::Surrogate);
  column.appendString(text);
  return SUCCESS;
}

error_code JsonColumnDecoder::takeString(value v, std::string_view& text, bool& repaired) {
  std::string_view token = jsonToken(v);
  if (plainString(token, text)) return SUCCESS;
  error_code error = v.get_string().get(text);
  repaired = error == simdjson::STRING_ERROR && repairJsonString(token, repaired_);
  if (!repaired) return error;
  text = repaired_;
  return SUCCESS;
}

error_code JsonColumnDecoder::decodeNumber(std::string_view token, ColumnBuffer& column) {
  int64_t integer = 0;
  double number = 0;
  bool isInt = column.type().is(Kind::Int64);
  if (isInt && parseShort(token, integer)) {
    column.appendInt64(integer);
    return SUCCESS;
  }
  if (!isInt && parseShort(token, number)) {
    column.appendFloat64(number);
    return SUCCESS;
  }
  switch (isInt ? parseInt64(token, NumberStyle::Json, integer) : parseFloat64(token, NumberStyle::Json, number)) {
    case NumberError::None:
      if (isInt)
        column.appendInt64(integer);
      else
        column.appendFloat64(number);
      return SUCCESS;
    case NumberError::Malformed: return simdjson::NUMBER_ERROR;
    case NumberError::Fractional:
      say(fmt::format("expected {}, found {}", toString(column.type()), shown(token)));
      return SUCCESS;
    case NumberError::OutOfRange: break;
  }
  if (uint64_t bits = 0;
      isInt && !column.type().isTimestamp() && parseUint64(token, NumberStyle::Json, bits) == NumberError::None) {
    note(NoteKind::WideInteger, token);
    column.appendInt64(static_cast<int64_t>(bits));
    return SUCCESS;
  }
  say(fmt::format("{} is beyond {}", shown(token), toString(column.type())));
  return SUCCESS;
}

error_code JsonColumnDecoder::decodeList(value v, ColumnBuffer& column) {
  array elements;
  if (error_code error = v.get_array().get(elements)) return error;
  bool hadProblem = !problem_.empty();
  size_t index = 0;
  for (auto element : elements) {
    value child;
    if (error_code error = element.get(child)) return error;
    if (error_code error = problem_.empty() ? decode(child, column.elements()) : skip(child)) return error;
    if (!hadProblem && !problem_.empty()) {
      locate(fmt::format("element {}", index));
      hadProblem = true;
    }
    ++index;
  }
  if (!hadProblem) column.closeNested();
  return SUCCESS;
}

error_code JsonColumnDecoder::decodeMap(value v, ColumnBuffer& column) {
  const size_t firstKey = keys_.size();
  error_code error = decodeEntries(v, firstKey, column);
  keys_.resize(firstKey);
  return error;
}

error_code JsonColumnDecoder::decodeEntries(value v, size_t firstKey, ColumnBuffer& column) {
  object fields;
  if (error_code error = v.get_object().get(fields)) return error;
  bool hadProblem = !problem_.empty();
  std::string repaired;
  for (auto entry : fields) {
    field f;
    if (error_code error = std::move(entry).get(f)) return error;
    std::string_view key;
    if (error_code error = jsonKey(f, key, repaired)) return error;
    bool isRepaired = key.data() == repaired.data();
    if (problem_.empty() && isRepaired) note(NoteKind::Surrogate);
    if (problem_.empty()) appendKey(key, column.keys());
    if (!isRepaired) keys_.push_back(key);
    bool keyProblem = !problem_.empty();
    if (error_code error = keyProblem ? skip(f.value()) : decode(f.value(), column.values())) return error;
    if (!hadProblem && !problem_.empty()) {
      if (!keyProblem) locate(fmt::format("key \"{}\"", key));
      hadProblem = true;
    }
  }
  if (!hadProblem) {
    column.closeNested();
    noteRepeated(firstKey);
  }
  return SUCCESS;
}

void JsonColumnDecoder::appendKey(std::string_view key, ColumnBuffer& keys) {
  if (keys.type().is(Kind::String)) return keys.appendString(key);
  int64_t number = 0;
  uint64_t bits = 0;
  NumberError error = parseInt64(key, NumberStyle::Text, number);
  if (error == NumberError::None) {
    keys.appendInt64(number);
  } else if (error == NumberError::OutOfRange && parseUint64(key, NumberStyle::Text, bits) == NumberError::None) {
    note(NoteKind::WideInteger, key);
    keys.appendInt64(static_cast<int64_t>(bits));
  } else if (error == NumberError::OutOfRange) {
    say(fmt::format("key {} is beyond int64", quote(key)));
  } else {
    say(fmt::format("expected an int64 key, found {}", quote(key)));
  }
}

// Of the map whose keys stand from `firstKey` on.
void JsonColumnDecoder::noteRepeated(size_t firstKey) {
  constexpr ptrdiff_t kFew = 8;
  auto begin = keys_.begin() + static_cast<ptrdiff_t>(firstKey);
  if (keys_.end() - begin > kFew) {
    std::sort(begin, keys_.end());
    auto repeated = std::adjacent_find(begin, keys_.end());
    if (repeated != keys_.end()) note(NoteKind::RepeatedKey, *repeated);
    return;
  }
  for (auto key = begin; key != keys_.end(); ++key)
    if (std::find(begin, key, *key) != key) return note(NoteKind::RepeatedKey, *key);
}

}  // namespace featc
