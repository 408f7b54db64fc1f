// SPDX-License-Identifier: Apache-2.0
// JSON read as values of the language's types: one meaning for request lines and store rows.
#include "data/json/json_value.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <new>

#include "ops/library/time_text.h"
#include "values/parse.h"

namespace featc {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// Below this magnitude a double stands for one written integer only.
constexpr double kExactIntegers = 9007199254740992.0;
constexpr size_t kShownBytes = 40;

std::string shown(element e) {
  switch (e.type()) {
    case element_type::ARRAY: return "a list";
    case element_type::OBJECT: return "an object";
    case element_type::NULL_VALUE: return "null";
    default: break;
  }
  std::string text = simdjson::minify(e);
  if (text.size() <= kShownBytes) return text;
  // Cut between code points.
  size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

JsonError expected(std::string_view what, element e) { return fmt::format("expected {}, found {}", what, shown(e)); }

int64_t takeWide(uint64_t number, WideIntegers& wide) {
  if (wide.count++ == 0) wide.first = number;
  return static_cast<int64_t>(number);
}

JsonError readList(element e, Type type, Value& out, WideIntegers& wide) {
  simdjson::dom::array array;
  if (e.get(array) != simdjson::SUCCESS) return expected(toString(type.present()), e);
  Value::Elements elements;
  for (element child : array) {
    if (JsonError error = readJson(child, type.element(), elements.emplace_back(), wide); !error.empty())
      return fmt::format("element {}: {}", elements.size() - 1, error);
  }
  out = Value::list(std::move(elements));
  return {};
}

JsonError readMap(element e, Type type, Value& out, WideIntegers& wide) {
  simdjson::dom::object object;
  if (e.get(object) != simdjson::SUCCESS) return expected(toString(type.present()), e);
  Value::Entries entries;
  for (auto [key, child] : object) {
    Value keyValue;
    if (type.key().is(Kind::Int64)) {
      int64_t number = 0;
      if (JsonError error = readJsonIntKey(key, number, wide); !error.empty()) return error;
      keyValue = Value::of(number);
    } else {
      keyValue = Value::of(std::string(key));
    }
    Value value;
    if (JsonError error = readJson(child, type.value(), value, wide); !error.empty())
      return fmt::format("key {}: {}", quote(key), error);
    entries.emplace_back(std::move(keyValue), std::move(value));
  }
  out = Value::map(std::move(entries));
  return {};
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool fits64Bits(std::string_view digits, bool isNegative) {
  uint64_t number = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc()) return false;
  return !isNegative || number <= uint64_t{1} << 63U;
}

// The text with ".0" behind each integer of more than 64 bits; empty where there is none.
std::string withLongIntegersAsFloats(std::string_view text) {
  std::string out;
  size_t kept = 0;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i)
        if (text[i] == '\\') ++i;
      ++i;
      continue;
    }
    const size_t begin = i;
    while (i < text.size() && isDigit(text[i])) ++i;
    if (i == begin) {
      ++i;
      continue;
    }
    const bool isWhole = i == text.size() || (text[i] != '.' && text[i] != 'e' && text[i] != 'E');
    const char before = begin == 0 ? ' ' : text[begin - 1];
    if (!isWhole || before == '.' || fits64Bits(text.substr(begin, i - begin), before == '-')) continue;
    out.append(text.substr(kept, i - kept)).append(".0");
    kept = i;
  }
  if (kept != 0) out += text.substr(kept);
  return out;
}

// One object, to the last element of each list.
JsonError readStruct(element e, std::span<const SourceField> members, std::span<Value::Elements> lists,
                     WideIntegers& wide) {
  simdjson::dom::object object;
  if (e.get(object) != simdjson::SUCCESS) return expected("an object", e);
  for (auto [key, value] : object) {
    for (size_t m = 0; m < members.size(); ++m) {
      if (memberName(members[m]) != key) continue;
      if (JsonError error = readJson(value, members[m].type.element(), lists[m].back(), wide); !error.empty())
        return fmt::format("{}: {}", key, error);
    }
  }
  return {};
}

}  // namespace

JsonError readJsonBool(element e, bool& out) {
  return e.get(out) == simdjson::SUCCESS ? JsonError() : expected("bool", e);
}

JsonError readJsonInt(element e, int64_t& out, WideIntegers& wide) {
  switch (e.type()) {
    case element_type::INT64: out = int64_t(e); return {};
    case element_type::UINT64:
      if (!wide.taken) return fmt::format("{} is beyond int64", uint64_t(e));
      out = takeWide(uint64_t(e), wide);
      return {};
    case element_type::DOUBLE: {
      double number = double(e);
      if (std::trunc(number) != number) return expected("int64", e);
      if (std::fabs(number) >= kExactIntegers)
        return fmt::format("{} is beyond 2^53: write an int64 of that size without point or exponent", shown(e));
      out = static_cast<int64_t>(number);
      return {};
    }
    default: return expected("int64", e);
  }
}

JsonError readJsonFloat(element e, double& out) {
  switch (e.type()) {
    case element_type::INT64: out = static_cast<double>(int64_t(e)); return {};
    case element_type::UINT64: out = static_cast<double>(uint64_t(e)); return {};
    case element_type::DOUBLE: out = double(e); return {};
    default: return expected("float64", e);
  }
}

JsonError readJsonString(element e, std::string_view& out) {
  return e.get(out) == simdjson::SUCCESS ? JsonError() : expected("string", e);
}

JsonError readJsonIntKey(std::string_view text, int64_t& out, WideIntegers& wide) {
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  uint64_t bits = 0;
  if (wide.taken && error == std::errc::result_out_of_range &&
      parseUint64(text, NumberStyle::Plain, bits) == NumberError::None) {
    out = takeWide(bits, wide);
    return {};
  }
  if (error == std::errc::result_out_of_range) return fmt::format("key {} is beyond int64", quote(text));
  if (error != std::errc() || end != text.data() + text.size())
    return fmt::format("expected an int64 key, found {}", quote(text));
  out = number;
  return {};
}

JsonError readJsonTime(element e, int64_t& out) {
  std::string_view text;
  if (e.get(text) != simdjson::SUCCESS) {
    WideIntegers none;  // an instant beyond int64 has no meaning
    return readJsonInt(e, out, none);
  }
  std::optional<int64_t> time = parseTimestamp(text);
  if (!time) return expected(dataForms(Type::timestamp()), e);
  out = *time;
  return {};
}

JsonError readJson(element e, Type type, Value& out, WideIntegers& wide) {
  if (e.is_null()) {
    out = Value::missing();
    return {};
  }
  // The scalars: read into `v`, keep where it went well.
  auto scalar = [&](auto v, auto read) {
    JsonError error = read(e, v);
    if (error.empty()) out = Value::of(v);
    return error;
  };
  switch (type.kind()) {
    case Kind::Bool: return scalar(false, readJsonBool);
    case Kind::Int64:
      if (type.isTimestamp()) return scalar(int64_t{0}, readJsonTime);
      return scalar(int64_t{0}, [&](element number, int64_t& v) { return readJsonInt(number, v, wide); });
    case Kind::Float64: return scalar(0.0, readJsonFloat);
    case Kind::String: {
      std::string_view text;
      JsonError error = readJsonString(e, text);
      if (error.empty()) out = Value::of(std::string(text));
      return error;
    }
    case Kind::List: return readList(e, type, out, wide);
    case Kind::Map: return readMap(e, type, out, wide);
    default: return fmt::format("JSON has no {}", toString(type));
  }
}

JsonError readJsonStructs(element e, std::span<const SourceField> members, std::span<Value> out, WideIntegers& wide) {
  for (Value& list : out) list = Value::missing();
  if (e.is_null()) return {};
  simdjson::dom::array array;
  if (e.get(array) != simdjson::SUCCESS) return expected("a list of objects", e);
  std::vector<Value::Elements> lists(members.size());
  size_t index = 0;
  for (element child : array) {
    for (Value::Elements& list : lists) list.emplace_back();
    if (JsonError error = child.is_null() ? JsonError() : readStruct(child, members, lists, wide); !error.empty())
      return fmt::format("element {}: {}", index, error);
    ++index;
  }
  for (size_t m = 0; m < members.size(); ++m) out[m] = Value::list(std::move(lists[m]));
  return {};
}

simdjson::error_code parseJson(simdjson::dom::parser& parser, std::string_view text, bool anySize, element& out) {
  simdjson::error_code code = parser.parse(text.data(), text.size()).get(out);
  if (code == simdjson::SUCCESS || code == simdjson::MEMALLOC || !anySize) return code;
  std::string floats = withLongIntegersAsFloats(text);
  return floats.empty() ? code : parser.parse(floats).get(out);
}

std::string jsonErrorText(simdjson::error_code code) {
  switch (code) {
    case simdjson::NUMBER_ERROR: return "a number is malformed or out of range";
    case simdjson::UTF8_ERROR: return "the text is not valid UTF-8";
    case simdjson::STRING_ERROR: return "a string has an invalid escape";
    case simdjson::UNCLOSED_STRING: return "a string is not closed";
    case simdjson::DEPTH_ERROR: return "the JSON is nested too deeply";
    case simdjson::CAPACITY: return "the JSON is too long";
    case simdjson::EMPTY: return "the JSON is empty";
    case simdjson::MEMALLOC: throw std::bad_alloc();
    default: return "the JSON is malformed";
  }
}

}  // namespace featc
