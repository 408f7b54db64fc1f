// SPDX-License-Identifier: Apache-2.0
// Lists as sets: missing elements and floats that are not finite are not members.
#include "ops/groups.h"
#include "ops/library/distinct.h"
#include "ops/library/terms.h"
#include "ops/operator.h"
#include "values/cell_types.h"

namespace featc {

namespace {

// The elements of a list that are in a set of numbers, each once, which takes them out of it. How many there are.
template <class T>
uint64_t takeUnseen(const List<T>& list, const std::array<uint8_t, ShortTerms::kMost>& numbers, uint64_t& unseen,
                    T* out) {
  uint64_t size = 0;
  uint32_t k = 0;
  for (uint64_t i = 0; i < list.size && unseen != 0; ++i) {
    if (!isElement(list, i)) continue;
    uint64_t bit = uint64_t{1} << numbers[k++];
    if ((unseen & bit) == 0) continue;
    unseen &= ~bit;
    out[size++] = list.data[i];
  }
  return size;
}

// The distinct elements of both lists that come after those of `first`, when `first` is left out.
template <class T>
List<T> unite(Context& context, const List<T>& first, const List<T>& second, bool withFirst) {
  uint64_t capacity = first.size + second.size;
  T* values = context.spend(capacity) ? context.arena->allocate<T>(capacity) : nullptr;
  if (values == nullptr) {
    context.fail(RowStatus::OutOfMemory);
    return {};
  }
  if (ShortTerms few; shortTerms(first, second, few)) {
    uint64_t unseen = few.inQuery | few.inTitle;
    uint64_t size = withFirst ? takeUnseen(first, few.query, unseen, values) : 0;
    if (!withFirst) unseen &= ~few.inQuery;
    size += takeUnseen(second, few.title, unseen, values + size);
    return {values, nullptr, size};
  }
  RowScratch scratch(context);
  DistinctValues<T> seen(scratch, values, capacity);
  if (!seen.ok()) return {};
  seen.addAll(first);
  uint64_t skipped = withFirst ? 0 : seen.size();
  seen.addAll(second);
  uint64_t size = seen.size() - skipped;
  if (size > kMaxElements) {
    context.fail(RowStatus::ValueTooLarge);
    return {};
  }
  return {values + skipped, nullptr, size};
}

template <class T>
List<T> setUnion(Context& context, List<T> a, List<T> b) {
  return unite(context, a, b, true);
}
template <class T>
List<T> setDifference(Context& context, List<T> a, List<T> b) {
  return unite(context, b, a, false);
}
template <class T>
List<T> distinct(Context& context, List<T> list) {
  return unite(context, {}, list, true);
}

template <class T>
List<T> setIntersection(Context& context, List<T> a, List<T> b) {
  T* out = context.newList<T>(std::min(a.size, b.size));
  if (out == nullptr) return {};
  if (ShortTerms few; shortTerms(a, b, few)) {
    uint64_t common = few.inQuery & few.inTitle;
    return {out, nullptr, takeUnseen(a, few.query, common, out)};
  }
  RowScratch scratch(context);
  T* values = scratch.allocate<T>(b.size);
  auto* taken = values == nullptr ? nullptr : scratch.allocate<uint8_t>(b.size);
  if (taken == nullptr) return {};
  std::fill_n(taken, b.size, uint8_t{0});
  DistinctValues<T> members(scratch, values, b.size);
  if (!members.ok()) return {};
  members.addAll(b);
  uint64_t size = 0;
  for (uint64_t i = 0; i < a.size; ++i) {
    if (!isElement(a, i)) continue;
    uint32_t at = members.find(a.data[i]);
    if (at == members.kAbsent || taken[at] != 0) continue;
    taken[at] = 1;
    out[size++] = a.data[i];
  }
  return {out, nullptr, size};
}

// How two lists share their distinct elements.
struct Overlap {
  uint64_t left = 0;   // distinct elements of the left list
  uint64_t right = 0;  // and of the right
  uint64_t both = 0;
};
template <class T>
Overlap overlapOf(Context& context, const List<T>& a, const List<T>& b) {
  ShortTerms few;
  if (shortTerms(a, b, few)) {
    return {sizeOfSet(few.inQuery), sizeOfSet(few.inTitle), sizeOfSet(few.inQuery & few.inTitle)};
  }
  RowScratch scratch(context);
  uint64_t capacity = a.size + b.size;
  T* values = scratch.allocate<T>(capacity);
  if (values == nullptr) return {};
  DistinctValues<T> seen(scratch, values, capacity, boundOf(a, b));
  if (!seen.ok()) return {};
  seen.addAll(b);
  Overlap r;
  r.right = seen.size();
  seen.addAll(a);
  uint64_t onlyLeft = seen.size() - r.right;
  // Each element of `a` that is in `b` counts once.
  auto* counted = scratch.allocate<uint8_t>(r.right);
  if (counted == nullptr) return {};
  std::fill_n(counted, r.right, uint8_t{0});
  for (uint64_t i = 0; i < a.size; ++i) {
    if (!isElement(a, i)) continue;
    uint32_t at = seen.find(a.data[i]);
    if (at >= r.right || counted[at] != 0) continue;
    counted[at] = 1;
    ++r.both;
  }
  r.left = r.both + onlyLeft;
  return r;
}

template <class T>
int64_t overlapCount(Context& context, List<T> a, List<T> b) {
  return static_cast<int64_t>(overlapOf(context, a, b).both);
}
int64_t overlapOfShort(const ShortTerms& t) { return sizeOfSet(t.inQuery & t.inTitle); }

template <class T>
Maybe<double> jaccard(Context& context, List<T> a, List<T> b) {
  Overlap o = overlapOf(context, a, b);
  uint64_t all = o.left + o.right - o.both;
  if (all == 0) return {};
  return static_cast<double>(o.both) / static_cast<double>(all);
}
Maybe<double> jaccardOfShort(const ShortTerms& t) {
  uint64_t all = t.inQuery | t.inTitle;
  if (all == 0) return {};
  return static_cast<double>(sizeOfSet(t.inQuery & t.inTitle)) / static_cast<double>(sizeOfSet(all));
}

}  // namespace

void registerSets(Registry& r) {
  r.group("Sets");
  std::vector<ParamSpec> two{value("a"), value("b")};
  auto intersectOp = r.add("intersect", two, "The elements of `a` that are in `b` too, each once, in the order of `a`.")
                         .warnIfSame("the result is its distinct elements")
                         .comparesElements("intersect_numbered")
                         .example("intersect([3, 1, 3, 2], [2, 3])", "[3, 2]")
                         .foreignNames({"array_intersect", "intersection"});
  auto unionOp = r.add("union", two, "The elements of `a`, then those of `b`, each once.")
                     .warnIfSame("the result is its distinct elements")
                     .example("union([3, 1, 3], [2, 3])", "[3, 1, 2]")
                     .foreignNames({"array_union"});
  auto differenceOp = r.add("difference", two, "The elements of `a` that are not in `b`, each once, in order.")
                          .warnIfSame("the result is empty")
                          .comparesElements("difference_numbered")
                          .example("difference([3, 1, 3, 2], [2])", "[3, 1]")
                          .foreignNames({"array_except", "set_difference"});
  auto distinctOp = r.add("distinct", {value("list")},
                          "Each element once, where it comes first; those that are missing or not finite are left out, "
                          "as they are by all set operators.")
                        .example("distinct([2, 1, 2, 1 % 0])", "[2, 1]")
                        .foreignNames({"array_distinct", "dedup", "deduplicate", "drop_duplicates"})
                        .foreignNames({"unique"}, "in the order of the list, not sorted");
  auto countOp = r.add("overlap_count", two, "How many distinct elements both lists have.")
                     .warnIfSame("the result is how many distinct elements it has")
                     .comparesElements()
                     .example("overlap_count([1, 2, 2, 3], [2, 3, 4])", "2")
                     .foreignNames({"intersect_count"});
  auto jaccardOp = r.add("jaccard", two,
                         "The share of the distinct elements of both lists that both have; missing where there are "
                         "none at all.")
                       .warnIfSame("the result is 1, or missing")
                       .comparesElements()
                       .example("jaccard([1, 2, 3], [2, 3, 4])", "0.5")
                       .foreignNames({"jaccard_similarity", "jaccard_index"});
  forEachScalar([&]<class T>() {
    intersectOp.template add<setIntersection<T>>().notLifted();
    unionOp.template add<setUnion<T>>().notLifted();
    differenceOp.template add<setDifference<T>>().notLifted();
    distinctOp.template add<distinct<T>>().notLifted();
    countOp.template add<overlapCount<T>>().notLifted();
    jaccardOp.template add<jaccard<T>>().notLifted();
    if constexpr (std::is_same_v<T, Str> || std::is_same_v<T, int64_t>) {
      countOp.template columnKernels<TermColumns<T, overlapCount<T>, overlapOfShort>>();
      jaccardOp.template columnKernels<TermColumns<T, jaccard<T>, jaccardOfShort>>();
    }
  });
}

}  // namespace featc
