// SPDX-License-Identifier: Apache-2.0
// Operators on lists: making, indexing, cutting, searching; some of them on strings too.
#include "ops/library/lists.h"

#include <algorithm>

#include "ops/flat_lists.h"
#include "ops/groups.h"
#include "ops/library/key_index.h"
#include "ops/operator.h"
#include "ops/suspect.h"
#include "values/array_loops.h"
#include "values/cell_types.h"
#include "values/slicing.h"

namespace featc {

namespace {

template <class T>
List<T> sub(List<T> list, Range range) {
  if (range.size == 0) return {};
  return {list.data + range.begin, list.valid == nullptr ? nullptr : list.valid + range.begin, range.size};
}

template <class T>
Maybe<T> index(List<T> list, int64_t i) {
  auto size = static_cast<int64_t>(list.size);
  if (i < -size || i >= size) return {};
  auto at = static_cast<uint64_t>(i < 0 ? i + size : i);
  return list.present(at) ? Maybe<T>(list.data[at]) : Maybe<T>();
}
template <class T>
int64_t length(List<T> list) {
  return static_cast<int64_t>(list.size);
}
// The element at one place of each of the flat lists, without a branch for those that are shorter.
template <class T>
void elementsAt(const FlatLists& lists, uint64_t at, T* out, uint8_t* valid, uint32_t n) {
  static constexpr T kNone{};
  const T* elements = static_cast<const T*>(lists.elements);
  for (uint32_t group = 0; group < n; group += 8) {
    unsigned present = 0;
    for (uint32_t k = 0; k < std::min(8U, n - group); ++k) {
      const uint32_t row = group + k;
      const bool is = at < lists.sizeOf(row);
      out[row] = *(is ? elements + (lists.starts[row] - lists.starts[0]) + at : &kNone);
      present |= (is ? 1U : 0U) << k;
    }
    valid[group / 8] = static_cast<uint8_t>(present);
  }
}
// The same of flat lists, whose places alone say much.
template <class T>
bool indexFlat(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  FlatLists lists;
  const ColumnRef at = args[1];
  if (!isFlat(context, args[0], cellType<T>(), n, lists)) return false;
  if constexpr (!std::is_same_v<T, bool>) {
    if (at.uniform && out.valid != nullptr && at.present(0) && at.get<int64_t>(0) >= 0) {
      elementsAt(lists, static_cast<uint64_t>(at.get<int64_t>(0)), static_cast<T*>(out.data), out.valid, n);
      return true;
    }
  }
  detail::RowWriter<T> writer(out);
  for (uint32_t row = 0; row < n; ++row) {
    Maybe<T> element;
    if (at.present(row)) element = index(List<T>{lists.of<T>(row), nullptr, lists.sizeOf(row)}, at.get<int64_t>(row));
    writer.put(row, element.value, element.present);
  }
  writer.finish(n);
  return true;
}
template <class T>
bool lengthFlat(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  FlatLists lists;
  if (!isFlat(context, args[0], cellType<T>(), n, lists, true)) return false;
  auto* lengths = static_cast<int64_t*>(out.data);
  for (uint32_t row = 0; row < n; ++row) lengths[row] = lists.sizeOf(row);
  copyPresence(args[0], out, n);
  return true;
}
template <class K, class V>
int64_t mapLength(Map<K, V> map) {
  return length(map.keys);
}
template <class T>
List<T> head(List<T> list, int64_t n) {
  return sub(list, headRange(list.size, n));
}
template <class T>
List<T> tail(List<T> list, int64_t n) {
  return sub(list, tailRange(list.size, n));
}
template <class T>
List<T> slice(List<T> list, int64_t start, int64_t length) {
  return sub(list, sliceRange(list.size, start, length));
}

template <class T>
bool contains(List<T> list, T x) {
  uint64_t i = 0;
  if constexpr (std::is_arithmetic_v<T>) {
    // Eight at a time: no branch between them.
    constexpr uint64_t kStep = 8;
    for (; list.valid == nullptr && i + kStep <= list.size; i += kStep) {
      bool found = false;
      for (uint64_t k = 0; k < kStep; ++k) found |= list.data[i + k] == x;
      if (found) return true;
    }
  }
  for (; i < list.size; ++i)
    if (list.present(i) && list.data[i] == x) return true;
  return false;
}
// The same over columns: a list that serves many rows is indexed.
template <class T>
struct ContainsColumns {
  static constexpr bool kReadsTexts = true;
  static void kernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    if constexpr (std::is_same_v<T, int64_t>)
      if (inOneList(args, out, n)) return;
    detail::RowWriter<bool> writer(out);
    detail::Meter meter(context);
    for (uint32_t row = 0; row < n;) {
      uint32_t end = endOfRun<List<T>>(args[0], row, n);
      bool present = args[0].present(row);
      auto list = args[0].get<List<T>>(row);
      auto forRows = [&](auto&& has) {
        for (; row < end; ++row) writer.put(row, has(args[1].get<T>(row)), present && args[1].present(row));
      };
      if (KeyIndex<T>::worthwhile(list.size, end - row)) {
        KeyIndex<T> index(list);
        forRows([&](const T& x) { return index.find(x) != KeyIndex<T>::kNone; });
      } else {
        forRows([&](const T& x) { return meter.passes(list) && contains(list, x); });
      }
    }
    writer.finish(n);
  }

 private:
  // For fewer rows each is looked for by itself, in the elements as vectors.
  static constexpr uint32_t kWorthAll = 3;
  // One short list for all rows: all rows' values are compared with each of its elements, in vectors.
  static bool inOneList(const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    const ColumnRef& values = args[1];
    if (n < kWorthAll || !args[0].uniform || values.uniform) return false;
    const auto list = args[0].get<List<int64_t>>(0);
    if (list.valid != nullptr || list.size > arrayLoops().mostKeys) return false;
    auto* found = static_cast<uint8_t*>(out.data);
    arrayLoops().findInts(list.data, list.size, static_cast<const int64_t*>(values.data), found, n);
    for (uint32_t i = 0; i < (n + 7) / 8; ++i) {
      const unsigned rows = std::min(8U, n - 8 * i);
      unsigned present = args[0].present(0) ? 0xFFU >> (8 - rows) : 0U;
      if (values.valid != nullptr) present &= values.valid[i];
      found[i] = static_cast<uint8_t>(found[i] & present);
      if (out.valid != nullptr) out.valid[i] = static_cast<uint8_t>(present);
    }
    return true;
  }
};
template <class K, class V>
bool mapContains(Map<K, V> map, K key) {
  return std::binary_search(map.keys.data, map.keys.data + map.keys.size, key);
}
template <class K, class V>
struct MapContainsColumns {
  static constexpr bool kReadsTexts = true;
  static void kernel(Context&, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    detail::RowWriter<bool> writer(out);
    forMapRuns<K, V>(args[0], n, [&](uint32_t begin, uint32_t end, const Map<K, V>&, auto&& find) {
      const bool present = args[0].present(begin);
      for (uint32_t row = begin; row < end; ++row) {
        bool both = present && args[1].present(row);
        writer.put(row, both && find(args[1].get<K>(row)) != kNoKey, both);
      }
    });
    writer.finish(n);
  }
};

template <class T>
List<T> append(Context& context, List<T> first, Each<List<T>> more) {
  uint64_t size = first.size;
  for (const List<T>& list : more) size += list.size;
  auto* data = context.newList<T>(size);
  auto* valid = data == nullptr ? nullptr : context.newList<uint8_t>(size);
  if (valid == nullptr) return {};
  uint64_t at = 0;
  auto add = [&](const List<T>& list) {
    std::copy_n(list.data, list.size, data + at);
    for (uint64_t i = 0; i < list.size; ++i) valid[at + i] = list.present(i) ? 1 : 0;
    at += list.size;
  };
  add(first);
  for (const List<T>& list : more) add(list);
  return {data, valid, size};
}

template <class T>
List<T> flatten(Context& context, List<List<T>> lists) {
  uint64_t size = 0;
  for (uint64_t i = 0; i < lists.size; ++i)
    if (lists.present(i)) size += lists.data[i].size;
  auto* data = context.newList<T>(size);
  auto* valid = data == nullptr ? nullptr : context.newList<uint8_t>(size);
  if (valid == nullptr) return {};
  uint64_t at = 0;
  for (uint64_t i = 0; i < lists.size; ++i) {
    if (!lists.present(i)) continue;
    const List<T>& list = lists.data[i];
    for (uint64_t k = 0; k < list.size; ++k, ++at) {
      valid[at] = list.present(k) ? 1 : 0;
      data[at] = valid[at] != 0 ? list.data[k] : T{};
    }
  }
  return {data, valid, size};
}

// As long as `as`, whose elements say nothing else.
template <class T>
List<T> lengthened(Context& context, Maybe<List<T>> list, List<bool> as) {
  uint64_t known = list.present ? list.value.size : 0;
  if (known >= as.size) return list.value;
  auto* data = context.newList<T>(as.size);
  auto* valid = data == nullptr ? nullptr : context.newList<uint8_t>(as.size);
  if (valid == nullptr) return {};
  for (uint64_t i = 0; i < as.size; ++i) {
    bool present = i < known && list.value.present(i);
    data[i] = present ? list.value.data[i] : T{};
    valid[i] = present ? 1 : 0;
  }
  return {data, valid, as.size};
}

// A list literal whose elements are not all constant; a missing one is a missing element.
template <class T>
void makeListKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  detail::RowWriter<List<T>> writer(out);
  for (uint32_t row = 0; row < n; ++row) {
    context.row = row;
    auto* data = context.newList<T>(context.argCount);
    auto* valid = data == nullptr ? nullptr : context.newList<uint8_t>(context.argCount);
    List<T> list;
    if (valid != nullptr) {
      for (uint32_t i = 0; i < context.argCount; ++i) {
        valid[i] = args[i].present(row) ? 1 : 0;
        data[i] = valid[i] != 0 ? args[i].get<T>(row) : T{};
      }
      list = {data, valid, context.argCount};
    }
    writer.put(row, list, true);
  }
  writer.finish(n);
}

template <class T>
Overload makeListOverload(Type element) {
  Overload o;
  o.params = {element};
  o.strict = {false};
  o.variadic = true;
  o.nested = !element.isScalar();
  o.result = Type::list(element);
  o.kernel = &makeListKernel<T>;
  return o;
}

// In a list the empty string is an element as any other.
std::optional<Suspicion> suspectContains(std::span<const KnownArgument> arguments) {
  return arguments[0].type.is(Kind::String) ? suspectEmptyPart<1>(arguments) : std::nullopt;
}

}  // namespace

void registerLists(Registry& r) {
  r.group("Lists");
  auto indexOp = r.add("index", {value("list"), value("i")},
                       "Element `i` of a list or code point `i` of a string, counted from 0, or from the end where `i` "
                       "is negative; missing outside.")
                     .written("x[i]")
                     .passesThrough(0)
                     .makesOfStructs(OfStructs::Struct)
                     .example("[10, 20, 30][-1]", "30")
                     .example("[10, 20, 30][3]", "missing")
                     .example(R"("h\u{e9}"[1])", "\"\xC3\xA9\"");
  auto lenOp =
      r.add("len", {value("x")},
            "How many elements a list or map has, missing ones included, or how many code points a string has.")
          .makesOfStructs(OfStructs::Value)
          .example("len([1, 2, 3])", "3")
          .example(R"(len("h\u{e9}"))", "2")
          .resultRange(0, kMaxSize)
          .warnIf(suspectCountOfBools<false>)
          .foreignNames({"size", "array_length", "array_size", "char_length", "cardinality"})
          .foreignNames({"length", "strlen", "octet_length"}, "of a string, counts code points, not bytes");
  auto headOp = r.add("head", {value("list"), value("n")}, "The first `n` elements.")
                    .makesOfStructs(OfStructs::List)
                    .example("head([1, 2, 3], 2)", "[1, 2]")
                    .passesThrough(0)
                    .warnIf(suspectCount<1>);
  auto tailOp = r.add("tail", {value("list"), value("n")}, "The last `n` elements.")
                    .makesOfStructs(OfStructs::List)
                    .example("tail([1, 2, 3], 2)", "[2, 3]")
                    .passesThrough(0)
                    .warnIf(suspectCount<1>);
  auto sliceOp =
      r.add("slice", {value("list"), value("start"), value("length")},
            "At most `length` elements from `start` on; a negative start counts from the end, at most from the first.")
          .makesOfStructs(OfStructs::List)
          .example("slice([1, 2, 3, 4], 1, 2)", "[2, 3]")
          .example("slice([1, 2, 3, 4], -2, 5)", "[3, 4]")
          .passesThrough(0)
          .foreignNames({"array_slice", "sublist"}, "counts from 0, and the third argument is a length")
          .warnIf(suspectCount<2>);
  auto containsOp = r.add("contains", {value("list"), value("x")},
                          "Whether `x` is an element of the list, a key of the map, or a part of the string.")
                        .example("contains([1, 2, 3], 2)", "true")
                        .example(R"(contains({"a": 1}, "b"))", "false")
                        .example(R"(contains("hotpot", "pot"))", "true")
                        .foreignNames({"has", "includes", "list_contains", "map_contains_key", "contains_key"})
                        .foreignNames({"isin", "array_contains"}, "the list comes first: `contains(list, x)`")
                        .warnIf(suspectContains);
  auto concatOp = r.add("concat", {value("a"), value("b")},
                        "Lists appended, or strings joined; a string beside a list of strings is joined with each.")
                      .example("concat([1], [2, 3])", "[1, 2, 3]")
                      .example(R"(concat("a", "-", "b"))", R"("a-b")")
                      .example(R"(concat("x:", ["a", "b"]))", R"(["x:a", "x:b"])")
                      .foreignNames({"concatenate", "array_concat", "list_concat", "strcat"})
                      .foreignNames({"append", "array_append"}, "takes a list: `concat(list, [x])`");
  auto flattenOp = r.add("flatten", {value("lists")},
                         "The elements of the lists in a list, one list after the other; a missing list has none.")
                       .example("flatten([[1, 2], [3]])", "[1, 2, 3]")
                       .example("flatten([[1], [1 % 0]])", "[1, missing]")
                       .foreignNames({"array_flatten"});
  auto lengthenedOp = r.add("lengthened", {value("list"), value("as")},
                            "The list, extended by missing elements to the length of another one.")
                          .internal();
  auto makeListOp =
      r.add("make_list", {value("element")}, "A list of its arguments; a missing one is a missing element.")
          .written("[...]")
          .passesThrough(0, kMaxArguments)
          .example("[1, 2 + 3, 1 % 0]", "[1, 5, missing]")
          .foreignNames({"array"});

  indexOp.add<stringIndex>();
  lenOp.add<stringLength>();
  forEachScalar([&]<class T>() {
    indexOp.template add<index<T>>().flatKernel(&indexFlat<T>);
    lenOp.template add<length<T>>().notLifted().flatKernel(&lengthFlat<T>);
    headOp.template add<head<T>>().notLifted();
    tailOp.template add<tail<T>>().notLifted();
    sliceOp.template add<slice<T>>().notLifted();
    containsOp.template add<contains<T>>();
    if constexpr (!std::is_same_v<T, bool>) containsOp.template columnKernels<ContainsColumns<T>>();
    concatOp.template add<append<T>>().notLifted();
    makeListOp.addCustom(makeListOverload<T>(cellType<T>()));
    flattenOp.template add<flatten<T>>();
    lengthenedOp.template add<lengthened<T>>().notLifted();
  });
  forEachInnerType([&]<class C>(Type element) {
    Type list = Type::list(element);
    Type n = Type::int64();
    indexOp.template addNested<index<C>>({list, n}, element);
    lenOp.template addNested<length<C>>({list}, n).notLifted();
    headOp.template addNested<head<C>>({list, n}, list).notLifted();
    tailOp.template addNested<tail<C>>({list, n}, list).notLifted();
    sliceOp.template addNested<slice<C>>({list, n, n}, list).notLifted();
    concatOp.template addNested<append<C>>({list, list}, list).notLifted();
    makeListOp.addCustom(makeListOverload<C>(element));
    lengthenedOp.template addNested<lengthened<C>>({list, Type::list(Type::boolean())}, list).notLifted();
    for (Type key : {Type::int64(), Type::string()})
      lenOp.template addNested<mapLength<int64_t, int64_t>>({Type::map(key, element)}, n).notLifted();
    containsOp.template addNested<mapContains<int64_t, int64_t>>({Type::map(n, element), n}, Type::boolean());
    containsOp.template addNested<mapContains<Str, int64_t>>({Type::map(Type::string(), element), Type::string()},
                                                             Type::boolean());
  });
  forEachNestedType([&]<class C>(Type element) {
    Type list = Type::list(element);
    lengthenedOp.template addNested<lengthened<C>>({list, Type::list(Type::boolean())}, list).notLifted();
  });
  forEachMap([&]<class K, class V>() {
    lenOp.template add<mapLength<K, V>>().notLifted();
    containsOp.template add<mapContains<K, V>>().template columnKernels<MapContainsColumns<K, V>>();
  });
  containsOp.add<stringContains>();
  concatOp.add<joinStrings>();
}

}  // namespace featc
