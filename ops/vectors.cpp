// SPDX-License-Identifier: Apache-2.0
// Lists of numbers as vectors, maps to numbers as sparse ones.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/cell_types.h"
#include "ops/groups.h"
#include "ops/operator.h"

namespace featc {

namespace {

// Calls `use(x, y)` for each position where both lists have an element, left to right.
template <class F>
void forEachPair(Context& context, const List<double>& a, const List<double>& b, F&& use) {
  if (a.size != b.size && context.events != nullptr) ++context.events->unequalLengths;
  uint64_t pairs = std::min(a.size, b.size);
  for (uint64_t i = 0; i < pairs; ++i)
    if (a.present(i) && b.present(i)) use(a.data[i], b.data[i]);
}

// The product of two lengths, given their squares: one root errs less than two, where it can be taken.
double lengths(double xx, double yy) {
  double both = xx * yy;
  bool exact = both >= std::numeric_limits<double>::min() && both <= std::numeric_limits<double>::max();
  return exact ? std::sqrt(both) : std::sqrt(xx) * std::sqrt(yy);
}

double dot(Context& context, List<double> a, List<double> b) {
  double sum = 0;
  forEachPair(context, a, b, [&](double x, double y) { sum += x * y; });
  return sum;
}

Maybe<double> cosine(Context& context, List<double> a, List<double> b) {
  double xy = 0;
  double xx = 0;
  double yy = 0;
  forEachPair(context, a, b, [&](double x, double y) {
    xy += x * y;
    xx += x * x;
    yy += y * y;
  });
  if (xx == 0 || yy == 0) return {};
  return xy / lengths(xx, yy);
}

double euclidDist(Context& context, List<double> a, List<double> b) {
  double sum = 0;
  forEachPair(context, a, b, [&](double x, double y) {
    double d = x - y;
    sum += d * d;
  });
  return std::sqrt(sum);
}

// Pearson's, in two passes: the means, then the products around them.
Maybe<double> corr(Context& context, List<double> a, List<double> b) {
  double n = 0;
  double sumX = 0;
  double sumY = 0;
  forEachPair(context, a, b, [&](double x, double y) {
    n += 1;
    sumX += x;
    sumY += y;
  });
  if (n == 0) return {};
  double meanX = sumX / n;
  double meanY = sumY / n;
  double xy = 0;
  double xx = 0;
  double yy = 0;
  uint64_t pairs = std::min(a.size, b.size);
  for (uint64_t i = 0; i < pairs; ++i) {
    if (!a.present(i) || !b.present(i)) continue;
    double dx = a.data[i] - meanX;
    double dy = b.data[i] - meanY;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  if (xx == 0 || yy == 0) return {};
  return xy / lengths(xx, yy);
}

double squaredNorm(List<double> list) {
  double sum = 0;
  for (uint64_t i = 0; i < list.size; ++i)
    if (list.present(i)) sum += list.data[i] * list.data[i];
  return sum;
}
double l2Norm(List<double> list) { return std::sqrt(squaredNorm(list)); }

List<double> normalize(Context& context, List<double> list) {
  double norm = l2Norm(list);
  if (norm == 0) return list;
  auto* out = context.newList<double>(list.size);
  if (out == nullptr) return {};
  for (uint64_t i = 0; i < list.size; ++i) out[i] = list.present(i) ? list.data[i] / norm : 0;
  return {out, list.valid, list.size};
}

// Keys ascend in both maps: one walk through them together.
template <class K, class A, class B>
double kvDot(Map<K, A> a, Map<K, B> b) {
  double sum = 0;
  uint64_t i = 0;
  uint64_t k = 0;
  while (i < a.keys.size && k < b.keys.size) {
    if (a.keys.data[i] < b.keys.data[k]) {
      ++i;
    } else if (b.keys.data[k] < a.keys.data[i]) {
      ++k;
    } else {
      if (a.values.present(i) && b.values.present(k))
        sum += static_cast<double>(a.values.data[i]) * static_cast<double>(b.values.data[k]);
      ++i;
      ++k;
    }
  }
  return sum;
}

}  // namespace

void registerVectors(Registry& r) {
  r.group("Vectors");
  std::vector<ParamSpec> two{value("a"), value("b")};
  r.add("dot", two, "The sum of the products of the elements at the same positions, as far as both lists have one.")
      .example("dot([1, 2, 3], [4, 5, 6])", "32")
      .add<dot>();
  r.add("cosine", two,
        "The cosine of the angle between two vectors, over the positions that both have; missing where one is all 0.")
      .example("cosine([3, 0], [0, 2])", "0")
      .example("cosine([1, 0], [5, 0])", "1")
      .add<cosine>();
  r.add("euclid_dist", two, "The Euclidean distance, over the positions that both lists have.")
      .example("euclid_dist([0, 0], [3, 4])", "5")
      .add<euclidDist>();
  r.add("corr", two, "Pearson's correlation, over the positions that both lists have; missing where one does not vary.")
      .example("corr([1, 2, 3], [2, 4, 6])", "1")
      .example("corr([1, 1], [2, 3])", "missing")
      .add<corr>();
  r.add("squared_norm", {value("list")}, "The sum of the squares.")
      .example("squared_norm([3, 4])", "25")
      .add<squaredNorm>();
  r.add("l2_norm", {value("list")}, "The length of the vector: the root of the sum of the squares.")
      .example("l2_norm([3, 4])", "5")
      .add<l2Norm>();
  r.add("normalize", {value("list")}, "The vector divided by its length; one that is all 0 stays.")
      .example("normalize([3, 4])", "[0.6, 0.8]")
      .add<normalize>();
  auto kvOp = r.add("kv_dot", two, "The sum of the products of the numbers under the keys that both maps have.")
                  .example(R"(kv_dot({"a": 2, "b": 3}, {"b": 0.5, "c": 9}))", "1.5");
  auto addKv = [&]<class A, class B>() {
    kvOp.template add<kvDot<int64_t, A, B>>();
    kvOp.template add<kvDot<Str, A, B>>();
  };
  addKv.operator()<double, double>();
  addKv.operator()<int64_t, int64_t>();
  addKv.operator()<double, int64_t>();
  addKv.operator()<int64_t, double>();
}

}  // namespace featc
