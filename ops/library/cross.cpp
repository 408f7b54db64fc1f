// SPDX-License-Identifier: Apache-2.0
// `cross` and `zip_cross`, and the steps that it is made of when its hashes are shared.
#include <cmath>

#include "ops/flat_lists.h"
#include "ops/groups.h"
#include "ops/laws.h"
#include "ops/operator.h"
#include "values/array_loops.h"
#include "values/cell_types.h"

namespace featc {

namespace {

using V = InlineValue;

int64_t combine(int64_t left, int64_t right) {
  return static_cast<int64_t>(combineHashes(static_cast<uint64_t>(left), static_cast<uint64_t>(right)));
}

V inlineCombine(Inline& b, const V* a) {
  V x = b.add(b.mul(a[0], b.constInt(static_cast<int64_t>(0x9E3779B97F4A7C15U))), a[1]);
  x = b.bitXor(x, b.shiftRightUnsigned(x, 32));
  x = b.mul(x, b.constInt(static_cast<int64_t>(0xD6E8FEB86659FD93U)));
  return b.bitXor(x, b.shiftRightUnsigned(x, 32));
}

uint64_t presentCount(List<int64_t> list) {
  if (list.valid == nullptr) return list.size;
  uint64_t n = 0;
  for (uint64_t i = 0; i < list.size; ++i) n += list.present(i) ? 1 : 0;
  return n;
}

// Each hash of the left with each of the right, the left ones outermost, missing ones skipped.
List<int64_t> product(Context& context, List<int64_t> left, List<int64_t> right) {
  uint64_t size = presentCount(left) * presentCount(right);
  auto* out = context.newList<int64_t>(size);
  if (out == nullptr) return {};
  uint64_t n = 0;
  for (uint64_t i = 0; i < left.size; ++i) {
    if (!left.present(i)) continue;
    if (right.valid == nullptr) {
      for (uint64_t k = 0; k < right.size; ++k) out[n + k] = combine(left.data[i], right.data[k]);
      n += right.size;
      continue;
    }
    for (uint64_t k = 0; k < right.size; ++k)
      if (right.present(k)) out[n++] = combine(left.data[i], right.data[k]);
  }
  return {out, nullptr, size};
}
List<int64_t> productWithOne(Context& context, List<int64_t> left, int64_t right) {
  return product(context, left, {&right, nullptr, 1});
}
List<int64_t> productOfOne(Context& context, int64_t left, List<int64_t> right) {
  return product(context, {&left, nullptr, 1}, right);
}

// One beside flat lists, on either side: one loop over all rows' elements instead of one for each row's few.
template <bool oneIsLeft>
bool productFlat(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  const ColumnRef one = args[oneIsLeft ? 0 : 1];
  const ColumnRef lists = args[oneIsLeft ? 1 : 0];
  FlatLists in;
  if (!isFlat(context, lists, Type::int64(), n, in)) return false;
  auto join = [](int64_t x, int64_t element) { return oneIsLeft ? combine(x, element) : combine(element, x); };
  // Where the one is missing there is no list, and so are no elements.
  bool all = allPresent(one, n);
  auto* made = newElements<int64_t>(context, in.total(n));
  auto* starts = all || made == nullptr ? nullptr : newElements<uint32_t>(context, n + 1);
  if (made == nullptr || (!all && starts == nullptr)) return false;
  const auto* elements = static_cast<const int64_t*>(in.elements);
  copyPresence(lists, out, n);
  if (all && one.uniform) {
    const auto x = one.get<int64_t>(0);
    if constexpr (oneIsLeft)
      arrayLoops().combineOneWith(x, elements, made, in.total(n));
    else
      arrayLoops().combineWithOne(elements, x, made, in.total(n));
  } else {
    uint32_t at = 0;
    for (uint32_t row = 0; row < n; ++row) {
      const uint32_t size = in.sizeOf(row);
      if (!all) starts[row] = at;
      if (one.present(row)) {
        const auto x = one.get<int64_t>(row);
        for (uint32_t k = 0; k < size; ++k) made[at + k] = join(x, elements[k]);
        at += size;
      } else {
        setBit(out.valid, row, false);
      }
      elements += size;
    }
    if (!all) starts[n] = at;
  }
  *out.flat = {.elements = made, .starts = all ? in.starts : starts, .hasCells = false};
  return true;
}

// -- The variadic operator --------------------------------------------------------------------------

template <class T>
Maybe<int64_t> hashCell(HashFamily family, T x) {
  if constexpr (std::is_same_v<T, Str>) {
    return static_cast<int64_t>(hashBytes(family, x.view()));
  } else if constexpr (std::is_same_v<T, double>) {
    if (!std::isfinite(x)) return {};
    return static_cast<int64_t>(hashFloat(family, x));
  } else {
    return static_cast<int64_t>(hashInt(family, static_cast<int64_t>(x)));
  }
}

// Hashes of one argument's value: one of a scalar, one an element of a list.
struct Hashes {
  bool present = false;
  List<int64_t> list;
};

Hashes hashArgument(Context& context, Type type, const ColumnRef& column, uint32_t row) {
  if (!column.present(row)) return {};
  Type scalar = type.isList() ? type.element() : type;
  return withScalarCell(scalar, [&]<class T>() -> Hashes {
    List<T> elements;
    T one{};
    if (type.isList()) {
      elements = column.get<List<T>>(row);
    } else {
      one = column.get<T>(row);
      elements = {&one, nullptr, 1};
    }
    auto* hashes = context.newList<int64_t>(elements.size);
    auto* valid = hashes == nullptr ? nullptr : context.newList<uint8_t>(elements.size);
    if (valid == nullptr) return {};
    for (uint64_t i = 0; i < elements.size; ++i) {
      Maybe<int64_t> h;
      if (elements.present(i)) h = hashCell(context.hashFamily, elements.data[i]);
      hashes[i] = h.value;
      valid[i] = h.present ? 1 : 0;
    }
    // A scalar that is missing makes the cross missing; a missing element is skipped.
    bool present = type.isList() || valid[0] != 0;
    return {present, {hashes, valid, elements.size}};
  });
}

// All arguments are hashed before any is combined, so that a list that is too long fails the row
// whatever stands beside it, as it does when hashes are nodes of their own.
Hashes crossRow(Context& context, const ColumnRef* args, uint32_t row, bool /*isList*/) {
  std::array<Hashes, kMaxArguments> hashes;
  for (uint32_t i = 0; i < context.argCount; ++i) hashes[i] = hashArgument(context, context.argTypes[i], args[i], row);
  Hashes acc = hashes[0];
  for (uint32_t i = 1; i < context.argCount && acc.present; ++i) {
    acc.present = hashes[i].present;
    if (acc.present) acc.list = product(context, acc.list, hashes[i].list);
  }
  return acc;
}

// The hashes of each argument's element at position `k`, joined; a scalar goes with every position.
Maybe<int64_t> joinAt(Context& context, const Hashes* hashes, uint64_t k) {
  Maybe<int64_t> acc;
  for (uint32_t i = 0; i < context.argCount; ++i) {
    const List<int64_t>& list = hashes[i].list;
    uint64_t at = context.argTypes[i].isList() ? k : 0;
    if (at >= list.size || !list.present(at)) return {};
    acc = i == 0 ? list.data[at] : combine(acc.value, list.data[at]);
  }
  return acc;
}

Hashes zipRow(Context& context, const ColumnRef* args, uint32_t row, bool isList) {
  std::array<Hashes, kMaxArguments> hashes;
  bool present = true;
  bool unequal = false;
  uint64_t length = 0;
  bool first = true;
  for (uint32_t i = 0; i < context.argCount; ++i) {
    hashes[i] = hashArgument(context, context.argTypes[i], args[i], row);
    present = present && hashes[i].present;
    if (!context.argTypes[i].isList()) continue;
    uint64_t size = hashes[i].list.size;
    unequal = unequal || (!first && size != length);
    length = std::max(length, size);
    first = false;
  }
  if (!present) return {};
  if (unequal && context.events != nullptr) ++context.events->unequalLengths;
  if (!isList) length = 1;
  auto* ids = context.newList<int64_t>(length);
  auto* valid = ids == nullptr ? nullptr : context.newList<uint8_t>(length);
  if (valid == nullptr) return {true, {}};
  for (uint64_t k = 0; k < length; ++k) {
    Maybe<int64_t> id = joinAt(context, hashes.data(), k);
    ids[k] = id.value;
    valid[k] = id.present ? 1 : 0;
  }
  return {true, {ids, valid, length}};
}

template <Hashes (*joinRow)(Context&, const ColumnRef*, uint32_t, bool)>
void joinKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  bool isList = false;
  for (uint32_t i = 0; i < context.argCount; ++i) isList |= context.argTypes[i].isList();
  detail::RowWriter<int64_t> ids(out);
  detail::RowWriter<List<int64_t>> lists(out);
  for (uint32_t row = 0; row < n; ++row) {
    context.row = row;
    Hashes r = joinRow(context, args, row, isList);
    if (isList)
      lists.put(row, r.list, r.present);
    else
      ids.put(row, r.present && r.list.size == 1 ? r.list.data[0] : 0, r.present);
  }
  if (isList)
    lists.finish(n);
  else
    ids.finish(n);
}

template <Hashes (*joinRow)(Context&, const ColumnRef*, uint32_t, bool)>
Overload joinOverload() {
  Overload o;
  o.params = {Type(), Type()};
  o.strict = {true, true};
  o.variadic = true;
  o.anyArgs = true;
  o.result = Type::int64();
  o.kernel = &joinKernel<joinRow>;
  return o;
}

std::optional<NodeRef> shareCrossHashes(Rewriter& rw, std::span<const NodeRef> args) {
  NodeRef acc = rw.makeCall("hash", {args[0]});
  bool isList = rw.type(acc).isList();
  for (NodeRef arg : args.subspan(1)) {
    NodeRef next = rw.makeCall("hash", {arg});
    isList |= rw.type(next).isList();
    acc = rw.makeCall(isList ? "combine_hashes_product" : "combine_hashes", {acc, next});
  }
  return acc;
}

std::optional<NodeRef> shareZipHashes(Rewriter& rw, std::span<const NodeRef> args) {
  NodeRef acc = rw.makeCall("hash", {args[0]});
  for (NodeRef arg : args.subspan(1)) acc = rw.makeCall("combine_hashes", {acc, rw.makeCall("hash", {arg})});
  return acc;
}

// `cross(city, price)`: every different float makes a combination of its own.
std::optional<Suspicion> suspectFloats(std::span<const KnownArgument> arguments) {
  for (uint32_t i = 0; i < arguments.size(); ++i) {
    Type type = arguments[i].type;
    if (!(type.isList() ? type.element() : type).is(Kind::Float64)) continue;
    Suspicion s{i, "each different float makes a separate id here"};
    s.notes.emplace_back("put it in bands with bucketize(x, [...]), or write int(x) where it is a whole number");
    return s;
  }
  return std::nullopt;
}

}  // namespace

void registerCross(Registry& r) {
  r.add("cross", {value("a"), value("b")},
        "One id for a combination of two or more values, in order; lists give every combination, the first list "
        "outermost.")
      .foreignNames({"crossed_column", "feature_cross"},
                    "takes the values and gives one id; `hash_bucket(cross(a, b), n)` is one of n")
      .warnIfSame("the ids say no more than without it", false)
      .example(R"(cross(1, "a") == cross(1, "a"))", "true")
      .example(R"(cross("a", "b") == cross("b", "a"))", "false")
      .example(R"(len(cross([1, 2], ["a", "b", "c"])))", "6")
      .addCustom(joinOverload<crossRow>())
      .warnIf(suspectFloats)
      .shareHashes(shareCrossHashes)
      .givesHash();
  r.add("zip_cross", {value("a"), value("b")},
        "One id for a combination of two or more values, position by position: of aligned lists an id for each "
        "position, missing past the end of a shorter one.")
      .warnIfSame("the ids say no more than without it")
      .example(R"(zip_cross([1, 2], ["a", "b"])[1] == cross(2, "b"))", "true")
      .example(R"(len(zip_cross([1, 2, 3], "a")))", "3")
      .addCustom(joinOverload<zipRow>())
      .warnIf(suspectFloats)
      .shareHashes(shareZipHashes)
      .givesHash();
  r.add("combine_hashes", {value("a"), value("b")}, "The hash of a pair of hashes.")
      .internal()
      .add<combine>()
      .inlined(inlineCombine)
      .givesHash();
  r.add("combine_hashes_product", {value("a"), value("b")},
        "Each hash of the left combined with each of the right; missing elements are skipped.")
      .internal()
      .add<product>()
      .notLifted()
      .add<productWithOne>()
      .notLifted()
      .flatKernel(&productFlat<false>)
      .add<productOfOne>()
      .notLifted()
      .flatKernel(&productFlat<true>)
      .givesHash();
}

}  // namespace featc
