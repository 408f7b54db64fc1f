// SPDX-License-Identifier: Apache-2.0
// How much the elements of a list differ.
#include <cmath>

#include "ops/groups.h"
#include "ops/operator.h"

namespace featc {

namespace {

struct DegreesOfFreedom : OpState {
  uint64_t lost = 0;
};

Prepared prepareDegrees(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<DegreesOfFreedom>();
  if (!constants[0].isMissing()) {
    if (constants[0].asInt() < 0)
      return {nullptr, PrepareError{1, "\"ddof\" must not be negative, but is " + toString(constants[0])}};
    state->lost = static_cast<uint64_t>(constants[0].asInt());
  }
  return {state, std::nullopt};
}

// In two passes, each left to right: the mean, then the squares around it. Equal numbers do not vary, though their
// mean may be another, rounded.
Maybe<double> variance(const DegreesOfFreedom& state, List<double> list) {
  uint64_t n = 0;
  double first = 0;
  double sum = 0;
  bool varies = false;
  for (uint64_t i = 0; i < list.size; ++i) {
    if (!list.present(i)) continue;
    if (n == 0) first = list.data[i];
    sum = n == 0 ? first : sum + list.data[i];
    varies |= list.data[i] != first;
    ++n;
  }
  if (n == 0 || n <= state.lost) return {};
  if (!varies) return first - first;
  double mean = sum / static_cast<double>(n);
  double squares = 0;
  for (uint64_t i = 0; i < list.size; ++i) {
    if (!list.present(i)) continue;
    double d = list.data[i] - mean;
    squares += d * d;
  }
  return squares / static_cast<double>(n - state.lost);
}

Maybe<double> standardDeviation(const DegreesOfFreedom& state, List<double> list) {
  Maybe<double> v = variance(state, list);
  return v.present ? Maybe<double>(std::sqrt(v.value)) : v;
}

}  // namespace

void registerStatistics(Registry& r) {
  r.group("Reductions");
  r.add("variance", {value("list"), optionalConstant("ddof")},
        "The mean square of the distances from the mean, divided by n - `ddof` (0 unless given).")
      .example("variance([1, 2, 3, 4])", "1.25")
      .example("variance([1, 3], ddof = 1)", "2")
      .foreignNames({"var_pop", "pvariance"})
      .foreignNames({"var", "var_samp"}, "divides by n; by n - 1 with `ddof = 1`")
      .add<variance>({Type::int64()})
      .prepare(prepareDegrees);
  r.add("std", {value("list"), optionalConstant("ddof")}, "Standard deviation: the square root of the variance.")
      .example("std([2, 4, 4, 4, 5, 5, 7, 9])", "2")
      .foreignNames({"stddev_pop", "pstdev"})
      .foreignNames({"stddev", "stdev", "stddev_samp"}, "divides by n; by n - 1 with `ddof = 1`")
      .add<standardDeviation>({Type::int64()})
      .prepare(prepareDegrees);
}

}  // namespace featc
