// SPDX-License-Identifier: Apache-2.0
// Vectors: expected numbers from NumPy 2.
#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

TEST_CASE("products and distances of vectors") {
  Arg a = floats({arg(1.5), arg(-2.0), arg(0.25)});
  Arg b = ints({arg(4), arg(3), arg(-8)});
  CHECK(eval("dot", a, b) == "-2");
  CHECK(evalFloat("cosine", a, b) == Approx(-0.0843789849720059).epsilon(1e-14));
  CHECK(evalFloat("euclid_dist", a, b) == Approx(9.965565713997375).epsilon(1e-15));
  CHECK(evalFloat("corr", a, b) == Approx(-0.08820551071051763).epsilon(1e-13));
  CHECK(eval("squared_norm", a) == "6.3125");
  CHECK(evalFloat("l2_norm", a) == Approx(2.5124689052802225).epsilon(1e-15));
  Arg none = floats({});
  CHECK(eval("dot", none, none) == "0");
  CHECK(eval("euclid_dist", none, none) == "0");
  CHECK(eval("cosine", none, none) == "missing");
  CHECK(eval("corr", none, none) == "missing");
  CHECK(eval("corr", floats({arg(1.0)}), floats({arg(2.0)})) == "missing");
  CHECK(eval("cosine", floats({arg(0.0)}), floats({arg(2.0)})) == "missing");
  CHECK(eval("l2_norm", none) == "0");
  CHECK(eval("dot", floats({arg(kInf)}), floats({arg(0.0)})) == "nan");
}

TEST_CASE("only positions that both vectors have count") {
  Arg a = ints({arg(1), kNoInt, arg(3), arg(100)});
  Arg b = ints({arg(10), arg(20), arg(30)});
  auto r = callOperator("dot", {a, b});
  CHECK(r.text() == "100");
  CHECK(r.unequalLengths == 1);
  CHECK(eval("euclid_dist", a, b) == eval("euclid_dist", ints({arg(1), arg(3)}), ints({arg(10), arg(30)})));
  CHECK(eval("corr", a, b) == "1");
  CHECK(eval("dot", a, missing(Type::list(kInt))) == "missing");
}

TEST_CASE("unit vectors") {
  CHECK(eval("normalize", ints({arg(3), kNoInt, arg(-4)})) == "[0.6, missing, -0.8]");
  CHECK(eval("normalize", ints({arg(0), kNoInt})) == "[0, missing]");
  CHECK(eval("normalize", floats({})) == "[]");
}

TEST_CASE("sparse products") {
  Arg a = mapOf(kFloat, {{"a", arg(2.0)}, {"b", arg(0.5)}, {"d", missing(kFloat)}});
  Arg b = mapOf(kInt, {{"b", arg(3)}, {"c", arg(7)}, {"d", arg(9)}});
  CHECK(eval("kv_dot", a, b) == "1.5");
  CHECK(eval("kv_dot", b, a) == "1.5");
  CHECK(eval("kv_dot", b, b) == "139");
  CHECK(eval("kv_dot", a, mapOf(kInt, {})) == "0");
  CHECK(eval("kv_dot", a, missing(b.type)) == "missing");
}

TEST_CASE("ids of aligned lists") {
  auto pair = [](Arg x, Arg y) { return eval("cross", std::move(x), std::move(y)); };
  CHECK(eval("zip_cross", arg(1), arg("a")) == pair(arg(1), arg("a")));
  auto r = callOperator("zip_cross", {ints({arg(1), arg(2), arg(3)}), strings({arg("a"), missing(kString)})});
  CHECK(r.text() == "[" + pair(arg(1), arg("a")) + ", missing, missing]");
  CHECK(r.unequalLengths == 1);
  CHECK(eval("zip_cross", ints({arg(1), kNoInt}), arg("a"), arg(2.5)) ==
        "[" + eval("cross", arg(1), arg("a"), arg(2.5)) + ", missing]");
  CHECK(eval("zip_cross", ints({arg(1)}), arg(kNaN)) == "missing");
  CHECK(eval("zip_cross", ints({arg(1)}), floats({arg(kNaN)})) == "[missing]");
  CHECK(eval("zip_cross", ints({}), arg(1)) == "[]");
  Arg map = mapOf(kInt, {{"a", arg(5)}, {"n", kNoInt}});
  CHECK(eval("lookup_id", map, arg("a")) == pair(arg("a"), arg(5)));
  CHECK(eval("lookup_id", map, arg("n")) == "missing");
  CHECK(eval("lookup_id", map, strings({arg("a"), arg("z")})) == "[" + pair(arg("a"), arg(5)) + ", missing]");
  CHECK(eval("lookup_id", mapOf(kFloat, {{"a", arg(kInf)}}), arg("a")) == "missing");
}

}  // namespace featc
