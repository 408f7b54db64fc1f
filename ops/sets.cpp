// SPDX-License-Identifier: Apache-2.0
// Lists as sets: missing elements and floats that are not finite are not members.
#include "ops/cell_types.h"
#include "ops/distinct.h"
#include "ops/groups.h"
#include "ops/operator.h"

namespace featc {

namespace {

// The distinct elements of both lists that come after those of `first`, when `first` is left out.
template <class T>
List<T> unite(Context& context, const List<T>& first, const List<T>& second, bool withFirst) {
  uint64_t capacity = first.size + second.size;
  T* values = context.spend(capacity) ? context.arena->allocate<T>(capacity) : nullptr;
  if (values == nullptr) {
    context.fail(RowStatus::OutOfMemory);
    return {};
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

template <class T>
int64_t overlapCount(Context& context, List<T> a, List<T> b) {
  return static_cast<int64_t>(overlapOf(context, a, b).both);
}
template <class T>
Maybe<double> jaccard(Context& context, List<T> a, List<T> b) {
  Overlap o = overlapOf(context, a, b);
  uint64_t all = o.left + o.right - o.both;
  if (all == 0) return {};
  return static_cast<double>(o.both) / static_cast<double>(all);
}

}  // namespace

void registerSets(Registry& r) {
  r.group("Sets");
  std::vector<ParamSpec> two{value("a"), value("b")};
  auto intersectOp = r.add("intersect", two, "The elements of `a` that are in `b` too, each once, in the order of `a`.")
                         .ofSame("the result is its distinct elements")
                         .example("intersect([3, 1, 3, 2], [2, 3])", "[3, 2]")
                         .elsewhere({"array_intersect", "intersection"});
  auto unionOp = r.add("union", two, "The elements of `a`, then those of `b`, each once.")
                     .ofSame("the result is its distinct elements")
                     .example("union([3, 1, 3], [2, 3])", "[3, 1, 2]")
                     .elsewhere({"array_union"});
  auto differenceOp = r.add("difference", two, "The elements of `a` that are not in `b`, each once, in order.")
                          .ofSame("the result is empty")
                          .example("difference([3, 1, 3, 2], [2])", "[3, 1]")
                          .elsewhere({"array_except", "set_difference"});
  auto distinctOp = r.add("distinct", {value("list")},
                          "Each element once, where it comes first; those that are missing or not finite are left out, "
                          "as they are by all set operators.")
                        .example("distinct([2, 1, 2, 1 % 0])", "[2, 1]")
                        .elsewhere({"array_distinct", "dedup", "deduplicate", "drop_duplicates"})
                        .elsewhere({"unique"}, "in the order of the list, not sorted");
  auto countOp = r.add("overlap_count", two, "How many distinct elements both lists have.")
                     .ofSame("the result is how many distinct elements it has")
                     .example("overlap_count([1, 2, 2, 3], [2, 3, 4])", "2")
                     .elsewhere({"intersect_count"});
  auto jaccardOp = r.add("jaccard", two,
                         "The share of the distinct elements of both lists that both have; missing where there are "
                         "none at all.")
                       .ofSame("the result is 1, or missing")
                       .example("jaccard([1, 2, 3], [2, 3, 4])", "0.5")
                       .elsewhere({"jaccard_similarity", "jaccard_index"});
  forEachScalar([&]<class T>() {
    intersectOp.template add<setIntersection<T>>().notLifted();
    unionOp.template add<setUnion<T>>().notLifted();
    differenceOp.template add<setDifference<T>>().notLifted();
    distinctOp.template add<distinct<T>>().notLifted();
    countOp.template add<overlapCount<T>>().notLifted();
    jaccardOp.template add<jaccard<T>>().notLifted();
  });
}

}  // namespace featc
