// SPDX-License-Identifier: Apache-2.0
// `min max sum avg` of a list or of several values, and `prod count first last`.
#include <cmath>

#include "ops/groups.h"
#include "ops/laws.h"
#include "ops/library/minmax.h"
#include "ops/operator.h"
#include "ops/shared_lists.h"
#include "ops/suspect.h"
#include "values/cell_types.h"
#include "values/wrap.h"

namespace featc {

namespace {

using V = InlineValue;

int64_t plus(int64_t a, int64_t b) { return wrapAdd(a, b); }
double plus(double a, double b) { return a + b; }

// One step of each reduction; a named function is a template argument, an overload set is not.
template <class C>
struct Min {
  static C step(C a, C b) { return minOf(a, b); }
};
template <class C>
struct Max {
  static C step(C a, C b) { return maxOf(a, b); }
};
template <class C>
struct Sum {
  static C step(C a, C b) { return plus(a, b); }
};

// From the first present element on, left to right; nothing of nothing.
template <class Op, class C>
Maybe<C> fold(List<C> list) {
  Maybe<C> acc;
  for (uint64_t i = 0; i < list.size; ++i)
    if (list.present(i)) acc = acc.present ? Op::step(acc.value, list.data[i]) : list.data[i];
  return acc;
}
template <class Op, class C>
C foldTwo(C a, C b) {
  return Op::step(a, b);
}
template <class Op, class C>
C foldMany(C a, C b, Each<C> more) {
  C acc = Op::step(a, b);
  for (C c : more) acc = Op::step(acc, c);
  return acc;
}

template <class C>
C sumList(List<C> list) {
  return fold<Sum<C>>(list).value;
}

uint64_t presentCount(const uint8_t* valid, uint64_t size) {
  if (valid == nullptr) return size;
  uint64_t n = 0;
  for (uint64_t i = 0; i < size; ++i) n += valid[i] != 0 ? 1 : 0;
  return n;
}

Maybe<double> avgList(List<double> list) {
  uint64_t n = presentCount(list.valid, list.size);
  if (n == 0) return {};
  return sumList(list) / static_cast<double>(n);
}
double avgTwo(double a, double b) { return (a + b) / 2; }
double avgMany(double a, double b, Each<double> more) {
  return foldMany<Sum<double>>(a, b, more) / static_cast<double>(more.size + 2);
}

template <class C>
C productList(List<C> list) {
  C acc = 1;
  for (uint64_t i = 0; i < list.size; ++i) {
    if (!list.present(i)) continue;
    if constexpr (std::is_same_v<C, int64_t>)
      acc = wrapMultiply(acc, list.data[i]);
    else
      acc *= list.data[i];
  }
  return acc;
}

template <class C>
Maybe<C> firstPresent(List<C> list) {
  for (uint64_t i = 0; i < list.size; ++i)
    if (list.present(i)) return list.data[i];
  return {};
}
template <class C>
Maybe<C> lastPresent(List<C> list) {
  for (uint64_t i = list.size; i > 0; --i)
    if (list.present(i - 1)) return list.data[i - 1];
  return {};
}

template <class C>
int64_t countList(List<C> list) {
  uint64_t n = 0;
  for (uint64_t i = 0; i < list.size; ++i) {
    bool counts = list.present(i);
    if constexpr (std::is_same_v<C, double>) counts = counts && std::isfinite(list.data[i]);
    n += counts ? 1 : 0;
  }
  return static_cast<int64_t>(n);
}

template <V (*step)(Inline&, V, V)>
V inlineTwo(Inline& b, const V* a) {
  return step(b, a[0], a[1]);
}
V inlineSumInt(Inline& b, V x, V y) { return b.add(x, y); }
V inlineSumFloat(Inline& b, V x, V y) { return b.fadd(x, y); }
V inlineAvgTwo(Inline& b, const V* a) { return b.fdiv(b.fadd(a[0], a[1]), b.constFloat(2)); }

std::optional<NodeRef> simplifyMin(Rewriter& rw, std::span<const NodeRef> args) { return foldLeft(rw, "min", args); }
std::optional<NodeRef> simplifyMax(Rewriter& rw, std::span<const NodeRef> args) { return foldLeft(rw, "max", args); }
std::optional<NodeRef> simplifySum(Rewriter& rw, std::span<const NodeRef> args) { return foldLeft(rw, "add", args); }
std::optional<NodeRef> simplifyAvg(Rewriter& rw, std::span<const NodeRef> args) {
  auto sum = foldLeft(rw, "add", args);
  if (!sum) return std::nullopt;
  NodeRef n = rw.makeConstant(Value::of(static_cast<double>(args.size())), Type::float64());
  return rw.makeCall("divide", {*sum, n});
}

std::vector<ParamSpec> reductionParams() { return {value("values"), optionalValue("second"), optionalValue("more")}; }

}  // namespace

void registerReduce(Registry& r) {
  r.group("Reductions");
  r.add("min", reductionParams(), "The smallest element of one list, or the smallest of several values.")
      .warnIfSame("it adds nothing")
      .example("min([3, 1, 2])", "1")
      .example("min(3, 1.5)", "1.5")
      .example("min([3, 1], 2)", "[2, 1]")
      .foreignNames({"reduce_min", "array_min", "minimum", "amin"})
      .foreignNames({"least"}, "missing where one of the values is")
      .add<fold<Min<int64_t>, int64_t>>()
      .flatKernel(&OncePerList<fold<Min<int64_t>, int64_t>>::kernel)
      .add<fold<Min<double>, double>>()
      .flatKernel(&OncePerList<fold<Min<double>, double>>::kernel)
      .add<foldTwo<Min<int64_t>, int64_t>>()
      .inlined(inlineTwo<inlineMinInt>)
      .add<foldTwo<Min<double>, double>>()
      .inlined(inlineTwo<inlineMinFloat>)
      .add<foldMany<Min<int64_t>, int64_t>>()
      .add<foldMany<Min<double>, double>>()
      .simplify(simplifyMin);
  r.add("max", reductionParams(), "The largest element of one list, or the largest of several values.")
      .warnIfSame("it adds nothing")
      .example("max([3, 1, 2])", "3")
      .example("max(2, 5, 4)", "5")
      .foreignNames({"reduce_max", "array_max", "maximum", "amax"})
      .foreignNames({"greatest"}, "missing where one of the values is")
      .add<fold<Max<int64_t>, int64_t>>()
      .flatKernel(&OncePerList<fold<Max<int64_t>, int64_t>>::kernel)
      .add<fold<Max<double>, double>>()
      .flatKernel(&OncePerList<fold<Max<double>, double>>::kernel)
      .add<foldTwo<Max<int64_t>, int64_t>>()
      .inlined(inlineTwo<inlineMaxInt>)
      .add<foldTwo<Max<double>, double>>()
      .inlined(inlineTwo<inlineMaxFloat>)
      .add<foldMany<Max<int64_t>, int64_t>>()
      .add<foldMany<Max<double>, double>>()
      .simplify(simplifyMax);
  r.add("sum", reductionParams(), "The sum of one list's present elements (0 if there are none), or of several values.")
      .example("sum([1, 2, 3])", "6")
      .example("sum(1, 2.5)", "3.5")
      .example(R"(sum(int(["4", "x"])))", "4")
      .foreignNames({"reduce_sum", "array_sum"})
      .foreignCalls({"countif", "count_if", "count_true"}, "sum(int($0))")
      .foreignNames({"count_nonzero"}, "written `sum(int(x != 0))`, of truth values `sum(int(x))`")
      .add<sumList<int64_t>>()
      .flatKernel(&OncePerList<sumList<int64_t>>::kernel)
      .add<sumList<double>>()
      .flatKernel(&OncePerList<sumList<double>>::kernel)
      .add<foldTwo<Sum<int64_t>, int64_t>>()
      .inlined(inlineTwo<inlineSumInt>)
      .add<foldTwo<Sum<double>, double>>()
      .inlined(inlineTwo<inlineSumFloat>)
      .add<foldMany<Sum<int64_t>, int64_t>>()
      .add<foldMany<Sum<double>, double>>()
      .simplify(simplifySum);
  r.add("avg", reductionParams(),
        "The mean of one list's present elements (missing if there are none), or of several values.")
      .example("avg([1, 2, 4, 5])", "3")
      .example("avg(1, 2)", "1.5")
      .foreignNames({"mean", "average", "reduce_mean", "array_avg"})
      .add<avgList>()
      .flatKernel(&OncePerList<avgList>::kernel)
      .add<avgTwo>()
      .inlined(inlineAvgTwo)
      .add<avgMany>()
      .simplify(simplifyAvg);
  auto count =
      r.add("count", {value("list")}, "How many elements are present; floats that are not finite do not count.")
          .example(R"(count(int(["1", "x", "3"])))", "2")
          .resultRange(0, kMaxSize)
          .warnIf(suspectCountOfBools<true>);
  r.add("prod", {value("list")}, "The product of the elements (1 if there are none); integers wrap around at 64 bits.")
      .example("prod([2, 3, 4])", "24")
      .foreignNames({"product", "reduce_prod"})
      .add<productList<int64_t>>()
      .add<productList<double>>();
  auto first =
      r.add("first", {value("list")}, "The first element that is present, finite or not (missing if there are none).")
          .example("first([1 % 0, 5, 7])", "5");
  auto last =
      r.add("last", {value("list")}, "The last element that is present, finite or not (missing if there are none).")
          .example("last([5, 7, 1 % 0])", "7");
  forEachScalar([&]<class C>() {
    count.add<countList<C>>().flatKernel(&OncePerList<countList<C>>::kernel);
    first.add<firstPresent<C>>();
    last.add<lastPresent<C>>();
  });
  forEachInnerType([&]<class C>(Type element) {
    Type list = Type::list(element);
    count.addNested<countList<C>>({list}, Type::int64());
    first.addNested<firstPresent<C>>({list}, element);
    last.addNested<lastPresent<C>>({list}, element);
  });
}

}  // namespace featc
