// SPDX-License-Identifier: Apache-2.0
// Operators that reorder lists, choose from them or look through them.
#include <algorithm>
#include <cmath>

#include "ops/groups.h"
#include "ops/library/distinct.h"
#include "ops/library/lists.h"
#include "ops/operator.h"
#include "ops/shared_lists.h"
#include "ops/suspect.h"
#include "values/cell_types.h"

namespace featc {

namespace {

// A total order, so that what is sorted does not depend on how: -0 comes before 0.
template <class T>
bool before(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, double>)
    return a < b || (a == b && std::signbit(a) && !std::signbit(b));
  else
    return a < b;
}
template <class T>
bool after(const T& a, const T& b) {
  return before(b, a);
}

// The elements that are present, in new storage that may be reordered.
template <class T>
T* copyElements(Context& context, const List<T>& list, uint64_t& size) {
  // They will be sorted, by as many comparisons as a size in bits has digits.
  constexpr uint64_t kComparisons = 16;
  T* out = context.spend(kComparisons * list.size) ? context.newList<T>(list.size) : nullptr;
  size = 0;
  if (out == nullptr) return nullptr;
  for (uint64_t i = 0; i < list.size; ++i)
    if (isElement(list, i)) out[size++] = list.data[i];
  return out;
}

struct Direction : OpState {
  bool descending = false;
};
Prepared prepareSort(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<Direction>();
  state->descending = !constants[0].isMissing() && constants[0].asBool();
  return {state, std::nullopt};
}

template <class T>
List<T> sortList(Context& context, const Direction& direction, List<T> list) {
  uint64_t size = 0;
  T* out = copyElements(context, list, size);
  if (out == nullptr) return {};
  std::sort(out, out + size, direction.descending ? after<T> : before<T>);
  return {out, nullptr, size};
}

template <class T>
List<T> topK(Context& context, List<T> list, int64_t k) {
  uint64_t size = 0;
  T* out = copyElements(context, list, size);
  if (out == nullptr || k <= 0) return {};
  uint64_t kept = std::min(size, static_cast<uint64_t>(k));
  std::partial_sort(out, out + kept, out + size, after<T>);
  return {out, nullptr, kept};
}

// Pairs of an element and what it is chosen by.
struct Pairs {
  uint64_t* at =
      nullptr;  // the positions at which both lists have one and what it is chosen by is an element; null: fail
  uint64_t size = 0;
};
template <class K>
Pairs pairsOf(RowScratch& scratch, uint64_t elements, const List<K>& keys) {
  uint64_t both = std::min(elements, keys.size);
  Pairs pairs{scratch.allocate<uint64_t>(both)};
  for (uint64_t i = 0; pairs.at != nullptr && i < both; ++i)
    if (isElement(keys, i)) pairs.at[pairs.size++] = i;
  return pairs;
}

// Elements `at` of the list, as many as `out` has room for.
template <class T>
List<T> chosen(const List<T>& list, const uint64_t* at, uint64_t size, T* out, uint8_t* valid) {
  for (uint64_t i = 0; i < size; ++i) {
    valid[i] = list.present(at[i]) ? 1 : 0;
    out[i] = valid[i] != 0 ? list.data[at[i]] : T{};
  }
  return {out, valid, size};
}

// The positions with the highest scores, of equal ones the first.
template <class T>
List<T> topBy(Context& context, List<T> list, List<double> scores, int64_t k) {
  if (list.size != scores.size && context.events != nullptr) ++context.events->unequalLengths;
  uint64_t kept = k <= 0 ? 0 : std::min({list.size, scores.size, static_cast<uint64_t>(k)});
  T* out = context.newList<T>(kept);
  auto* valid = out == nullptr ? nullptr : context.newList<uint8_t>(kept);
  if (valid == nullptr) return {};
  RowScratch scratch(context);
  auto [at, size] = pairsOf(scratch, list.size, scores);
  if (at == nullptr) return {};
  kept = std::min(kept, size);
  std::partial_sort(at, at + kept, at + size, [&](uint64_t a, uint64_t b) {
    double x = scores.data[a];
    double y = scores.data[b];
    return x > y || (x == y && a < b);
  });
  return chosen(list, at, kept, out, valid);
}

// The elements in the order of their keys, of equal ones the earlier first.
template <class T, class K>
List<T> sortBy(Context& context, const Direction& direction, List<T> list, List<K> keys) {
  if (list.size != keys.size && context.events != nullptr) ++context.events->unequalLengths;
  constexpr uint64_t kComparisons = 16;
  uint64_t pairs = std::min(list.size, keys.size);
  T* out = context.spend(kComparisons * pairs) ? context.newList<T>(pairs) : nullptr;
  auto* valid = out == nullptr ? nullptr : context.newList<uint8_t>(pairs);
  if (valid == nullptr) return {};
  RowScratch scratch(context);
  auto [at, size] = pairsOf(scratch, list.size, keys);
  if (at == nullptr) return {};
  std::sort(at, at + size, [&](uint64_t a, uint64_t b) {
    const K& x = keys.data[direction.descending ? b : a];
    const K& y = keys.data[direction.descending ? a : b];
    return before(x, y) || (!before(y, x) && a < b);
  });
  return chosen(list, at, size, out, valid);
}

// The same of a list of lists or maps.
template <class C, class K>
Overload nestedSortBy(Type list, Type key) {
  Overload o;
  o.params = {list, Type::list(key), Type::boolean()};
  o.strict = {true, true, true};
  o.nested = true;
  o.result = list;
  o.kernel = &OpFunction<sortBy<C, K>>::kernel;
  return o;
}

template <class T>
List<T> reverse(Context& context, List<T> list) {
  T* out = context.newList<T>(list.size);
  auto* valid = out == nullptr || list.valid == nullptr ? nullptr : context.newList<uint8_t>(list.size);
  if (out == nullptr || (valid == nullptr && list.valid != nullptr)) return {};
  std::reverse_copy(list.data, list.data + list.size, out);
  if (valid != nullptr) std::reverse_copy(list.valid, list.valid + list.size, valid);
  return {out, valid, list.size};
}

template <class T>
List<T> mask(Context& context, List<T> list, List<bool> keep) {
  if (list.size != keep.size && context.events != nullptr) ++context.events->unequalLengths;
  uint64_t pairs = std::min(list.size, keep.size);
  T* out = context.newList<T>(pairs);
  auto* valid = out == nullptr ? nullptr : context.newList<uint8_t>(pairs);
  if (valid == nullptr) return {};
  uint64_t size = 0;
  for (uint64_t i = 0; i < pairs; ++i) {
    if (!keep.present(i) || !keep.data[i]) continue;
    valid[size] = list.present(i) ? 1 : 0;
    out[size] = valid[size] != 0 ? list.data[i] : T{};
    ++size;
  }
  return {out, valid, size};
}

template <class T>
Maybe<int64_t> indexOf(List<T> list, T x) {
  for (uint64_t i = 0; i < list.size; ++i)
    if (list.present(i) && list.data[i] == x) return static_cast<int64_t>(i);
  return {};
}

bool anyTrue(List<bool> list) {
  for (uint64_t i = 0; i < list.size; ++i)
    if (list.present(i) && list.data[i]) return true;
  return false;
}
bool allTrue(List<bool> list) {
  for (uint64_t i = 0; i < list.size; ++i)
    if (list.present(i) && !list.data[i]) return false;
  return true;
}

}  // namespace

void registerOrder(Registry& r) {
  r.group("Lists");
  auto sortOp =
      r.add("sort", {value("list"), optionalConstant("descending")},
            "The elements in ascending order, or descending; those that are missing or not finite are left out.")
          .example("sort([3, 1, 2])", "[1, 2, 3]")
          .example(R"(sort(["b", "a"], descending = true))", R"(["b", "a"])")
          .foreignNames({"sorted"})
          .proposeForStructs("sort_by($0, $1)", "the structs in the order of a member")
          .foreignNames({"array_sort", "sort_array"}, "the second argument says `descending`, not ascending")
          .prepare(prepareSort);
  auto topOp = r.add("topk", {value("list"), value("k")},
                     "The `k` largest elements, the largest first; those that are missing or not finite are left out.")
                   .example("topk([3, 1, 4, 1, 5], 2)", "[5, 4]")
                   .foreignNames({"top_n"})
                   .foreignNames({"nlargest"}, "the list comes first")
                   .proposeForMap("topk_by(map_keys($0), map_values($0), $1)")
                   .proposeForStructs("topk_by($0, $1, k)", "the structs where a member is largest")
                   .warnIf(suspectCount<1>);
  auto topByOp =
      r.add("topk_by", {value("list"), value("scores"), value("k")},
            "The `k` elements with the highest scores, the highest first, and equal scores in the order of the "
            "list; those whose score is missing or not finite are left out.")
          .makesOfStructs(OfStructs::List)
          .example(R"(topk_by(["a", "b", "c"], [0.1, 0.9, 0.5], 2))", R"(["b", "c"])")
          .warnIf(suspectCount<2>);
  auto sortByOp = r.add("sort_by", {value("list"), value("keys"), optionalConstant("descending")},
                        "The elements in the order of their keys, ascending or descending, and equal keys in the order "
                        "of the list; those whose key is missing or not finite are left out.")
                      .makesOfStructs(OfStructs::List)
                      .example(R"(sort_by(["a", "b", "c"], [3, 1, 2]))", R"(["b", "c", "a"])")
                      .example(R"(sort_by(["a", "b", "c"], [1, 2, 1], descending = true))", R"(["b", "a", "c"])")
                      .foreignNames({"argsort", "sorted_by", "order_by"}, "takes the list and the keys of its elements")
                      .prepare(prepareSort);
  auto reverseOp = r.add("reverse", {value("list")}, "The elements from the last to the first.")
                       .makesOfStructs(OfStructs::List)
                       .example("reverse([1, 2])", "[2, 1]")
                       .foreignNames({"reversed", "array_reverse"});
  auto maskOp = r.add("mask", {value("list"), value("keep")},
                      "The elements where `keep` is true; past the end of the shorter list there are none.")
                    .makesOfStructs(OfStructs::List)
                    .example("mask([1, 2, 3], [true, false, true])", "[1, 3]")
                    .example("mask([1, 20, 30], [1, 20, 30] > 5)", "[20, 30]")
                    .foreignNames({"boolean_mask", "bool_mask", "bool_mask_feature"});
  auto indexOfOp =
      r.add("index_of", {value("list"), value("x")},
            "The position of the first `x` in a list, or of a text within a string in code points; "
            "missing where there is none.")
          .example("index_of([5, 7, 7], 7)", "1")
          .example("index_of([5, 7], 8)", "missing")
          .example(R"(index_of("hotpot", "pot"))", "3")
          .foreignNames({"array_position", "list_position", "instr", "strpos"},
                        "counts from 0; missing where there is none")
          .foreignNames({"locate", "position", "charindex"},
                        "the text that is searched comes first; counts from 0, missing where there is none");
  forEachScalar([&]<class T>() {
    sortOp.template add<sortList<T>>({Type::boolean()}).notLifted();
    topOp.template add<topK<T>>().notLifted();
    topByOp.template add<topBy<T>>().notLifted();
    sortByOp.template add<sortBy<T, int64_t>>({Type::boolean()}).notLifted();
    sortByOp.template add<sortBy<T, double>>({Type::boolean()}).notLifted();
    sortByOp.template add<sortBy<T, Str>>({Type::boolean()}).notLifted();
    reverseOp.template add<reverse<T>>().notLifted();
    maskOp.template add<mask<T>>().notLifted().flatKernel(&OncePerList<mask<T>>::kernel);
    indexOfOp.template add<indexOf<T>>();
  });
  forEachInnerType([&]<class C>(Type element) {
    Type list = Type::list(element);
    topByOp.template addNested<topBy<C>>({list, Type::list(Type::float64()), Type::int64()}, list).notLifted();
    sortByOp.addCustom(nestedSortBy<C, int64_t>(list, Type::int64()));
    sortByOp.addCustom(nestedSortBy<C, double>(list, Type::float64()));
    sortByOp.addCustom(nestedSortBy<C, Str>(list, Type::string()));
    reverseOp.template addNested<reverse<C>>({list}, list).notLifted();
    maskOp.template addNested<mask<C>>({list, Type::list(Type::boolean())}, list).notLifted();
  });
  indexOfOp.add<stringIndexOf>();
  r.group("Reductions");
  r.add("any", {value("list")}, "Whether an element is true; missing ones are not.")
      .example("any([1, 5, 3] > 4)", "true")
      .example("any([1, 5, 3] > 9)", "false")
      .foreignNames({"reduce_any"})
      .add<anyTrue>()
      .flatKernel(&OncePerList<anyTrue>::kernel);
  r.add("all", {value("list")}, "Whether no element is false; missing ones are not.")
      .example("all([1, 5, 3] > 0)", "true")
      .example("all([1, 5, 3] > 1)", "false")
      .foreignNames({"reduce_all", "every"})
      .add<allTrue>()
      .flatKernel(&OncePerList<allTrue>::kernel);
}

}  // namespace featc
