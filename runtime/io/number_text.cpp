// SPDX-License-Identifier: Apache-2.0
// Reading decimal numbers: one grammar, then exact integers or correctly rounded floats.
#include "runtime/io/number_text.h"

#include <algorithm>
#include <charconv>

#include "ops/parse.h"

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

bool splitDecimal(std::string_view text, NumberStyle style, Decimal& out) {
  out.negative = !text.empty() && text[0] == '-';
  if (out.negative) text.remove_prefix(1);
  out.digits = takeDigits(text);
  if (out.digits.empty()) return false;
  if (style == NumberStyle::Json && out.digits.size() > 1 && out.digits[0] == '0') return false;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    out.fraction = takeDigits(text);
    if (out.fraction.empty()) return false;
  }
  return takeExponent(text, out.exponent) && text.empty();
}

// Decimal digit `i` of digits and fraction written together, 0 past their end.
unsigned digitAt(const Decimal& d, int64_t i) {
  auto k = static_cast<size_t>(i);
  if (k < d.digits.size()) return static_cast<unsigned>(d.digits[k] - '0');
  k -= d.digits.size();
  return k < d.fraction.size() ? static_cast<unsigned>(d.fraction[k] - '0') : 0;
}

NumberError toInt64(const Decimal& d, int64_t& out) {
  auto count = static_cast<int64_t>(d.digits.size() + d.fraction.size());
  int64_t first = 0;
  while (first < count && digitAt(d, first) == 0) ++first;
  out = 0;
  if (first == count) return NumberError::None;
  // Digits before `point` are whole, those from it on must be zeros.
  int64_t point = static_cast<int64_t>(d.digits.size()) + d.exponent;
  for (int64_t i = std::max<int64_t>({point, first, 0}); i < count; ++i)
    if (digitAt(d, i) != 0) return NumberError::Fractional;
  if (point - first > 19) return NumberError::OutOfRange;
  uint64_t magnitude = 0;
  for (int64_t i = first; i < point; ++i) magnitude = magnitude * 10 + digitAt(d, i);
  uint64_t limit = uint64_t{1} << 63U;
  if (magnitude > limit || (magnitude == limit && !d.negative)) return NumberError::OutOfRange;
  out = static_cast<int64_t>(d.negative ? 0 - magnitude : magnitude);
  return NumberError::None;
}

}  // namespace

NumberError parseInt64(std::string_view text, NumberStyle style, int64_t& out) {
  bool plain = style == NumberStyle::Data || text.size() < 2 || text[0] != '0';
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (plain && error == std::errc() && end == text.data() + text.size() && text[0] != '-') return NumberError::None;
  Decimal d;
  if (!splitDecimal(text, style, d)) return NumberError::Malformed;
  return toInt64(d, out);
}

NumberError parseFloat64(std::string_view text, NumberStyle style, double& out) {
  Decimal d;
  if (!splitDecimal(text, style, d)) return NumberError::Malformed;
  std::optional<double> value = parseFloat(text);
  if (!value) return NumberError::OutOfRange;
  out = *value;
  return NumberError::None;
}

}  // namespace featc
