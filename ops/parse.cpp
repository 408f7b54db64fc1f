// SPDX-License-Identifier: Apache-2.0
// Numbers written in decimal, as the operators `int` and `float` read them.
#include "ops/parse.h"

#include <charconv>
#include <cmath>

namespace featc {

namespace {

size_t countDigits(std::string_view s) {
  size_t n = 0;
  while (n < s.size() && s[n] >= '0' && s[n] <= '9') ++n;
  return n;
}

// The parts of a well-formed number.
struct Decimal {
  bool negative = false;
  std::string_view whole, fraction;
  bool negativeExponent = false;
  std::string_view exponent;
};

std::optional<Decimal> splitDecimal(std::string_view s) {
  Decimal d;
  auto takeDigits = [&](std::string_view& digits) {
    digits = s.substr(0, countDigits(s));
    s.remove_prefix(digits.size());
    return !digits.empty();
  };
  if (s.starts_with('-')) {
    d.negative = true;
    s.remove_prefix(1);
  }
  if (!takeDigits(d.whole)) return std::nullopt;
  if (s.starts_with('.')) {
    s.remove_prefix(1);
    if (!takeDigits(d.fraction)) return std::nullopt;
  }
  if (s.starts_with('e') || s.starts_with('E')) {
    s.remove_prefix(1);
    d.negativeExponent = s.starts_with('-');
    if (s.starts_with('-') || s.starts_with('+')) s.remove_prefix(1);
    if (!takeDigits(d.exponent)) return std::nullopt;
  }
  if (!s.empty()) return std::nullopt;
  return d;
}

// Whether a number outside double's range is too small rather than too large: the place of its first
// digit that is not 0, plus its exponent, tells.
bool isTiny(const Decimal& d) {
  constexpr int64_t kHuge = int64_t{1} << 60;
  int64_t exponent = 0;
  auto [end, error] = std::from_chars(d.exponent.data(), d.exponent.data() + d.exponent.size(), exponent);
  if (error == std::errc::result_out_of_range || exponent > kHuge) exponent = kHuge;
  if (d.negativeExponent) exponent = -exponent;
  size_t leading = d.whole.find_first_not_of('0');
  if (leading != std::string_view::npos) return exponent + static_cast<int64_t>(d.whole.size() - leading) < 0;
  leading = d.fraction.find_first_not_of('0');
  return leading == std::string_view::npos || exponent - static_cast<int64_t>(leading) < 0;
}

}  // namespace

std::optional<int64_t> parseInt(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<double> parseFloat(std::string_view text) {
  auto parts = splitDecimal(text);
  if (!parts) return std::nullopt;
  double value = 0;
  auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    if (!isTiny(*parts)) return std::nullopt;
    return parts->negative ? -0.0 : 0.0;
  }
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace featc
