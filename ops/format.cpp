// SPDX-License-Identifier: Apache-2.0
// Values as text: shortest floats, quoted strings, literals.
#include <array>
#include <charconv>
#include <cmath>

#include "ops/value.h"
#include "support/utf8.h"

namespace featc {

namespace {

// Plain digits for 1e-5 <= |v| < 1e16, else scientific: a rule of our own, because `string(x)` can
// be hashed into an id and must not depend on a library's taste.
constexpr int kSmallestPlainExponent = -5;
constexpr int kLargestPlainExponent = 15;

template <class Float>
std::string shortest(Float v) {
  if (std::isnan(v)) return "nan";
  if (std::isinf(v)) return v < 0 ? "-inf" : "inf";
  if (v == 0) return "0";
  std::array<char, 64> buffer{};
  auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), v, std::chars_format::scientific);
  std::string_view text(buffer.data(), static_cast<size_t>(end - buffer.data()));
  size_t e = text.find('e');
  int exponent = 0;
  size_t exponentAt = text[e + 1] == '+' ? e + 2 : e + 1;
  std::from_chars(text.data() + exponentAt, end, exponent);
  if (exponent < kSmallestPlainExponent || exponent > kLargestPlainExponent) return std::string(text);

  std::string digits;
  for (char c : text.substr(0, e))
    if (c >= '0' && c <= '9') digits += c;
  std::string out = v < 0 ? "-" : "";
  if (exponent < 0) return out + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  size_t whole = static_cast<size_t>(exponent) + 1;
  if (digits.size() <= whole) return out + digits + std::string(whole - digits.size(), '0');
  return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

void appendHex(std::string& out, char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  auto b = static_cast<unsigned char>(byte);
  out += "\\x";
  out += kDigits[b >> 4U];
  out += kDigits[b & 15U];
}

}  // namespace

std::string formatFloat(double v) { return shortest(v); }
std::string formatFloat(float v) { return shortest(v); }

std::string quote(std::string_view bytes) {
  std::string out = "\"";
  for (size_t i = 0; i < bytes.size();) {
    char c = bytes[i];
    size_t length = codePointBytes(bytes.substr(i));
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (length == 0 || (length == 1 && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F))) {
      appendHex(out, c);
    } else {
      out += bytes.substr(i, length);
    }
    i += length == 0 ? 1 : length;
  }
  return out + "\"";
}

std::string toString(const Value& value) {
  if (value.isMissing()) return "missing";
  if (value.isBool()) return value.asBool() ? "true" : "false";
  if (value.isInt()) return std::to_string(value.asInt());
  if (value.isFloat()) return formatFloat(value.asFloat());
  if (value.isString()) return quote(value.asString());
  std::string out;
  if (value.isList()) {
    for (const Value& v : value.asList()) out += (out.empty() ? "" : ", ") + toString(v);
    return "[" + out + "]";
  }
  for (const auto& [key, v] : value.asMap()) out += (out.empty() ? "" : ", ") + toString(key) + ": " + toString(v);
  return "{" + out + "}";
}

}  // namespace featc
