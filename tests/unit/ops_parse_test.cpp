// SPDX-License-Identifier: Apache-2.0
// The grammar of numbers and bools in texts, in each of its styles.
#include <cmath>
#include <string>

#include "tests/common/catch.h"
#include "values/parse.h"

namespace featc {
namespace {

using Style = NumberStyle;
using Error = NumberError;

NumberError floatError(std::string_view text, Style style) {
  double value = 0;
  return parseFloat64(text, style, value);
}
double floatOf(std::string_view text) {
  double value = -7;
  REQUIRE(parseFloat64(text, Style::Text, value) == Error::None);
  return value;
}
NumberError intError(std::string_view text, Style style = Style::Text) {
  int64_t value = 0;
  return parseInt64(text, style, value);
}
int64_t intOf(std::string_view text) {
  int64_t value = -7;
  REQUIRE(parseInt64(text, Style::Text, value) == Error::None);
  return value;
}

TEST_CASE("numbers in texts: what each style takes") {
  struct Row {
    const char* text;
    bool json, plain, written;
  };
  for (const Row& row :
       {Row{"7", true, true, true},        {"-0.5", true, true, true},     {"1E+3", true, true, true},
        {"007", false, true, true},        {"+7", false, false, true},     {".60", false, false, true},
        {"5.", false, false, true},        {"-.5e1", false, false, true},  {"+5.e-1", false, false, true},
        {"", false, false, false},         {"+", false, false, false},     {".", false, false, false},
        {"-.e1", false, false, false},     {"1e", false, false, false},    {"1e+", false, false, false},
        {"--1", false, false, false},      {"+-1", false, false, false},   {" 1", false, false, false},
        {"1 ", false, false, false},       {"1,000", false, false, false}, {"0x10", false, false, false},
        {"1_000", false, false, false},    {"nan", false, false, false},   {"inf", false, false, false},
        {"Infinity", false, false, false}, {"1.2.3", false, false, false}}) {
    INFO(row.text);
    CHECK((floatError(row.text, Style::Json) == Error::None) == row.json);
    CHECK((floatError(row.text, Style::Plain) == Error::None) == row.plain);
    CHECK((floatError(row.text, Style::Text) == Error::None) == row.written);
    // The operator of `semantics 1` is style Plain.
    CHECK(parseFloat(row.text).has_value() == row.plain);
  }
}

TEST_CASE("floats in texts are rounded to the nearest") {
  CHECK(floatOf(".60") == 0.6);
  CHECK(floatOf("+.5") == 0.5);
  CHECK(floatOf("5.") == 5);
  CHECK(floatOf("9007199254740993") == 9007199254740992.0);
  CHECK(std::signbit(floatOf("-0")));
  CHECK(floatOf("1e-400") == 0);
  CHECK(std::signbit(floatOf("-1e-400")));
  CHECK(floatOf("0e99999999999999999999") == 0);
  CHECK(floatOf(std::string("0.") + std::string(400, '0') + "1e500") == 1e99);
  for (const char* large : {"1e400", "1e99999999999999999999"})
    CHECK(floatError(large, Style::Text) == Error::OutOfRange);
}

TEST_CASE("integers in texts are exact") {
  CHECK(intOf("3.0") == 3);
  CHECK(intOf("+3e2") == 300);
  CHECK(intOf(".5e1") == 5);
  CHECK(intOf("9007199254740993.0") == 9007199254740993);
  CHECK(intOf("-9223372036854775808") == INT64_MIN);
  CHECK(intError("-9223372036854775809") == Error::OutOfRange);
  CHECK(intError("9223372036854775808") == Error::OutOfRange);
  CHECK(intError("1e-1") == Error::Fractional);
  CHECK(intError("3.5") == Error::Fractional);
  CHECK(intError("+3", Style::Plain) == Error::Malformed);
  uint64_t wide = 0;
  CHECK(parseUint64("18446744073709551615", Style::Text, wide) == Error::None);
  CHECK(wide == UINT64_MAX);
  CHECK(parseUint64("18446744073709551616", Style::Text, wide) == Error::OutOfRange);
  CHECK(parseUint64("-1", Style::Text, wide) == Error::OutOfRange);
}

TEST_CASE("bools in texts") {
  for (const char* text : {"true", "True", "TRUE", "1"}) CHECK(parseBool(text) == true);
  for (const char* text : {"false", "False", "FALSE", "0"}) CHECK(parseBool(text) == false);
  for (const char* text : {"", "yes", "tRUE", "1.0", " 1", "t"}) CHECK_FALSE(parseBool(text).has_value());
}

}  // namespace
}  // namespace featc
