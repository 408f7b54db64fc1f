// SPDX-License-Identifier: Apache-2.0
// Bits and whole quotients of integers: expected values from Python's integers, cut to 64 bits.
#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

TEST_CASE("whole quotients are cut toward zero") {
  CHECK(eval("div", arg(7), arg(2)) == "3");
  CHECK(eval("div", arg(-7), arg(2)) == "-3");
  CHECK(eval("div", arg(7), arg(-2)) == "-3");
  CHECK(eval("div", arg(-7), arg(-2)) == "3");
  CHECK(eval("div", arg(kMinInt), arg(-1)) == "-9223372036854775808");
  CHECK(eval("div", arg(kMinInt), arg(kMaxInt)) == "-1");
  CHECK(eval("div", arg(kMaxInt), arg(-1)) == "-9223372036854775807");
  CHECK(eval("div", arg(0), arg(-1)) == "0");
  CHECK(eval("div", arg(1), arg(0)) == "missing");
  CHECK(eval("div", kNoInt, arg(1)) == "missing");
  CHECK(eval("div", ints({arg(9), arg(-9), kNoInt}), arg(4)) == "[2, -2, missing]");
  CHECK(eval("div", arg(1.0), arg(2)) == "error: no overload");
}

TEST_CASE("bits") {
  CHECK(eval("bit_and", arg(12), arg(10)) == "8");
  CHECK(eval("bit_or", arg(12), arg(10)) == "14");
  CHECK(eval("bit_xor", arg(12), arg(10)) == "6");
  CHECK(eval("bit_and", arg(-1), arg(1023)) == "1023");
  CHECK(eval("bit_and", arg(kMinInt), arg(-1)) == "-9223372036854775808");
  CHECK(eval("bit_xor", arg(kMinInt), arg(kMaxInt)) == "-1");
  CHECK(eval("bit_not", arg(0)) == "-1");
  CHECK(eval("bit_not", arg(kMaxInt)) == "-9223372036854775808");
  CHECK(eval("bit_count", arg(0)) == "0");
  CHECK(eval("bit_count", arg(-1)) == "64");
  CHECK(eval("bit_count", arg(kMinInt)) == "1");
  CHECK(eval("bit_and", ints({arg(6), kNoInt}), ints({arg(3), arg(3)})) == "[2, missing]");
  CHECK(eval("bit_or", kNoInt, arg(1)) == "missing");
}

TEST_CASE("shifts by any number of bits") {
  CHECK(eval("shift_left", arg(5), arg(3)) == "40");
  CHECK(eval("shift_left", arg(1), arg(63)) == "-9223372036854775808");
  CHECK(eval("shift_left", arg(3), arg(63)) == "-9223372036854775808");
  CHECK(eval("shift_left", arg(-1), arg(64)) == "0");
  CHECK(eval("shift_left", arg(-1), arg(kMaxInt)) == "0");
  CHECK(eval("shift_left", arg(1), arg(-1)) == "missing");
  CHECK(eval("shift_left", arg(1), arg(kMinInt)) == "missing");
  CHECK(eval("shift_right", arg(40), arg(3)) == "5");
  CHECK(eval("shift_right", arg(-5), arg(1)) == "-3");
  CHECK(eval("shift_right", arg(kMinInt), arg(63)) == "-1");
  CHECK(eval("shift_right", arg(kMaxInt), arg(63)) == "0");
  CHECK(eval("shift_right", arg(-2), arg(64)) == "-1");
  CHECK(eval("shift_right", arg(7), arg(kMaxInt)) == "0");
  CHECK(eval("shift_right", arg(7), arg(-1)) == "missing");
}

}  // namespace featc
