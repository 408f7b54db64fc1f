// SPDX-License-Identifier: Apache-2.0
// Hashes of other systems: values from the Python packages mmh3, pyfarmhash, scikit-learn and vowpalwabbit, from
// hashlib, and from the documentation of Spark and OpenMLDB.
#include "ops/library/md5.h"
#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

TEST_CASE("MurmurHash3 of 32 bits") {
  Arg texts = strings({arg(""), arg("a"), arg("abc"), arg("hello"), arg("Rome"), arg("0123456789abcdefg"),
                       arg("\xE6\xB1\x89\xE5\xAD\x97"), arg(std::string(100, 'x')), missing(kString)});
  CHECK(eval("murmur3_32", texts) ==
        "[0, 1009084850, 3017643002, 613153351, 2558946706, 3803014761, 133445781, 2625171602, missing]");
  CHECK(eval("murmur3_32", texts, arg(0)) == eval("murmur3_32", texts));
  CHECK(eval("murmur3_32", texts, arg(42)) ==
        "[142593372, 3001393763, 1313807976, 3806057185, 2558780243, 2202227622, 467684744, 1899616407, missing]");
  CHECK(eval("murmur3_32", texts, arg(-1)) ==
        "[2180083513, 711476519, 4236296879, 595297739, 2505774819, 65443001, 4100273180, 3691011017, missing]");
  CHECK(eval("murmur3_32", arg("abc"), arg((int64_t{1} << 40U) + 42)) == "1313807976");
  // An integer's 8 bytes.
  CHECK(eval("murmur3_32", ints({arg(0), arg(1), arg(-1), arg(42), arg(kMinInt), kNoInt})) ==
        "[1669671676, 1392991556, 1651860712, 1871679806, 1366273829, missing]");
  CHECK(eval("murmur3_32", arg("a"), kNoInt) == "missing");
  // vowpalwabbit: hash_feature("city=Rome", hash_space("user")).
  auto space = callOperator("murmur3_32", {arg("user")});
  CHECK(space.text() == "2509520141");
  CHECK(space.value.asInt() % 2 == 1);
  CHECK(callOperator("murmur3_32", {arg("city=Rome"), arg(space.value.asInt())}).value.asInt() % 262144 == 49647);
}

TEST_CASE("Spark's hash") {
  // From Spark's documentation: hash('Spark', array(123), 2) is -1321691492.
  CHECK(eval("spark_hash", arg("Spark")) == "228093765");
  auto bytes = [](int64_t x) { return callOperator("int_bytes", {arg(x), arg(4)}).value.asString(); };
  auto second = callOperator("spark_hash", {arg(bytes(123)), arg(228093765)});
  CHECK(eval("spark_hash", arg(bytes(2)), arg(second.value.asInt())) == "-1321691492");
  CHECK(eval("spark_hash", strings({arg(""), arg("a"), arg("abc"), arg("Rome"), arg("hello"),
                                    arg("\xE6\xB1\x89\xE5\xAD\x97"), missing(kString)})) ==
        "[142593372, 1485273170, 1322437556, -1736187053, -1008564952, 1233288010, missing]");
  CHECK(eval("spark_hash", ints({arg(0), arg(1), arg(-1), arg(42), arg(kMinInt)})) ==
        "[-1670924195, -1712319331, -939490007, 1316951768, -853646085]");
  CHECK(eval("spark_hash",
             strings({arg(bytes(0)), arg(bytes(1)), arg(bytes(-1)), arg(bytes(42)), arg(bytes(-2147483648))})) ==
        "[933211791, -559580957, -1604776387, 29417773, 723455942]");
  CHECK(eval("spark_hash", arg(true)) == "-559580957");
  CHECK(eval("spark_hash", floats({arg(1.5), arg(0.0), arg(-0.0), arg(kNaN)})) ==
        "[1290763749, -1670924195, -1670924195, missing]");
}

TEST_CASE("MD5") {
  // RFC 1321, A.5.
  auto hex = [](std::string_view text) {
    std::string digits;
    for (uint8_t byte : md5(text)) {
      digits += "0123456789abcdef"[byte >> 4U];
      digits += "0123456789abcdef"[byte & 15U];
    }
    return digits;
  };
  CHECK(hex("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(hex("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(hex("12345678901234567890123456789012345678901234567890123456789012345678901234567890") ==
        "57edf4a22be3c955ac49da2e2107b67a");

  Arg texts = strings({arg(""), arg("a"), arg("abc"), arg("Rome"), arg("\xE6\xB1\x89\xE5\xAD\x97"),
                       arg(std::string(55, 'x')), arg(std::string(56, 'x')), arg(std::string(64, 'x')),
                       arg(std::string(119, 'x')), arg(std::string(200, 'x'))});
  CHECK(eval("md5_bucket", texts, arg(1000)) == "[366, 497, 570, 505, 980, 946, 971, 478, 55, 784]");
  CHECK(eval("md5_bucket", texts, arg(kMaxInt)) ==
        "[1277653728798287499, 5424169405281637297, 8545827329296178901, 7532547200937079189, 2658891292141706020, "
        "7045089182626296273, 3454157951506158185, 8988629803050109443, 2753618166421916377, 4696620934070391408]");
  CHECK(eval("md5_bucket", texts, arg(1000), arg(8)) == "[393, 177, 272, 168, 703, 248, 397, 273, 135, 273]");
  CHECK(eval("md5_bucket", arg("abc"), arg(int64_t{1} << 44U), arg(15)) == "5538424104187");
  CHECK(eval("md5_bucket", texts, arg(1)) == "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]");
  CHECK(eval("md5_bucket", ints({arg(0), arg(-7), arg(42), kNoInt}), arg(1000)) == "[850, 909, 174, missing]");
  CHECK(eval("md5_bucket", arg("a"), arg(0)) == "error: the number of buckets must be greater than 0, not 0");
  CHECK(eval("md5_bucket", arg("a"), arg(9), arg(33)) ==
        "error: an MD5 has 32 hexadecimal digits; their number must be from 1 to 32, not 33");
}

TEST_CASE("the bytes of an integer") {
  // From OpenMLDB's documentation: category(3) is 2681491882390849628, category(3, 100) is 28.
  auto hashed = [](int64_t x, int64_t n) {
    return eval("hash", arg(callOperator("int_bytes", {arg(x), arg(n)}).value.asString()), arg("farm"));
  };
  CHECK(hashed(3, 4) == "2681491882390849628");
  CHECK(hashed(3, 8) == "7262150054277104024");
  CHECK(hashed(3, 8) == eval("hash", arg(3), arg("farm")));
  CHECK(hashed(-1, 4) == "3427172234988467876");
  CHECK(hashed(1, 1) == "5161771770385946686");
  CHECK(eval("farm_bucket", arg(std::string("\3\0\0\0", 4)), arg(100)) == "28");
  CHECK(eval("int_bytes", ints({arg(255), arg(-128), arg(256), arg(-129)}), arg(1)) ==
        eval("int_bytes", ints({arg(-1), arg(128), kNoInt, kNoInt}), arg(1)));
  CHECK(callOperator("int_bytes", {arg(kMinInt), arg(8)}).value == Value::of(std::string("\0\0\0\0\0\0\0\x80", 8)));
  CHECK(callOperator("int_bytes", {arg(0x0A0B0C), arg(3)}).value == Value::of(std::string("\x0C\x0B\x0A")));
  CHECK(eval("int_bytes", arg(0x01000000), arg(3)) == "missing");
  CHECK(eval("int_bytes", arg(1), arg(9)) == "error: an integer has 1 to 8 bytes, not 9");
}

}  // namespace featc
