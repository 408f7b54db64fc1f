// SPDX-License-Identifier: Apache-2.0
// Takes decimal numbers apart, then exact integers or correctly rounded floats.
#include "values/parse.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace featc {
namespace {

// The parts of `-12.50e3`: digits 12, fraction 50, exponent 3.
struct Decimal {
  bool negative = false;
  std::string_view digits;
  std::string_view fraction;
  int64_t exponent = 0;
};

// Far beyond what can matter: a text has fewer digits than this.
constexpr int64_t kExponentLimit = int64_t{1} << 40U;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view takeDigits(std::string_view& text) {
  size_t n = 0;
  while (n < text.size() && isDigit(text[n])) ++n;
  std::string_view digits = text.substr(0, n);
  text.remove_prefix(n);
  return digits;
}

bool takeExponent(std::string_view& text, int64_t& exponent) {
  if (text.empty() || (text[0] != 'e' && text[0] != 'E')) return true;
  text.remove_prefix(1);
  bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  std::string_view digits = takeDigits(text);
  if (digits.empty()) return false;
  for (char c : digits) exponent = std::min(exponent * 10 + (c - '0'), kExponentLimit);
  if (negative) exponent = -exponent;
  return true;
}

// Takes a sign off that the style allows; true for a `-`.
bool takeSign(std::string_view& text, NumberStyle style) {
  bool negative = text.starts_with('-');
  if (negative || (style == NumberStyle::Text && text.starts_with('+'))) text.remove_prefix(1);
  return negative;
}

// `unsignedText`: behind the sign.
bool splitDecimal(std::string_view unsignedText, NumberStyle style, Decimal& out) {
  std::string_view text = unsignedText;
  out.digits = takeDigits(text);
  if (style == NumberStyle::Json && out.digits.size() > 1 && out.digits[0] == '0') return false;
  bool hasPoint = text.starts_with('.');
  if (hasPoint) {
    text.remove_prefix(1);
    out.fraction = takeDigits(text);
  }
  bool isOneSided = out.digits.empty() || (hasPoint && out.fraction.empty());
  bool isEmpty = out.digits.empty() && out.fraction.empty();
  if (isEmpty || (isOneSided && style != NumberStyle::Text)) return false;
  return takeExponent(text, out.exponent) && text.empty();
}

// Decimal digit `i` of digits and fraction written together, 0 past their end.
unsigned digitAt(const Decimal& d, int64_t i) {
  auto k = static_cast<size_t>(i);
  if (k < d.digits.size()) return static_cast<unsigned>(d.digits[k] - '0');
  k -= d.digits.size();
  return k < d.fraction.size() ? static_cast<unsigned>(d.fraction[k] - '0') : 0;
}

// The number of its first digit that is not 0, or of digits.
int64_t firstDigit(const Decimal& d) {
  auto count = static_cast<int64_t>(d.digits.size() + d.fraction.size());
  int64_t first = 0;
  while (first < count && digitAt(d, first) == 0) ++first;
  return first;
}

// The number without its sign.
NumberError toMagnitude(const Decimal& d, uint64_t& out) {
  auto count = static_cast<int64_t>(d.digits.size() + d.fraction.size());
  int64_t first = firstDigit(d);
  out = 0;
  if (first == count) return NumberError::None;
  // Digits before `point` are whole, those from it on must be zeros.
  int64_t point = static_cast<int64_t>(d.digits.size()) + d.exponent;
  for (int64_t i = std::max<int64_t>({point, first, 0}); i < count; ++i)
    if (digitAt(d, i) != 0) return NumberError::Fractional;
  if (point - first > 20) return NumberError::OutOfRange;
  for (int64_t i = first; i < point; ++i) {
    unsigned digit = digitAt(d, i);
    if (out > (UINT64_MAX - digit) / 10) return NumberError::OutOfRange;
    out = out * 10 + digit;
  }
  return NumberError::None;
}

}  // namespace

NumberError parseInt64(std::string_view text, NumberStyle style, int64_t& out) {
  bool plain = style != NumberStyle::Json || text.size() < 2 || text[0] != '0';
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (plain && error == std::errc() && end == text.data() + text.size() && text[0] != '-') return NumberError::None;
  Decimal d;
  d.negative = takeSign(text, style);
  if (!splitDecimal(text, style, d)) return NumberError::Malformed;
  uint64_t magnitude = 0;
  if (NumberError problem = toMagnitude(d, magnitude); problem != NumberError::None) return problem;
  uint64_t limit = uint64_t{1} << 63U;
  if (magnitude > limit || (magnitude == limit && !d.negative)) return NumberError::OutOfRange;
  out = static_cast<int64_t>(d.negative ? 0 - magnitude : magnitude);
  return NumberError::None;
}

NumberError parseUint64(std::string_view text, NumberStyle style, uint64_t& out) {
  Decimal d;
  d.negative = takeSign(text, style);
  if (!splitDecimal(text, style, d)) return NumberError::Malformed;
  uint64_t magnitude = 0;
  if (NumberError problem = toMagnitude(d, magnitude); problem != NumberError::None) return problem;
  if (d.negative && magnitude != 0) return NumberError::OutOfRange;
  out = magnitude;
  return NumberError::None;
}

NumberError parseFloat64(std::string_view text, NumberStyle style, double& out) {
  Decimal d;
  d.negative = takeSign(text, style);
  if (!splitDecimal(text, style, d)) return NumberError::Malformed;
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    // Too large or too small: the place of its first digit tells.
    int64_t first = firstDigit(d);
    bool isZero = first == static_cast<int64_t>(d.digits.size() + d.fraction.size());
    if (!isZero && static_cast<int64_t>(d.digits.size()) + d.exponent > first) return NumberError::OutOfRange;
    value = 0;
  }
  out = d.negative ? -value : value;
  return NumberError::None;
}

std::optional<bool> parseBool(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE" || text == "1") return true;
  if (text == "false" || text == "False" || text == "FALSE" || text == "0") return false;
  return std::nullopt;
}

std::optional<int64_t> parseInt(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<double> parseFloat(std::string_view text) {
  double value = 0;
  if (parseFloat64(text, NumberStyle::Plain, value) != NumberError::None) return std::nullopt;
  return value;
}

}  // namespace featc
