// SPDX-License-Identifier: Apache-2.0
// Lists of numbers as vectors, maps to numbers as sparse ones.
#include <algorithm>
#include <cmath>

#include "ops/groups.h"
#include "ops/operator.h"
#include "values/cell_types.h"

namespace featc {

namespace {

void countLengths(Context& context, const List<double>& a, const List<double>& b) {
  if (a.size != b.size && context.events != nullptr) ++context.events->unequalLengths;
}

// Calls `use(x, y)` for each position where both lists have an element, left to right.
template <class F>
void forEachPair(const List<double>& a, const List<double>& b, F&& use) {
  uint64_t pairs = std::min(a.size, b.size);
  for (uint64_t i = 0; i < pairs; ++i)
    if (a.present(i) && b.present(i)) use(a.data[i], b.data[i]);
}

// Whether a sum of squares has all its digits: none of them too large, nor all too small.
bool isExact(double squares) { return std::isnormal(squares); }

// The product of two lengths, given their squares: one root errs less than two, where it can be taken.
double lengths(double xx, double yy) {
  double both = xx * yy;
  return isExact(both) ? std::sqrt(both) : std::sqrt(xx) * std::sqrt(yy);
}

// The power of two that brings numbers of up to `largest` near 1, so that their squares can be summed.
double scaleOf(double largest) {
  if (largest == 0 || !std::isfinite(largest)) return 1;
  return std::ldexp(1, -std::clamp(std::ilogb(largest), -1000, 1000));
}

// What the cosine of an angle is made of.
struct Products {
  double xy = 0;
  double xx = 0;
  double yy = 0;

  void add(double x, double y) {
    xy += x * y;
    xx += x * x;
    yy += y * y;
  }
  bool isExact() const { return featc::isExact(xx) && featc::isExact(yy); }
  Maybe<double> cosine() const {
    if (xx == 0 || yy == 0) return {};
    return xy / lengths(xx, yy);
  }
};

// The largest magnitudes on either side.
struct Largest {
  double x = 0;
  double y = 0;

  void add(double ofX, double ofY) {
    x = std::max(x, std::fabs(ofX));
    y = std::max(y, std::fabs(ofY));
  }
};

double dot(Context& context, List<double> a, List<double> b) {
  countLengths(context, a, b);
  double sum = 0;
  forEachPair(a, b, [&](double x, double y) { sum += x * y; });
  return sum;
}

Maybe<double> cosine(Context& context, List<double> a, List<double> b) {
  countLengths(context, a, b);
  Products p;
  forEachPair(a, b, [&](double x, double y) { p.add(x, y); });
  if (!p.isExact()) {
    Largest largest;
    forEachPair(a, b, [&](double x, double y) { largest.add(x, y); });
    double scaleX = scaleOf(largest.x);
    double scaleY = scaleOf(largest.y);
    p = {};
    forEachPair(a, b, [&](double x, double y) { p.add(x * scaleX, y * scaleY); });
  }
  return p.cosine();
}

double euclidDist(Context& context, List<double> a, List<double> b) {
  countLengths(context, a, b);
  double sum = 0;
  double largest = 0;
  forEachPair(a, b, [&](double x, double y) {
    double d = x - y;
    sum += d * d;
    largest = std::max(largest, std::fabs(d));
  });
  if (isExact(sum)) return std::sqrt(sum);
  double scale = scaleOf(largest);
  sum = 0;
  forEachPair(a, b, [&](double x, double y) {
    double d = (x - y) * scale;
    sum += d * d;
  });
  return std::sqrt(sum) / scale;
}

// Pearson's, in two passes: the means, then the cosine around them.
Maybe<double> corr(Context& context, List<double> a, List<double> b) {
  countLengths(context, a, b);
  double n = 0;
  double firstX = 0;
  double firstY = 0;
  bool variesX = false;
  bool variesY = false;
  Largest largest;
  forEachPair(a, b, [&](double x, double y) {
    if (n == 0) firstX = x, firstY = y;
    n += 1;
    // Of equal numbers the mean may be another, rounded, and what is left would look like a correlation.
    variesX |= x != firstX;
    variesY |= y != firstY;
    largest.add(x, y);
  });
  if (!variesX || !variesY) return {};
  auto around = [&](double scaleX, double scaleY) {
    double sumX = 0;
    double sumY = 0;
    forEachPair(a, b, [&](double x, double y) {
      sumX += x * scaleX;
      sumY += y * scaleY;
    });
    double meanX = sumX / n;
    double meanY = sumY / n;
    Products p;
    forEachPair(a, b, [&](double x, double y) { p.add(x * scaleX - meanX, y * scaleY - meanY); });
    return p;
  };
  Products p = around(1, 1);
  if (!p.isExact()) p = around(scaleOf(largest.x), scaleOf(largest.y));
  return p.cosine();
}

double squaredNorm(List<double> list) {
  double sum = 0;
  for (uint64_t i = 0; i < list.size; ++i)
    if (list.present(i)) sum += list.data[i] * list.data[i];
  return sum;
}

// The length of a vector, times `scale`, which numbers whose squares would be too large or too small need.
struct Norm {
  double scale = 1;
  double scaled = 0;
};
Norm normOf(List<double> list) {
  double squares = squaredNorm(list);
  if (isExact(squares)) return {1, std::sqrt(squares)};
  double largest = 0;
  for (uint64_t i = 0; i < list.size; ++i)
    if (list.present(i)) largest = std::max(largest, std::fabs(list.data[i]));
  double scale = scaleOf(largest);
  squares = 0;
  for (uint64_t i = 0; i < list.size; ++i) {
    if (!list.present(i)) continue;
    double x = list.data[i] * scale;
    squares += x * x;
  }
  return {scale, std::sqrt(squares)};
}

double l2Norm(List<double> list) {
  Norm norm = normOf(list);
  return norm.scaled / norm.scale;
}

List<double> normalize(Context& context, List<double> list) {
  Norm norm = normOf(list);
  if (norm.scaled == 0) return list;
  auto* out = context.newList<double>(list.size);
  if (out == nullptr) return {};
  for (uint64_t i = 0; i < list.size; ++i) out[i] = list.present(i) ? list.data[i] * norm.scale / norm.scaled : 0;
  return {out, list.valid, list.size};
}

// Keys ascend in both maps: one walk through them together.
template <class K, class A, class B>
double kvDot(const Context& context, Map<K, A> a, Map<K, B> b) {
  if (!context.spend(a.keys.size + b.keys.size)) return 0;
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
  r.add("dot", two,
        "The sum of the products of the elements at the same positions, as far as both lists have one; 0 if there are "
        "none.")
      .example("dot([1, 2, 3], [4, 5, 6])", "32")
      .foreignNames({"dot_product", "inner_product"})
      .add<dot>();
  r.add("cosine", two,
        "The cosine of the angle between two vectors, over the positions that both have; missing where one is all 0 or "
        "there are none.")
      .warnIfSame("the result is 1, or missing")
      .example("cosine([3, 0], [0, 2])", "0")
      .example("cosine([1, 0], [5, 0])", "1")
      .foreignNames({"cos_sim", "cosine_sim", "cosine_similarity"})
      .foreignNames({"cosine_distance"}, "written `1 - cosine(a, b)`")
      .add<cosine>();
  r.add("euclid_dist", two, "The Euclidean distance, over the positions that both lists have; 0 if there are none.")
      .warnIfSame("the result is 0")
      .example("euclid_dist([0, 0], [3, 4])", "5")
      .foreignNames({"euclidean", "euclidean_distance", "l2_distance"})
      .add<euclidDist>();
  r.add("corr", two, "Pearson's correlation, over the positions that both lists have; missing where one does not vary.")
      .warnIfSame("the result is 1, or missing")
      .example("corr([1, 2, 3], [2, 4, 6])", "1")
      .example("corr([1, 1], [2, 3])", "missing")
      .foreignNames({"pearson", "pearsonr", "correlation", "corrcoef"})
      .add<corr>();
  r.add("squared_norm", {value("list")}, "The sum of the squares; 0 if there are none.")
      .example("squared_norm([3, 4])", "25")
      .foreignNames({"sum_of_squares", "sumsq"})
      .add<squaredNorm>();
  r.add("l2_norm", {value("list")},
        "The length of the vector: the root of the sum of the squares; 0 if there are none.")
      .example("l2_norm([3, 4])", "5")
      .foreignNames({"norm"})
      .add<l2Norm>();
  r.add("normalize", {value("list")}, "The vector divided by its length; one that is all 0 stays.")
      .example("normalize([3, 4])", "[0.6, 0.8]")
      .foreignNames({"l2_normalize"})
      .add<normalize>();
  auto kvOp = r.add("kv_dot", two,
                    "The sum of the products of the numbers under the keys that both maps have; 0 if there are none.")
                  .example(R"(kv_dot({"a": 2, "b": 3}, {"b": 0.5, "c": 9}))", "1.5")
                  .foreignNames({"kv_dot_product"}, "of maps; `parse_weights(s)` makes one of a text");
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
