// SPDX-License-Identifier: Apache-2.0
// Values as text: shortest floats, quoted strings, literals.
#include "values/format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "support/utf8.h"
#include "values/value.h"

namespace featc {

namespace {

// Plain digits for 1e-5 <= |v| < 1e16, else scientific: a rule of our own, because `string(x)` can
// be hashed into an id and must not depend on a library's taste.
constexpr int kSmallestPlainExponent = -5;
constexpr int kLargestPlainExponent = 15;

template <class Float>
size_t shortest(Float v, char* out) {
  char* at = out;
  auto put = [&](std::string_view text) { at = std::copy(text.begin(), text.end(), at); };
  auto zeros = [&](size_t n) { at = std::fill_n(at, n, '0'); };
  if (std::isnan(v)) {
    put("nan");
  } else if (std::isinf(v)) {
    put(v < 0 ? "-inf" : "inf");
  } else if (v == 0) {
    put("0");
  } else {
    std::array<char, kMaxFloatText> buffer{};
    auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(v), std::chars_format::scientific);
    std::string_view text(buffer.data(), static_cast<size_t>(end - buffer.data()));
    size_t e = text.find('e');
    int exponent = 0;
    std::from_chars(text.data() + (text[e + 1] == '+' ? e + 2 : e + 1), end, exponent);
    if (v < 0) put("-");
    if (exponent < kSmallestPlainExponent || exponent > kLargestPlainExponent) {
      put(text);
      return static_cast<size_t>(at - out);
    }
    // The digits without their point.
    std::array<char, kMaxFloatText> digitBuffer{text[0]};
    size_t count = 1;
    for (size_t i = 2; i < e; ++i) digitBuffer[count++] = text[i];
    std::string_view digits(digitBuffer.data(), count);
    if (exponent < 0) {
      put("0.");
      zeros(static_cast<size_t>(-exponent - 1));
      put(digits);
    } else if (size_t whole = static_cast<size_t>(exponent) + 1; digits.size() <= whole) {
      put(digits);
      zeros(whole - digits.size());
    } else {
      put(digits.substr(0, whole));
      put(".");
      put(digits.substr(whole));
    }
  }
  return static_cast<size_t>(at - out);
}

template <class Float>
std::string shortestText(Float v) {
  std::array<char, kMaxFloatText> text{};
  return {text.data(), shortest(v, text.data())};
}

void appendHex(std::string& out, char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  auto b = static_cast<unsigned char>(byte);
  out += "\\x";
  out += kDigits[b >> 4U];
  out += kDigits[b & 15U];
}

}  // namespace

size_t writeFloat(double v, char* out) { return shortest(v, out); }
std::string formatFloat(double v) { return shortestText(v); }
std::string formatFloat(float v) { return shortestText(v); }

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
