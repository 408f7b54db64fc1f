// SPDX-License-Identifier: Apache-2.0
// What each operator makes of edge values: by design.md's words, NumPy's and Python's semantics.
#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

TEST_CASE("integers wrap") {
  CHECK(eval("add", arg(kMaxInt), arg(1)) == "-9223372036854775808");
  CHECK(eval("subtract", arg(kMinInt), arg(1)) == "9223372036854775807");
  CHECK(eval("multiply", arg(kMinInt), arg(-1)) == "-9223372036854775808");
  CHECK(eval("negate", arg(kMinInt)) == "-9223372036854775808");
  CHECK(eval("abs", arg(kMinInt)) == "-9223372036854775808");
  CHECK(eval("sum", ints({arg(kMaxInt), arg(1)})) == "-9223372036854775808");
}

TEST_CASE("remainders") {
  CHECK(eval("remainder", arg(-7), arg(3)) == "-1");
  CHECK(eval("remainder", arg(7), arg(-3)) == "1");
  CHECK(eval("remainder", arg(kMinInt), arg(-1)) == "0");
  CHECK(eval("remainder", arg(1), arg(0)) == "missing");
  CHECK(eval("mod", arg(-7), arg(3)) == "2");
  CHECK(eval("mod", arg(7), arg(-3)) == "-2");
  CHECK(eval("mod", arg(-6), arg(3)) == "0");
  CHECK(eval("mod", arg(kMinInt), arg(-1)) == "0");
  CHECK(eval("mod", arg(kMinInt), arg(kMaxInt)) == "9223372036854775806");
  CHECK(eval("mod", arg(1), arg(0)) == "missing");
  CHECK(eval("mod", arg(1.0), arg(2)) == "error: no overload");
}

TEST_CASE("int64 meeting float64 becomes float64") {
  auto r = callOperator("add", {arg(1), arg(0.5)});
  CHECK(r.type == kFloat);
  CHECK(r.text() == "1.5");
  CHECK(callOperator("divide", {arg(1), arg(2)}).text() == "0.5");
  CHECK(callOperator("add", {ints({arg(1), kNoInt}), arg(0.5)}).text() == "[1.5, missing]");
}

TEST_CASE("comparisons follow IEEE") {
  CHECK(eval("equal", arg(kNaN), arg(kNaN)) == "false");
  CHECK(eval("not_equal", arg(kNaN), arg(kNaN)) == "true");
  CHECK(eval("less", arg(kNaN), arg(1.0)) == "false");
  CHECK(eval("greater_equal", arg(kNaN), arg(1.0)) == "false");
  CHECK(eval("equal", arg(-0.0), arg(0.0)) == "true");
  CHECK(eval("less", arg(kMinInt), arg(kMaxInt)) == "true");
  CHECK(eval("less", arg("a\xFF"), arg("b")) == "true");
  CHECK(eval("less", arg("z"), arg("\x80")) == "true");
  CHECK(eval("less", arg(false), arg(true)) == "true");
  CHECK(eval("equal", kNoInt, arg(1)) == "missing");
}

TEST_CASE("logic of three values") {
  Arg none = missing(Type::boolean());
  CHECK(eval("and", arg(false), none) == "false");
  CHECK(eval("and", none, arg(false)) == "false");
  CHECK(eval("and", arg(true), none) == "missing");
  CHECK(eval("or", none, arg(true)) == "true");
  CHECK(eval("or", arg(false), none) == "missing");
  CHECK(eval("and", none, none) == "missing");
  CHECK(eval("not", none) == "missing");
  CHECK(callOperator("and", {arg(true), arg(false)}).type == Type::boolean());
}

TEST_CASE("a conditional is missing only with its condition or its branch") {
  CHECK(eval("if", arg(true), arg(1), kNoInt) == "1");
  CHECK(eval("if", arg(false), arg(1), kNoInt) == "missing");
  CHECK(eval("if", missing(Type::boolean()), arg(1), arg(2)) == "missing");
  CHECK(eval("if", arg(true), arg("a"), arg("b")) == "\"a\"");
  CHECK(eval("if", arg(false), ints({arg(1)}), ints({})) == "[]");
  CHECK(callOperator("if", {arg(true), arg(1), arg(2.5)}).type == kFloat);
  CHECK(callOperator("if", {arg(true), arg(1), arg(2)}).type == kInt);
}

TEST_CASE("values that stand for a missing one") {
  CHECK(eval("nullif", arg("?"), arg("?")) == "missing");
  CHECK(eval("nullif", arg("a"), arg("?")) == "\"a\"");
  CHECK(eval("nullif", missing(kString), arg("?")) == "missing");
  CHECK(eval("nullif", arg("a"), missing(kString)) == "\"a\"");
  CHECK(eval("nullif", missing(kString), missing(kString)) == "missing");
  CHECK(eval("nullif", arg(-1), arg(-1)) == "missing");
  CHECK(eval("nullif", arg(2), arg(2.0)) == "missing");
  CHECK(callOperator("nullif", {arg(2), arg(2.5)}).type == kFloat.withNullable());
  CHECK(eval("nullif", arg(-0.0), arg(0.0)) == "missing");
  CHECK(eval("nullif", arg(kNaN), arg(kNaN)) == "nan");
  CHECK(eval("nullif", arg(false), arg(false)) == "missing");
  CHECK(eval("nullif", arg(true), arg(false)) == "true");
  CHECK(eval("nullif", strings({arg("a"), arg(""), missing(kString)}), arg("")) == "[\"a\", missing, missing]");
  CHECK(eval("nullif", ints({arg(1), arg(2)}), ints({arg(1)})) == "[missing, 2]");
  CHECK(eval("nullif", arg(1), arg("1")) == "error: no overload");
}

TEST_CASE("defaults") {
  CHECK(eval("default_to", kNoInt, arg(7)) == "7");
  CHECK(eval("default_to", arg(3), arg(7)) == "3");
  CHECK(eval("default_to", kNoInt, kNoInt) == "missing");
  CHECK(eval("default_to", arg(kNaN), arg(7)) == "7");
  CHECK(eval("default_to", arg(kInf), arg(7.5)) == "7.5");
  CHECK(eval("default_to", missing(Type::list(kInt)), ints({arg(1)})) == "[1]");
  CHECK(eval("default_to", ints({kNoInt}), ints({arg(1)})) == "[missing]");
  CHECK(eval("default_to", ints({kNoInt, arg(2)}), arg(0)) == "[0, 2]");
  CHECK(eval("default_to", floats({arg(kNaN), arg(2.0)}), arg(0)) == "[0, 2]");
  CHECK(eval("default_to", missing(Type::list(kInt)), arg(0)) == "missing");
  CHECK(callOperator("default_to", {kNoInt, arg(7)}).type == kInt);
  CHECK(eval("is_missing", kNoInt) == "true");
  CHECK(eval("is_missing", arg(kNaN)) == "true");
  CHECK(eval("is_missing", arg("")) == "false");
  CHECK(eval("is_missing", missing(Type::list(kString))) == "true");
  CHECK(eval("is_missing", mapOf(kInt, {})) == "false");
}

TEST_CASE("int of anything") {
  CHECK(eval("int", arg(-2.9)) == "-2");
  CHECK(eval("int", arg(9.2233720368547748e18)) == "9223372036854774784");
  CHECK(eval("int", arg(0x1p63)) == "missing");
  CHECK(eval("int", arg(-0x1p63)) == "-9223372036854775808");
  CHECK(eval("int", arg(kNaN)) == "missing");
  CHECK(eval("int", arg(-kInf)) == "missing");
  CHECK(eval("int", arg(true)) == "1");
  for (const char* bad : {"", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "9223372036854775808", "--1", "one"})
    CHECK(eval("int", arg(bad)) == "missing");
  CHECK(eval("int", arg("-0")) == "0");
  CHECK(eval("int", arg("007")) == "7");
  CHECK(eval("int", arg("-9223372036854775808")) == "-9223372036854775808");
}

TEST_CASE("float of anything") {
  for (const char* bad : {"", "-", "+1", "1.", ".5", "1e", "1e+", "nan", "inf", "Infinity", "1e999", "-1e999", "0x1p3",
                          "1_0", "1,5", " 1", "1.5f", "9999e400", "0.1e310"})
    CHECK(eval("float", arg(bad)) == "missing");
  CHECK(eval("float", arg("1")) == "1");
  CHECK(eval("float", arg("-1.5e3")) == "-1500");
  CHECK(eval("float", arg("1E+2")) == "100");
  CHECK(eval("float", arg("1e-999")) == "0");
  CHECK(eval("float", arg("0.0000001e-330")) == "0");
  CHECK(eval("float", arg("0e999")) == "0");
  CHECK(eval("float", arg("5e-324")) == "5e-324");
  CHECK(eval("float", arg("1.7976931348623157e308")) == "1.7976931348623157e+308");
  CHECK(eval("float", arg("1e99999999999999999999")) == "missing");
  CHECK(eval("float", arg("1e-99999999999999999999")) == "0");
  CHECK(eval("float", arg((int64_t{1} << 53) + 1)) == "9007199254740992");
}

TEST_CASE("bool and string of anything") {
  CHECK(eval("bool", arg(-0.0)) == "false");
  CHECK(eval("bool", arg(kNaN)) == "missing");
  CHECK(eval("bool", arg(5)) == "true");
  CHECK(eval("bool", arg("true")) == "true");
  for (const char* bad : {"", "True", "yes", "2", " 1"}) CHECK(eval("bool", arg(bad)) == "missing");
  CHECK(eval("string", arg(189.0)) == "\"189\"");
  CHECK(eval("string", arg(-0.0)) == "\"0\"");
  CHECK(eval("string", arg(0.1)) == "\"0.1\"");
  CHECK(eval("string", arg(1e15)) == "\"1000000000000000\"");
  CHECK(eval("string", arg(1e16)) == "\"1e+16\"");
  CHECK(eval("string", arg(0.00001)) == "\"0.00001\"");
  CHECK(eval("string", arg(0.000001)) == "\"1e-06\"");
  CHECK(eval("string", arg(-123.456)) == "\"-123.456\"");
  CHECK(eval("string", arg(kInf)) == "missing");
  CHECK(eval("string", arg(kMinInt)) == "\"-9223372036854775808\"");
  CHECK(eval("string", arg(false)) == "\"false\"");
}

// Values of rounding: tests/run/ops_rounding.test.
TEST_CASE("rounding gives float64, a sign the type of the number") {
  CHECK(eval("ceil", arg(7)) == "7");
  CHECK(callOperator("ceil", {arg(7)}).type == kFloat);
  CHECK(eval("sign", arg(kNaN)) == "nan");
  CHECK(callOperator("sign", {arg(-3)}).type == kInt);
}

TEST_CASE("elementary functions, to the last place but one of the exact values") {
  auto near = [](std::string_view op, double x, double want) {
    return Approx(want).epsilon(1e-15) == callOperator(op, {arg(x)}).value.asFloat();
  };
  CHECK(near("exp", 1, 2.718281828459045));
  CHECK(near("log", 10, 2.302585092994046));
  CHECK(near("log2", 10, 3.321928094887362));
  CHECK(near("log10", 2, 0.3010299956639812));
  CHECK(near("log1p", 1e-10, 9.9999999995e-11));
  CHECK(near("tanh", 0.5, 0.46211715726000973));
  CHECK(near("sigmoid", 2, 0.8807970779778823));
  CHECK(eval("log", arg(0.0)) == "-inf");
  CHECK(eval("log", arg(-1.0)) == "nan");
  CHECK(eval("exp", arg(1000.0)) == "inf");
  CHECK(eval("exp", arg(-kInf)) == "0");
  CHECK(eval("pow", arg(kNaN), arg(0)) == "1");
  CHECK(eval("pow", arg(-8.0), arg(1.0 / 3)) == "nan");
  CHECK(eval("pow", arg(2), arg(-1)) == "0.5");
  CHECK(eval("sigmoid", arg(-kInf)) == "0");
  CHECK(eval("tanh", arg(kInf)) == "1");
}

TEST_CASE("min and max hand a NaN on") {
  CHECK(eval("min", arg(kNaN), arg(1.0)) == "nan");
  CHECK(eval("min", arg(1.0), arg(kNaN)) == "nan");
  CHECK(eval("max", arg(1.0), arg(kNaN), arg(3.0)) == "nan");
  CHECK(eval("max", floats({arg(1.0), arg(kNaN), arg(3.0)})) == "nan");
  CHECK(eval("clip", arg(kNaN), arg(0), arg(1)) == "nan");
  CHECK(eval("clip", arg(5), arg(3), arg(1)) == "1");
}

TEST_CASE("reductions skip what is missing") {
  Arg some = ints({kNoInt, arg(3), arg(1), kNoInt});
  Arg none = ints({kNoInt});
  CHECK(eval("min", some) == "1");
  CHECK(eval("max", some) == "3");
  CHECK(eval("sum", some) == "4");
  CHECK(eval("avg", some) == "2");
  CHECK(eval("count", some) == "2");
  CHECK(eval("len", some) == "4");
  CHECK(eval("min", none) == "missing");
  CHECK(eval("avg", ints({})) == "missing");
  CHECK(eval("sum", none) == "0");
  CHECK(eval("count", none) == "0");
  CHECK(eval("count", floats({arg(kNaN), arg(1.0), arg(kInf)})) == "1");
  CHECK(eval("sum", missing(Type::list(kInt))) == "missing");
}

TEST_CASE("reductions of several values") {
  CHECK(eval("avg", arg(1), arg(2), arg(6)) == "3");
  CHECK(eval("max", arg(1), arg(2.5)) == "2.5");
  CHECK(eval("sum", arg(1), kNoInt) == "missing");
  CHECK(eval("max", arg(1)) == "error: no overload");
  CHECK(eval("count", arg(1), arg(2)) == "error: no overload");
  auto r = callOperator("sum", {ints({arg(1), arg(2), arg(3)}), ints({arg(10)}), arg(100)});
  CHECK(r.text() == "[111, missing, missing]");
  CHECK(r.unequalLengths == 1);
}

TEST_CASE("bucketize counts boundaries that are at most x") {
  // numpy.digitize(x, [18, 25, 35]) of the same values.
  Arg bounds = ints({arg(18), arg(25), arg(35)});
  CHECK(eval("bucketize", arg(17), bounds) == "0");
  CHECK(eval("bucketize", arg(18), bounds) == "1");
  CHECK(eval("bucketize", arg(24.999), bounds) == "1");
  CHECK(eval("bucketize", arg(1e300), bounds) == "3");
  CHECK(eval("bucketize", arg(kInf), bounds) == "missing");
  CHECK(eval("bucketize", arg(kNaN), bounds) == "missing");
  CHECK(eval("bucketize", arg(-0.0), floats({arg(0.0)})) == "1");
  CHECK(eval("bucketize", arg((int64_t{1} << 53)), ints({arg((int64_t{1} << 53) + 1)})) == "0");
  CHECK(eval("bucketize", arg(1), ints({})) == "error: there must be at least one boundary");
  CHECK(eval("bucketize", arg(1), ints({arg(30), arg(25)})) == "error: boundaries must ascend, but 25 comes after 30");
  CHECK(eval("bucketize", arg(1), ints({arg(1), arg(1)})) == "error: boundaries must ascend, but 1 comes after 1");
  CHECK(eval("bucketize", arg(1), floats({arg(kNaN)})) == "error: boundaries must be finite, but one is nan");
  CHECK(eval("bucketize", arg(1), ints({kNoInt})) == "error: a boundary is missing");
}

TEST_CASE("buckets of hashes") {
  CHECK(eval("hash_bucket", arg("food"), arg(1000)) == "1");  // 0x2f246566534dc9a9 % 1000
  CHECK(eval("hash_bucket", arg(-1), arg(7)) == std::to_string(0x5111c7e47d784413 % 7));
  CHECK(eval("hash_bucket", arg(true), arg(1 << 20)) == std::to_string(0x2fbc593564db792e % (1 << 20)));
  CHECK(eval("hash_bucket", arg("a"), arg(kMaxInt)) == std::to_string(0xe6c632b61e964e1fU % 0x7fffffffffffffffU));
  CHECK(eval("hash_bucket", arg(1), arg(0)) == "error: the number of buckets must be greater than 0, not 0");
}

TEST_CASE("vocabularies") {
  Arg words = strings({arg("a"), arg("b")});
  CHECK(eval("vocab", arg("b"), words) == "1");
  CHECK(eval("vocab", arg("z"), words) == "2");
  CHECK(eval("vocab", arg("z"), words, arg(-1)) == "-1");
  CHECK(eval("vocab", missing(kString), words) == "missing");
  CHECK(eval("vocab", strings({arg("b"), missing(kString)}), words) == "[1, missing]");
  CHECK(eval("vocab", arg(7), ints({arg(5), arg(7)})) == "1");
  Arg map = mapOf(kInt, {{"x", arg(10)}});
  CHECK(eval("vocab", arg("x"), map) == "10");
  CHECK(eval("vocab", arg("y"), map) == "missing");
  CHECK(eval("vocab", arg("y"), map, arg(0)) == "0");
  CHECK(eval("vocab", arg("b"), strings({arg("a"), arg("a")})) ==
        "error: \"a\" is in the vocabulary twice, at 0 and 1");
}

TEST_CASE("positions in lists") {
  Arg list = ints({arg(10), kNoInt, arg(30)});
  CHECK(eval("index", list, arg(0)) == "10");
  CHECK(eval("index", list, arg(-1)) == "30");
  CHECK(eval("index", list, arg(1)) == "missing");
  CHECK(eval("index", list, arg(3)) == "missing");
  CHECK(eval("index", list, arg(-4)) == "missing");
  CHECK(eval("index", list, arg(kMinInt)) == "missing");
  CHECK(eval("head", list, arg(2)) == "[10, missing]");
  CHECK(eval("head", list, arg(-1)) == "[]");
  CHECK(eval("head", list, arg(kMaxInt)) == "[10, missing, 30]");
  CHECK(eval("tail", list, arg(2)) == "[missing, 30]");
  CHECK(eval("tail", list, arg(kMinInt)) == "[]");
  CHECK(eval("tail", list, arg(9)) == "[10, missing, 30]");
  CHECK(eval("slice", list, arg(-2), arg(1)) == "[missing]");
  CHECK(eval("slice", list, arg(1), arg(kMaxInt)) == "[missing, 30]");
  CHECK(eval("slice", list, arg(kMinInt), arg(1)) == "[10]");
  CHECK(eval("slice", list, arg(3), arg(1)) == "[]");
  CHECK(eval("slice", list, arg(0), arg(-1)) == "[]");
}

TEST_CASE("contains and concat") {
  CHECK(eval("contains", ints({kNoInt, arg(0)}), arg(1)) == "false");
  CHECK(eval("contains", ints({kNoInt}), arg(0)) == "false");
  CHECK(eval("contains", ints({arg(2)}), arg(2.0)) == "true");
  CHECK(eval("contains", ints({arg(1), arg(2)}), ints({arg(2), arg(5), kNoInt})) == "[true, false, missing]");
  CHECK(eval("contains", mapOf(kInt, {{"a", kNoInt}}), arg("a")) == "true");
  CHECK(eval("contains", arg("abc"), arg("")) == "true");
  CHECK(eval("concat", ints({arg(1)}), ints({kNoInt})) == "[1, missing]");
  CHECK(eval("concat", arg("a"), missing(kString)) == "missing");
  CHECK(eval("concat", arg("x"), strings({arg("a"), missing(kString)}), arg("!")) == "[\"xa!\", missing]");
  CHECK(callOperator("concat", {arg(std::string(600'000, 'a')), arg(std::string(600'000, 'b'))}).status ==
        RowStatus::ValueTooLarge);
}

TEST_CASE("text counts code points") {
  CHECK(eval("len", arg("h\xC3\xA9\xE6\xB1\x89\xF0\x9F\x98\x80")) == "4");
  CHECK(eval("len", arg("\xFF\xC3")) == "2");
  CHECK(eval("len", arg("\xED\xA0\x80")) == "3");  // a surrogate is not UTF-8
  CHECK(eval("len", arg("\xC0\x80")) == "2");      // nor is an overlong form
  CHECK(eval("substr", arg("h\xC3\xA9llo"), arg(1), arg(2)) == "\"\xC3\xA9l\"");
  CHECK(eval("substr", arg("h\xC3\xA9llo"), arg(-4), arg(1)) == "\"\xC3\xA9\"");
  CHECK(eval("substr", arg("abc"), arg(5), arg(1)) == "\"\"");
  CHECK(eval("index", arg("h\xC3\xA9"), arg(-1)) == "\"\xC3\xA9\"");
  CHECK(eval("index", arg(""), arg(0)) == "missing");
  CHECK(eval("lower", arg("\xC3\x89"
                          "A")) ==
        "\"\xC3\x89"
        "a\"");
  CHECK(eval("split", arg("|a||"), arg("|")) == R"(["", "a", "", ""])");
  CHECK(eval("split", arg("a--b"), arg("--")) == R"(["a", "b"])");
  CHECK(eval("split", arg(""), arg("|")) == "[]");
  CHECK(eval("split", arg("a"), arg("")) == "error: the separator must not be empty");
  CHECK(callOperator("split", {arg(std::string(70'000, '|')), arg("|")}).status == RowStatus::ValueTooLarge);
}

TEST_CASE("lookups") {
  Arg map = mapOf(kInt, {{"a", arg(1)}, {"b", arg(2)}, {"n", kNoInt}});
  CHECK(eval("lookup", map, arg("b")) == "2");
  CHECK(eval("lookup", map, arg("z")) == "missing");
  CHECK(eval("lookup", map, arg("z"), arg(9)) == "9");
  CHECK(eval("lookup", map, arg("n"), arg(9)) == "missing");
  CHECK(eval("lookup", map, missing(kString), arg(9)) == "missing");
  CHECK(eval("lookup", missing(map.type), arg("a"), arg(9)) == "missing");
  Arg keys = strings({arg("a"), arg("z"), missing(kString), arg("b")});
  CHECK(eval("lookup", map, keys, arg(0)) == "[1, 0, missing, 2]");
  CHECK(eval("lookup", map, keys, leftOut(), arg("sum")) == "3");
  CHECK(eval("lookup", map, keys, leftOut(), arg("mean")) == "1.5");
  CHECK(eval("lookup", map, keys, arg(0), arg("mean")) == "1");
  CHECK(eval("lookup", map, keys, arg(-4), arg("min")) == "-4");
  CHECK(eval("lookup", map, keys, leftOut(), arg("count")) == "2");
  CHECK(eval("lookup", map, strings({}), leftOut(), arg("max")) == "missing");
  CHECK(eval("lookup", map, strings({}), leftOut(), arg("sum")) == "0");
  CHECK(eval("lookup", map, keys, leftOut(), arg("median")) ==
        "error: there is no combiner \"median\"; there are sum, mean, min, max, count, gap_min, gap_max");
  // The values -4, 1, 2, 2: neighbours are 5, 1 and 0 apart.
  Arg twice = strings({arg("a"), arg("b"), arg("b"), arg("z"), arg("n")});
  CHECK(eval("lookup", map, twice, arg(-4), arg("gap_min")) == "0");
  CHECK(eval("lookup", map, twice, arg(-4), arg("gap_max")) == "5");
  CHECK(eval("lookup", map, strings({arg("a"), arg("z")}), leftOut(), arg("gap_max")) == "missing");
  Arg odd = mapOf(kFloat, {{"a", arg(kNaN)}, {"b", arg(1.5)}, {"c", arg(0.5)}});
  CHECK(eval("lookup", odd, strings({arg("a"), arg("b"), arg("c")}), leftOut(), arg("gap_min")) == "1");
  CHECK(eval("map_keys", map) == R"(["a", "b", "n"])");
  CHECK(eval("map_values", map) == "[1, 2, missing]");
  CHECK(eval("len", map) == "3");
}

TEST_CASE("literals that are not constant") {
  CHECK(eval("make_list", arg(1), kNoInt, arg(3)) == "[1, missing, 3]");
  CHECK(callOperator("make_list", {arg(1), arg(2.5)}).type == Type::list(kFloat));
  CHECK(eval("make_list", arg(1), arg("a")) == "error: no overload");
  CHECK(eval("make_map", arg("b"), arg(1), arg("a"), arg(2.5), arg("b"), arg(3)) == R"({"a": 2.5, "b": 3})");
  CHECK(eval("make_map", missing(kString), arg(1), arg("a"), kNoInt) == R"({"a": missing})");
  CHECK(eval("make_map", arg("a"), arg(1), arg("b")) == "error: no overload");
}

TEST_CASE("weighted ids") {
  CHECK(eval("weighted", ints({arg(3), arg(4)}), floats({arg(0.5), missing(kFloat)})) == "[[3, 0.5], [4, missing]]");
  CHECK(eval("weighted", strings({arg("a")}), arg(2)) == R"([["a", 2]])");
  CHECK(eval("weighted", arg(true), arg(2)) == "[[true, 2]]");
  auto r = callOperator("weighted", {ints({arg(3), arg(4)}), floats({arg(0.5)})});
  CHECK(r.text() == "[[3, 0.5], [4, missing]]");
  CHECK(r.unequalLengths == 1);
  CHECK(eval("map_weighted", mapOf(kInt, {{"a", arg(2)}, {"b", kNoInt}})) == R"([["a", 2], ["b", missing]])");
  Arg weighted = {callOperator("weighted", {strings({arg("food")}), arg(2)}).value, Type::weighted(kString)};
  CHECK(eval("hash_weighted", weighted) == "[[3396951509102873001, 2]]");
}

}  // namespace featc
