// SPDX-License-Identifier: Apache-2.0
// Sets, orders and reductions of lists: Python's sets, sorted() and NumPy's statistics say what comes out.
#include <algorithm>
#include <set>

#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

TEST_CASE("lists as sets") {
  Arg a = ints({arg(3), arg(1), kNoInt, arg(3), arg(2)});
  Arg b = ints({arg(2), arg(3), arg(5), arg(2)});
  CHECK(eval("intersect", a, b) == "[3, 2]");
  CHECK(eval("union", a, b) == "[3, 1, 2, 5]");
  CHECK(eval("difference", a, b) == "[1]");
  CHECK(eval("difference", b, a) == "[5]");
  CHECK(eval("distinct", a) == "[3, 1, 2]");
  CHECK(eval("overlap_count", a, b) == "2");
  CHECK(eval("jaccard", a, b) == "0.5");
  CHECK(eval("intersect", a, ints({})) == "[]");
  CHECK(eval("union", ints({}), ints({})) == "[]");
  CHECK(eval("jaccard", ints({}), ints({kNoInt})) == "missing");
  CHECK(eval("overlap_count", ints({}), b) == "0");
  CHECK(eval("union", a, missing(Type::list(kInt))) == "missing");
  CHECK(eval("distinct", strings({arg("b"), arg(""), arg("b"), arg("a")})) == R"(["b", "", "a"])");
  CHECK(eval("distinct", bools({arg(true), arg(false), arg(true)})) == "[true, false]");
  // 0 and -0 are one value; what is not finite is none.
  CHECK(eval("distinct", floats({arg(0.0), arg(-0.0), arg(kNaN), arg(kInf), arg(1.5)})) == "[0, 1.5]");
}

TEST_CASE("large sets equal std::set") {
  std::vector<Arg> left;
  std::vector<Arg> right;
  std::set<int64_t> leftSet;
  std::set<int64_t> rightSet;
  uint64_t x = 1;
  for (int i = 0; i < 5000; ++i) {
    x = x * 6364136223846793005U + 1442695040888963407U;
    auto v = static_cast<int64_t>(x >> 33U) % 4000;
    (i % 2 == 0 ? left : right).push_back(arg(v));
    (i % 2 == 0 ? leftSet : rightSet).insert(v);
  }
  auto sorted = [](std::string_view op, const Arg& a, const Arg& b) {
    CallResult r = callOperator(op, {a, b});
    REQUIRE(r.error.empty());
    std::vector<int64_t> out;
    for (const Value& v : r.value.asList()) out.push_back(v.asInt());
    std::sort(out.begin(), out.end());
    return out;
  };
  std::vector<int64_t> want;
  std::set_intersection(leftSet.begin(), leftSet.end(), rightSet.begin(), rightSet.end(), std::back_inserter(want));
  CHECK(sorted("intersect", ints(left), ints(right)) == want);
  CHECK(eval("overlap_count", ints(left), ints(right)) == std::to_string(want.size()));
  want.clear();
  std::set_union(leftSet.begin(), leftSet.end(), rightSet.begin(), rightSet.end(), std::back_inserter(want));
  CHECK(sorted("union", ints(left), ints(right)) == want);
  want.clear();
  std::set_difference(leftSet.begin(), leftSet.end(), rightSet.begin(), rightSet.end(), std::back_inserter(want));
  CHECK(sorted("difference", ints(left), ints(right)) == want);
}

TEST_CASE("sets that are too large") {
  std::vector<Arg> low;
  std::vector<Arg> high;
  for (int i = 0; i < 40'000; ++i) {
    low.push_back(arg(i));
    high.push_back(arg(i + 30'000));
  }
  CHECK(callOperator("union", {ints(low), ints(high)}).status == RowStatus::ValueTooLarge);
  CHECK(callOperator("union", {ints(low), ints(low)}).status == RowStatus::Ok);
  CHECK(callOperator("difference", {ints(low), ints(high)}).status == RowStatus::Ok);
}

TEST_CASE("how often elements occur") {
  CHECK(eval("counts", strings({arg("b"), arg("a"), missing(kString), arg("b"), arg("")})) ==
        "{\"\": 1, \"a\": 1, \"b\": 2}");
  CHECK(eval("counts", ints({arg(3), arg(-1), arg(3), kNoInt, arg(3)})) == "{-1: 1, 3: 3}");
  CHECK(eval("counts", ints({})) == "{}");
  CHECK(eval("counts", missing(Type::list(kInt))) == "missing");
  std::vector<Arg> many;
  for (int i = 0; i < 1000; ++i) many.push_back(arg(i * 7 % 10));
  CHECK(eval("counts", ints(many)) ==
        "{0: 100, 1: 100, 2: 100, 3: 100, 4: 100, 5: 100, 6: 100, 7: 100, 8: 100, 9: 100}");
  many.assign(kMaxElements + 100, arg(5));
  CHECK(eval("counts", ints(many)) == "{5: 65636}");
  for (size_t i = 0; i < many.size(); ++i) many[i] = arg(static_cast<int64_t>(i));
  CHECK(callOperator("counts", {ints(many)}).status == RowStatus::ValueTooLarge);
}

TEST_CASE("sorting") {
  Arg list = ints({arg(3), kNoInt, arg(-1), arg(3)});
  CHECK(eval("sort", list) == "[-1, 3, 3]");
  CHECK(eval("sort", list, arg(true)) == "[3, 3, -1]");
  CHECK(eval("sort", list, arg(false)) == "[-1, 3, 3]");
  CHECK(eval("sort", strings({arg("b"), arg("\xFF"), arg(""), arg("B")})) == R"(["", "B", "b", "\xff"])");
  CHECK(eval("sort", floats({arg(kNaN), arg(0.0), arg(-0.0), arg(-kInf), arg(-2.5)})) == "[-2.5, 0, 0]");
  CHECK(eval("topk", list, arg(2)) == "[3, 3]");
  CHECK(eval("topk", list, arg(9)) == "[3, 3, -1]");
  CHECK(eval("topk", list, arg(0)) == "[]");
  CHECK(eval("topk", list, arg(kMinInt)) == "[]");
  CHECK(eval("topk", floats({arg(1.0), arg(kInf)}), arg(1)) == "[1]");
  Arg names = strings({arg("a"), arg("b"), missing(kString), arg("d")});
  CHECK(eval("topk_by", names, floats({arg(1.0), arg(2.0), arg(2.0), missing(kFloat)}), arg(3)) ==
        R"(["b", missing, "a"])");
  auto r = callOperator("topk_by", {names, floats({arg(kNaN), arg(2.0)}), arg(3)});
  CHECK(r.text() == R"(["b"])");
  CHECK(r.unequalLengths == 1);
  CHECK(eval("reverse", list) == "[3, -1, missing, 3]");
  CHECK(eval("reverse", ints({})) == "[]");
}

TEST_CASE("masks and positions") {
  auto r = callOperator(
      "mask", {ints({arg(1), kNoInt, arg(3), arg(4)}), bools({arg(true), arg(true), missing(Type::boolean())})});
  CHECK(r.text() == "[1, missing]");
  CHECK(r.unequalLengths == 1);
  CHECK(eval("mask", ints({arg(1), arg(2)}), bools({arg(false), arg(true)})) == "[2]");
  CHECK(eval("index_of", ints({kNoInt, arg(0), arg(0)}), arg(0)) == "1");
  CHECK(eval("index_of", ints({kNoInt}), arg(0)) == "missing");
  CHECK(eval("index_of", floats({arg(kNaN), arg(-0.0)}), arg(0.0)) == "1");
  CHECK(eval("index_of", floats({arg(kNaN)}), arg(kNaN)) == "missing");
  CHECK(eval("index_of", ints({arg(5), arg(6)}), ints({arg(6), arg(7)})) == "[1, missing]");
  CHECK(eval("index_of", arg("h\xC3\xA9t\xC3\xA9"), arg("t")) == "2");
  CHECK(eval("index_of", arg("abc"), arg("")) == "0");
  CHECK(eval("index_of", arg("abc"), arg("d")) == "missing");
}

TEST_CASE("any and all") {
  Arg none = missing(Type::boolean());
  CHECK(eval("any", bools({})) == "false");
  CHECK(eval("all", bools({})) == "true");
  CHECK(eval("any", bools({none, arg(true)})) == "true");
  CHECK(eval("any", bools({none, arg(false)})) == "false");
  CHECK(eval("all", bools({none, arg(true)})) == "true");
  CHECK(eval("all", bools({none, arg(false)})) == "false");
  CHECK(eval("any", missing(Type::list(Type::boolean()))) == "missing");
}

TEST_CASE("products, firsts and lasts") {
  CHECK(eval("prod", ints({})) == "1");
  CHECK(eval("prod", ints({arg(kMinInt), kNoInt, arg(-1)})) == "-9223372036854775808");
  CHECK(eval("prod", floats({arg(0.5), arg(3.0)})) == "1.5");
  CHECK(eval("prod", floats({arg(kInf), arg(0.0)})) == "nan");
  CHECK(eval("first", ints({kNoInt, arg(2), arg(3)})) == "2");
  CHECK(eval("last", ints({arg(2), arg(3), kNoInt})) == "3");
  CHECK(eval("first", ints({kNoInt})) == "missing");
  CHECK(eval("last", strings({})) == "missing");
}

TEST_CASE("variance and standard deviation") {
  // numpy.var and numpy.std of [2.5, -1, 4, 4]
  Arg list = floats({arg(2.5), missing(kFloat), arg(-1.0), arg(4.0), arg(4.0)});
  CHECK(evalFloat("variance", list) == Approx(4.171875).epsilon(1e-15));
  CHECK(evalFloat("std", list) == Approx(2.042516829796024).epsilon(1e-15));
  CHECK(evalFloat("variance", list, arg(1)) == Approx(5.5625).epsilon(1e-15));
  CHECK(evalFloat("std", list, arg(1)) == Approx(2.358495283014151).epsilon(1e-15));
  CHECK(eval("variance", list, arg(4)) == "missing");
  CHECK(eval("variance", list, arg(kMaxInt)) == "missing");
  CHECK(eval("variance", ints({arg(5)})) == "0");
  CHECK(eval("std", ints({})) == "missing");
  CHECK(eval("std", floats({arg(kInf), arg(1.0)})) == "nan");
  CHECK(eval("variance", list, arg(-1)) == "error: \"ddof\" must not be negative, but is -1");
}

}  // namespace featc
