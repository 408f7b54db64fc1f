// SPDX-License-Identifier: Apache-2.0
// Scales and value maps: expected numbers from NumPy 2 and SciPy's boxcox.
#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

TEST_CASE("log10 above a threshold") {
  CHECK(eval("log10_or", arg(1000), arg(0), arg(-1)) == "3");
  CHECK(eval("log10_or", arg(1.0), arg(1), arg(-10)) == "-10");  // the threshold itself is not above it
  CHECK(evalFloat("log10_or", arg(2.5), arg(1e-10), arg(-10)) == Approx(0.3979400086720376).epsilon(1e-15));
  CHECK(eval("log10_or", arg(kNaN), arg(0), arg(7)) == "7");
  CHECK(eval("log10_or", arg(kInf), arg(0), arg(7)) == "inf");
  CHECK(eval("log10_or", arg(-5), arg(-10), arg(7)) == "nan");
  CHECK(eval("log10_or", missing(kFloat), arg(0), arg(7)) == "missing");
  CHECK(eval("log10_or", ints({arg(10), arg(0), kNoInt}), arg(0), arg(-1)) == "[1, -1, missing]");
}

TEST_CASE("zscore and minmax") {
  CHECK(evalFloat("zscore", arg(3.7), arg(1.2), arg(0.7)) == 3.5714285714285716);
  CHECK(eval("zscore", arg(3), arg(1), arg(0)) == "inf");
  CHECK(eval("zscore", arg(1), arg(1), arg(0)) == "nan");
  CHECK(evalFloat("minmax", arg(3), arg(10), arg(25)) == -0.4666666666666667);
  CHECK(eval("minmax", arg(25), arg(10), arg(25)) == "1");
  CHECK(eval("minmax", arg(5), arg(5), arg(5)) == "nan");
}

TEST_CASE("Box-Cox") {
  auto near = [](double x, double lambda, double want) {
    return Approx(want).epsilon(1e-14) == evalFloat("box_cox", arg(x), arg(lambda));
  };
  CHECK(near(2, 0.5, 0.8284271247461901));
  CHECK(near(0.001, -1.5, -21081.184401122522));
  CHECK(near(10, 1e-8, 2.3025851195035365));
  CHECK(near(3, 0, 1.0986122886681098));
  CHECK(near(1e300, 0.1, 9.999999999999976e+30));
  CHECK(eval("box_cox", arg(0), arg(2)) == "-0.5");
  CHECK(eval("box_cox", arg(0), arg(-1)) == "-inf");
  CHECK(eval("box_cox", arg(0), arg(0)) == "-inf");
  CHECK(eval("box_cox", arg(-1), arg(0.5)) == "nan");
}

TEST_CASE("quantiles may repeat") {
  // numpy.searchsorted([1, 2, 2, 5.5], x, side="right")
  Arg quantiles = floats({arg(1.0), arg(2.0), arg(2.0), arg(5.5)});
  const char* want[] = {"0", "1", "1", "3", "4", "4"};
  const double xs[] = {0, 1, 1.5, 2, 5.5, 9};
  for (size_t i = 0; i < std::size(xs); ++i) CHECK(eval("quantile_bucketize", arg(xs[i]), quantiles) == want[i]);
  CHECK(eval("quantile_bucketize", arg(kNaN), quantiles) == "missing");
  CHECK(eval("quantile_bucketize", arg(1), ints({arg(3), arg(2)})) ==
        "error: quantiles must not descend, but 2 comes after 3");
  CHECK(eval("quantile_bucketize", arg(1), floats({})) == "error: there must be at least one quantile");
  CHECK(eval("quantile_bucketize", arg(1), floats({arg(kInf)})) == "error: quantiles must be finite, but one is inf");
}

TEST_CASE("the rank among quantiles") {
  // numpy.interp(x, [0, 10, 20, 60], numpy.linspace(0, 1, 4))
  Arg quantiles = ints({arg(0), arg(10), arg(20), arg(60)});
  const double xs[] = {-1, 0, 4, 10, 33, 60, 99};
  const double want[] = {0, 0, 0.13333333333333333, 0.3333333333333333, 0.775, 1, 1};
  for (size_t i = 0; i < std::size(xs); ++i)
    CHECK(evalFloat("quantile_rank", arg(xs[i]), quantiles) == Approx(want[i]).epsilon(1e-15));
  CHECK(eval("quantile_rank", arg(5), floats({arg(5.0)})) == "1");
  CHECK(eval("quantile_rank", arg(4), floats({arg(5.0)})) == "0");
  CHECK(eval("quantile_rank", arg(kInf), quantiles) == "missing");
}

TEST_CASE("value maps") {
  Arg map = mapOf(kFloat, {{"a", arg(1.5)}, {"b", arg(2.0)}});
  CHECK(eval("value_map", arg("a"), map) == "1.5");
  CHECK(eval("value_map", arg("z"), map) == "missing");
  CHECK(eval("value_map", arg("z"), map, arg(0)) == "0");
  CHECK(eval("value_map", missing(kString), map, arg(0)) == "missing");
  CHECK(eval("value_map", strings({arg("b"), arg("z"), missing(kString)}), map, arg(-1)) == "[2, -1, missing]");
  Arg whole = mapOf(kInt, {{"a", arg(1)}});
  CHECK(callOperator("value_map", {arg("a"), whole}).type == kInt.withNullable());
  auto mixed = callOperator("value_map", {strings({arg("a"), arg("z")}), whole, arg(0.5)});
  CHECK(mixed.text() == "[1, 0.5]");
  CHECK(mixed.type == Type::list(kFloat));
  Arg words = {Value::map({{Value::of(int64_t{404}), Value::of(std::string("gone"))}}), Type::map(kInt, kString)};
  CHECK(eval("value_map", arg(404), words) == "\"gone\"");
  CHECK(eval("value_map", arg(200), words, arg("fine")) == "\"fine\"");
  CHECK(eval("value_map", arg("a"), mapOf(Type::boolean(), {{"a", arg(true)}})) == "true");
}

}  // namespace featc
