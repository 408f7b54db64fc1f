// SPDX-License-Identifier: Apache-2.0
// Hashes by other families and seeds: values from the Python packages xxhash and mmh3, libstdc++'s own
// std::hash, and TensorFlow 2.21's to_hash_bucket_fast.
#include <functional>

#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

TEST_CASE("the families of hash") {
  for (Arg x : {arg("food"), arg(""), arg(42), arg(-1), arg(true), arg(0.5), arg(-0.0)}) {
    CHECK(eval("hash", x, arg("xxh3")) == eval("hash", x));
    CHECK(eval("hash", x, arg("farm")) == callOperator("hash", {x}, HashFamily::Farm).text());
    CHECK(eval("hash", x, arg("murmur3")) == callOperator("hash", {x}, HashFamily::Murmur3).text());
    CHECK(eval("hash", x, arg("xxh3"), arg(0)) == eval("hash", x));
    CHECK(eval("hash", x, arg("murmur3"), arg(0)) == eval("hash", x, arg("murmur3")));
  }
  CHECK(eval("hash", arg("food"), arg("xxh3"), arg(7)) == "-4785146143060476892");
  CHECK(eval("hash", arg("food"), arg("xxh3"), arg(-1)) == "-5223343054814307374");
  CHECK(eval("hash", arg(5), arg("xxh3"), arg(7)) == "1916325892265155675");
  CHECK(eval("hash", arg("food"), arg("murmur3"), arg(7)) == "-7257168116928241322");
  CHECK(eval("hash", arg("food"), arg("murmur3"), arg(int64_t{0xFFFFFFFF})) == "-2212918490683511136");
  CHECK(eval("hash", arg(kNaN), arg("std")) == "missing");
  CHECK(eval("hash", strings({arg("food"), missing(kString)}), arg("xxh3")) == "[3396951509102873001, missing]");
}

TEST_CASE("std is libstdc++'s hash of strings") {
  auto text = [](uint64_t h) { return std::to_string(static_cast<int64_t>(h)); };
  CHECK(eval("hash", arg("abc"), arg("std")) == text(3663726644998027833U));
  CHECK(eval("hash", arg("1"), arg("std")) == text(10159970873491820195U));
  CHECK(eval("hash", arg("0123456789abcdefg"), arg("std")) == text(2203838674469644272U));
#ifdef __GLIBCXX__
  std::string s;
  for (int i = 0; i < 40; ++i) {
    CHECK(eval("hash", arg(s), arg("std")) == text(std::hash<std::string>()(s)));
    s += static_cast<char>(200 + i);
  }
  CHECK(eval("hash", arg("abc"), arg("std"), arg(9)) == text(std::_Hash_bytes("abc", 3, 9)));
#endif
}

TEST_CASE("families and seeds that do not fit") {
  CHECK(eval("hash", arg(1), arg("sha1")) ==
        "error: there is no hash family \"sha1\"; there are xxh3, farm, murmur3, std");
  CHECK(eval("hash", arg(1), leftOut(), arg(3)) == "error: a seed needs a family: xxh3, murmur3 or std");
  CHECK(eval("hash", arg(1), arg("farm"), arg(3)) == "error: farm takes no seed");
  CHECK(eval("hash", arg(1), arg("murmur3"), arg(-1)) ==
        "error: a seed of murmur3 must be from 0 to 4294967295, but is -1");
}

TEST_CASE("several hashes") {
  // By the formula in docs/ids.md: the hash, then it combined with 1, 2, ...
  auto want = [](uint64_t h) {
    return std::to_string(static_cast<int64_t>(h)) + ", " + std::to_string(static_cast<int64_t>(combineHashes(h, 1))) +
           ", " + std::to_string(static_cast<int64_t>(combineHashes(h, 2)));
  };
  CHECK(eval("multi_hash", arg("food"), arg(3)) == "[" + want(0x2f246566534dc9a9) + "]");
  CHECK(eval("multi_hash", floats({arg(-1.5), arg(kNaN), missing(kFloat), arg(0.5)}), arg(3)) ==
        "[" + want(0xa6adab8826c48a82) + ", " + want(0x5da9c77a7c72de31) + "]");
  CHECK(eval("multi_hash", arg(kNaN), arg(3)) == "missing");
  CHECK(eval("multi_hash", ints({}), arg(3)) == "[]");
  CHECK(eval("multi_hash", arg(1), arg(1)) == "[" + eval("hash", arg(1)) + "]");
  CHECK(eval("multi_hash", arg(1), arg(65)) == "error: \"k\" must be from 1 to 64, but is 65");
  CHECK(callOperator("multi_hash", {ints(std::vector<Arg>(2000, arg(1))), arg(64)}).status == RowStatus::ValueTooLarge);
}

TEST_CASE("TensorFlow's buckets") {
  Arg words = strings({arg(""), arg("a"), arg("Hello"), arg("TensorFlow"), arg("2.x"), arg("\xE6\xB1\x89\xE5\xAD\x97"),
                       arg(std::string(100, 'x'))});
  CHECK(eval("farm_bucket", words, arg(3)) == "[2, 0, 0, 2, 2, 2, 1]");
  CHECK(eval("farm_bucket", words, arg(1000)) == "[263, 939, 151, 254, 357, 496, 719]");
  CHECK(eval("farm_bucket", words, arg(int64_t{1} << 40U)) ==
        "[254201053263, 436859794915, 129694900359, 913356522190, 241071349149, 794627148648, 791688940063]");
  CHECK(eval("farm_bucket", ints({arg(0), arg(-7), arg(int64_t{1234567890123})}), arg(1000)) == "[735, 62, 114]");
  CHECK(eval("farm_bucket", missing(kString), arg(3)) == "missing");
  CHECK(eval("farm_bucket", arg("a"), arg(0)) == "error: the number of buckets must be greater than 0, not 0");
}

TEST_CASE("buckets of libstdc++'s hash") {
  // By std::hash modulo n, unsigned: 3663726644998027833, 10159970873491820195, 9932522932754164137.
  CHECK(eval("std_bucket", strings({arg("abc"), arg("1"), arg("ua_ia"), missing(kString)}), arg(1000)) ==
        "[833, 195, 137, missing]");
  // A float's four bytes: std::hash<float>(10) is 5351693260324644939; both zeros hash to 0.
  CHECK(eval("std_bucket", floats({arg(10.0), arg(0.0), arg(-0.0), arg(kNaN)}), arg(1000000)) ==
        "[644939, 0, 0, missing]");
  CHECK(eval("std_bucket", arg("a"), arg(0)) == "error: the number of buckets must be greater than 0, not 0");
}

}  // namespace featc
