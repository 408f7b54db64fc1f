// SPDX-License-Identifier: Apache-2.0
// Numbers brought to a scale that a model takes well.
#include <cmath>

#include <sleef.h>

#include "ops/groups.h"
#include "ops/library/boundaries.h"
#include "ops/operator.h"
#include "ops/suspect.h"

namespace featc {

namespace {

using V = InlineValue;

double log10Or(double x, double threshold, double fallback) {
  return x > threshold ? Sleef_cinz_log10d1_u10purec(x) : fallback;
}
double zscore(double x, double mean, double std) { return (x - mean) / std; }
double minmax(double x, double low, double high) { return (x - low) / (high - low); }

// Below this lambda the power's limit, the logarithm, is equal to the last bit.
constexpr double kTinyLambda = 1e-19;
// expm1 keeps the digits that x^lambda - 1 would lose near 0.
double boxCox(double x, double lambda) {
  double log = Sleef_cinz_logd1_u10purec(x);
  return std::fabs(lambda) < kTinyLambda ? log : Sleef_cinz_expm1d1_u10purec(lambda * log) / lambda;
}

V inlineZscore(Inline& b, const V* a) { return b.fdiv(b.fsub(a[0], a[1]), a[2]); }
V inlineMinmax(Inline& b, const V* a) { return b.fdiv(b.fsub(a[0], a[1]), b.fsub(a[2], a[1])); }

std::optional<Suspicion> suspectLog10Or(std::span<const KnownArgument> arguments) {
  auto threshold = constantNumber(arguments[1].value);
  if (!threshold || !(*threshold < 0)) return std::nullopt;
  return Suspicion{1, "between a threshold of " + toString(arguments[1].value) +
                          " and 0 there is no logarithm, and no default is taken"};
}
std::optional<Suspicion> suspectZscore(std::span<const KnownArgument> arguments) {
  auto std = constantNumber(arguments[2].value);
  if (std && *std == 0) return Suspicion{2, "the standard deviation is 0, so the result is never finite"};
  if (std && *std < 0)
    return Suspicion{2, "a standard deviation is not negative, but this is " + toString(arguments[2].value)};
  return std::nullopt;
}
std::optional<Suspicion> suspectMinmax(std::span<const KnownArgument> arguments) {
  return suspectBounds<1, 2>(arguments, "the result is never finite", "");
}

// -- Quantiles --------------------------------------------------------------------------------------

Prepared prepareQuantiles(std::span<const Value> constants, std::span<const Type>) {
  auto wrong = [](std::string message) { return Prepared{nullptr, PrepareError{1, std::move(message)}}; };
  if (constants[0].isMissing() || constants[0].asList().empty()) return wrong("there must be at least one quantile");
  auto state = std::make_shared<Boundaries<double>>();
  for (const Value& v : constants[0].asList()) {
    if (v.isMissing()) return wrong("a quantile is missing");
    double quantile = v.asFloat();
    if (!std::isfinite(quantile)) return wrong("quantiles must be finite, but one is " + toString(v));
    if (!state->values.empty() && quantile < state->values.back())
      return wrong("quantiles must not descend, but " + toString(v) + " comes after " +
                   toString(Value::of(state->values.back())));
    state->values.push_back(quantile);
  }
  return {state, std::nullopt};
}

int64_t quantileBucket(const Boundaries<double>& state, Finite x) { return countAtMost(state.values, x.value); }

double quantileRank(const Boundaries<double>& state, Finite x) {
  const std::vector<double>& q = state.values;
  auto above = static_cast<size_t>(countAtMost(q, x.value));
  if (above == 0) return 0;
  if (above == q.size()) return 1;
  double below = q[above - 1];
  double part = (x.value - below) / (q[above] - below);
  return (static_cast<double>(above - 1) + part) / static_cast<double>(q.size() - 1);
}

}  // namespace

void registerNormalize(Registry& r) {
  r.group("Normalizing");
  r.add("log10_or", {value("x"), value("threshold"), value("default")},
        "Logarithm to base 10 where `x` is greater than the threshold, else the default.")
      .example("log10_or(1000, 0, -1)", "3")
      .example("log10_or(0, 0, -1)", "-1")
      .add<log10Or>()
      .warnIf(suspectLog10Or);
  r.add("zscore", {value("x"), value("mean"), value("std")}, "(`x` - `mean`) / `std`.")
      .foreignNames({"standardize"})
      .example("zscore(7, 5, 4)", "0.5")
      .add<zscore>()
      .inlined(inlineZscore)
      .warnIf(suspectZscore);
  r.add("minmax", {value("x"), value("low"), value("high")},
        "(`x` - `low`) / (`high` - `low`): 0 .. 1 between the bounds, beyond them not cut (see `clip`).")
      .foreignNames({"minmax_scale"})
      .example("minmax(15, 10, 20)", "0.5")
      .example("minmax(25, 10, 20)", "1.5")
      .add<minmax>()
      .inlined(inlineMinmax)
      .warnIf(suspectMinmax);
  r.add("box_cox", {value("x"), value("lambda")}, "The Box-Cox power: (`x`^`lambda` - 1) / `lambda`; for 0, log(`x`).")
      .example("box_cox(4, 1)", "3")
      .example("box_cox(1, 0)", "0")
      .add<boxCox>();
  r.add("quantile_bucketize", {value("x"), constant("quantiles")},
        "How many of the quantiles, which ascend and may repeat, are at most `x`: a value on an edge belongs to the "
        "upper bucket.")
      .foreignNames({"qcut"}, "the quantiles themselves are given, worked out beforehand")
      .example("quantile_bucketize(3, [0, 0, 2.5, 8])", "3")
      .example("quantile_bucketize(0, [0, 0, 2.5, 8])", "2")
      .add<quantileBucket>({Type::list(Type::float64())})
      .inlined(inlineCountAtMost<double>)
      .prepare(prepareQuantiles);
  r.add("quantile_rank", {value("x"), constant("quantiles")},
        "Where `x` lies among evenly spaced quantiles: 0 below the first, 1 from the last on, between two of them in "
        "proportion.")
      .example("quantile_rank(15, [0, 10, 20])", "0.75")
      .example("quantile_rank(-3, [0, 10, 20])", "0")
      .add<quantileRank>({Type::list(Type::float64())})
      .prepare(prepareQuantiles);
}

}  // namespace featc
