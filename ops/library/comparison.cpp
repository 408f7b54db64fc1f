// SPDX-License-Identifier: Apache-2.0
// Comparisons, logic of three values, and the conditional.
#include <algorithm>
#include <limits>

#include "ops/groups.h"
#include "ops/laws.h"
#include "ops/library/equal_texts.h"
#include "ops/operator.h"
#include "ops/shared_lists.h"
#include "ops/suspect.h"
#include "values/cell_types.h"

namespace featc {

namespace {

using V = InlineValue;
using T = InlineTerm;

template <class C>
bool less(C a, C b) {
  return a < b;
}
template <class C>
bool lessEqual(C a, C b) {
  return a <= b;
}
template <class C>
bool greater(C a, C b) {
  return a > b;
}
template <class C>
bool greaterEqual(C a, C b) {
  return a >= b;
}
template <class C>
bool equal(C a, C b) {
  return a == b;
}
template <class C>
bool notEqual(C a, C b) {
  return a != b;
}

// `swap` turns "less" into "greater".
template <auto how, bool swap>
V inlineCompare(Inline& b, const V* a) {
  return b.compare(how, a[swap ? 1 : 0], a[swap ? 0 : 1]);
}
V inlineLessBool(Inline& b, const V* a) { return b.logicalAnd(b.logicalNot(a[0]), a[1]); }
V inlineLessEqualBool(Inline& b, const V* a) { return b.logicalOr(b.logicalNot(a[0]), a[1]); }
V inlineGreaterBool(Inline& b, const V* a) { return b.logicalAnd(a[0], b.logicalNot(a[1])); }
V inlineGreaterEqualBool(Inline& b, const V* a) { return b.logicalOr(a[0], b.logicalNot(a[1])); }
V inlineEqualBool(Inline& b, const V* a) { return b.select(a[0], a[1], b.logicalNot(a[1])); }
V inlineNotEqualBool(Inline& b, const V* a) { return b.select(a[0], b.logicalNot(a[1]), a[1]); }

bool notBool(bool a) { return !a; }
V inlineNot(Inline& b, const V* a) { return b.logicalNot(a[0]); }

Maybe<bool> andBool(Maybe<bool> a, Maybe<bool> b) {
  if ((a.present && !a.value) || (b.present && !b.value)) return false;
  return {true, a.present && b.present};
}
Maybe<bool> orBool(Maybe<bool> a, Maybe<bool> b) {
  if ((a.present && a.value) || (b.present && b.value)) return true;
  return {false, a.present && b.present};
}

// The result is present when both are, or when one is present and decides alone.
V decided(Inline& b, T x, V decides) { return x.valid ? b.logicalAnd(x.valid, decides) : decides; }
T inlineAnd(Inline& b, const T* a) {
  V value = b.logicalAnd(a[0].value, a[1].value);
  V both = b.both(a[0].valid, a[1].valid);
  if (!both) return {value, {}};
  V alone = b.logicalOr(decided(b, a[0], b.logicalNot(a[0].value)), decided(b, a[1], b.logicalNot(a[1].value)));
  return {value, b.logicalOr(both, alone)};
}
T inlineOr(Inline& b, const T* a) {
  V value = b.logicalOr(a[0].value, a[1].value);
  V both = b.both(a[0].valid, a[1].valid);
  if (!both) return {value, {}};
  V alone = b.logicalOr(decided(b, a[0], a[0].value), decided(b, a[1], a[1].value));
  return {value, b.logicalOr(both, alone)};
}

template <class C>
Maybe<C> choose(bool condition, Maybe<C> a, Maybe<C> b) {
  return condition ? a : b;
}
T inlineIf(Inline& b, const T* a) {
  V value = b.select(a[0].value, a[1].value, a[2].value);
  if (!a[1].valid && !a[2].valid) return {value, a[0].valid};
  auto presence = [&](T x) { return x.valid ? x.valid : b.constBool(true); };
  return {value, b.both(a[0].valid, b.select(a[0].value, presence(a[1]), presence(a[2])))};
}

bool anyNullable(std::span<const bool> args) {
  for (bool nullable : args)
    if (nullable) return true;
  return false;
}

std::optional<NodeRef> simplifyNot(Rewriter& rw, std::span<const NodeRef> args) { return undoTwice(rw, "not", args); }

// `neutral && x` is x; the other constant decides alone. Both hold for a missing x.
std::optional<NodeRef> simplifyLogic(Rewriter& rw, std::span<const NodeRef> args, bool neutral) {
  if (!allScalar(rw, args)) return std::nullopt;
  for (size_t i : {0, 1}) {
    if (isBool(rw, args[i], neutral)) return args[1 - i];
    if (isBool(rw, args[i], !neutral)) return args[i];
  }
  return std::nullopt;
}
std::optional<NodeRef> simplifyAnd(Rewriter& rw, std::span<const NodeRef> args) {
  return simplifyLogic(rw, args, true);
}
std::optional<NodeRef> simplifyOr(Rewriter& rw, std::span<const NodeRef> args) {
  return simplifyLogic(rw, args, false);
}

std::optional<NodeRef> simplifyIf(Rewriter& rw, std::span<const NodeRef> args) {
  if (!rw.type(args[0]).isScalar() || !rw.type(args[1]).same(rw.type(args[2]))) return std::nullopt;
  if (isBool(rw, args[0], true)) return args[1];
  if (isBool(rw, args[0], false)) return args[2];
  if (args[1] == args[2] && neverMissing(rw, args[0])) return args[1];
  return std::nullopt;
}

// `day_of_week(t) == 0`: one side can have no value for which this holds, or (`!=`) no other. That a bound is always
// kept is not a slip: `hour(t) >= 0 && hour(t) < 6`.
template <auto compare>
std::optional<Suspicion> suspectComparison(std::span<const KnownArgument> arguments) {
  for (uint32_t i : {0, 1}) {
    const Operator* op = arguments[1 - i].op;
    const IntRange* range = op != nullptr && op->resultRange ? &*op->resultRange : nullptr;
    auto constant = constantNumber(arguments[i].value);
    if (range == nullptr || !constant) continue;
    // Nothing is as large, but that is no bound to speak of.
    if (range->high >= kMaxSize && *constant > static_cast<double>(range->high)) continue;
    auto low = static_cast<double>(range->low);
    auto high = static_cast<double>(range->high);
    // The ends decide for "<", the nearest value for "==".
    int holds = 0;
    for (double x : {low, high, std::clamp(*constant, low, high)})
      holds += (i == 0 ? compare(*constant, x) : compare(x, *constant)) ? 1 : 0;
    bool always = compare == notEqual<double>;
    if (holds != (always ? 3 : 0)) continue;
    std::string lies = range->high < kMaxSize
                           ? "lies between " + std::to_string(range->low) + " and " + std::to_string(range->high)
                           : "is never below " + std::to_string(range->low);
    return Suspicion{i,
                     "what this is compared with " + lies + ", so the result is always " + (always ? "true" : "false")};
  }
  return std::nullopt;
}

struct InlineComparisons {
  InlineStrict onInt, onFloat, onBool;
};

template <auto onInt, auto onFloat, auto onString, auto onBool>
OperatorBuilder addComparison(Registry& r, std::string_view name, std::string_view form, std::string_view doc,
                              InlineComparisons inlined) {
  OperatorBuilder op = r.add(name, {value("a"), value("b")}, doc);
  op.written(form);
  op.template add<onInt>().inlined(inlined.onInt);
  op.template add<onFloat>().inlined(inlined.onFloat);
  op.template add<onString>();
  if constexpr (onString == equal<Str> || onString == notEqual<Str>)
    op.template columnKernels<EqualTexts<onString, onString == notEqual<Str>>>();
  op.template add<onBool>().inlined(inlined.onBool);
  op.warnIf(suspectComparison<onFloat>);
  bool ofNumbers = onFloat(1, 1);
  double nan = std::numeric_limits<double>::quiet_NaN();
  bool ofNaN = onFloat(nan, nan);
  op.warnIfSame(ofNumbers ? "the result is true unless it is NaN"
                : ofNaN   ? "the result is false unless it is NaN; is_missing asks for NaN too"
                          : "the result is never true");
  return op;
}

}  // namespace

void registerComparison(Registry& r) {
  using enum IntCompare;
  using F = FloatCompare;
  r.group("Comparison and logic");
  addComparison<less<int64_t>, less<double>, less<Str>, less<bool>>(
      r, "less", "a < b", "Whether `a` is less than `b`; strings compare by bytes.",
      {inlineCompare<Less, false>, inlineCompare<F::Less, false>, inlineLessBool})
      .example("1 < 1.5", "true")
      .example(R"("Z" < "a")", "true");
  addComparison<lessEqual<int64_t>, lessEqual<double>, lessEqual<Str>, lessEqual<bool>>(
      r, "less_equal", "a <= b", "Whether `a` is at most `b`.",
      {inlineCompare<LessEqual, false>, inlineCompare<F::LessEqual, false>, inlineLessEqualBool})
      .example("2 <= 2", "true");
  addComparison<greater<int64_t>, greater<double>, greater<Str>, greater<bool>>(
      r, "greater", "a > b", "Whether `a` is greater than `b`.",
      {inlineCompare<Less, true>, inlineCompare<F::Less, true>, inlineGreaterBool})
      .example("[1, 2, 3] > 2", "[false, false, true]");
  addComparison<greaterEqual<int64_t>, greaterEqual<double>, greaterEqual<Str>, greaterEqual<bool>>(
      r, "greater_equal", "a >= b", "Whether `a` is at least `b`.",
      {inlineCompare<LessEqual, true>, inlineCompare<F::LessEqual, true>, inlineGreaterEqualBool})
      .example("1 >= 2", "false");
  addComparison<equal<int64_t>, equal<double>, equal<Str>, equal<bool>>(
      r, "equal", "a == b", "Whether both are equal; NaN equals nothing.",
      {inlineCompare<Equal, false>, inlineCompare<F::Equal, false>, inlineEqualBool})
      .commutative()
      .example("2 == 2.0", "true");
  addComparison<notEqual<int64_t>, notEqual<double>, notEqual<Str>, notEqual<bool>>(
      r, "not_equal", "a != b", "Whether both differ.",
      {inlineCompare<NotEqual, false>, inlineCompare<F::NotEqual, false>, inlineNotEqualBool})
      .commutative()
      .example(R"("a" != "b")", "true");

  r.add("and", {value("a"), value("b")}, "Whether both hold; `false && missing` is false.")
      .written("a && b")
      .warnIfSame("the result is just that value")
      .foreignNames({"logical_and"})
      .example("true && 1 < 2", "true")
      .example("false && (1 % 0 == 0)", "false")
      .example("true && (1 % 0 == 0)", "missing")
      .add<andBool>()
      .liftedFlatKernel(&OncePerList<andBool>::liftedKernel)
      .inlinedWithPresence(inlineAnd)
      .commutative()
      .associative()
      .nullableIf(anyNullable)
      .simplify(simplifyAnd);
  r.add("or", {value("a"), value("b")}, "Whether one of them holds; `true || missing` is true.")
      .written("a || b")
      .warnIfSame("the result is just that value")
      .foreignNames({"logical_or"})
      .example("false || 1 < 2", "true")
      .example("true || (1 % 0 == 0)", "true")
      .add<orBool>()
      .liftedFlatKernel(&OncePerList<orBool>::liftedKernel)
      .inlinedWithPresence(inlineOr)
      .commutative()
      .associative()
      .nullableIf(anyNullable)
      .simplify(simplifyOr);
  r.add("not", {value("a")}, "Whether `a` is false.")
      .written("!x")
      .foreignNames({"logical_not"})
      .example("!(1 < 2)", "false")
      .add<notBool>()
      .liftedFlatKernel(&OncePerList<notBool>::liftedKernel)
      .inlined(inlineNot)
      .simplify(simplifyNot);

  auto conditional = r.add("if", {value("condition"), value("a"), value("b")},
                           "`a` where the condition holds, else `b`; the other one may be missing.")
                         .written("c ? a : b")
                         .passesThrough(1, 3)
                         .warnIfSame("the condition has no effect")
                         .foreignNames({"where", "iif", "ifelse", "if"},
                                       "missing where the condition is; `(condition ?? false) ? a : b` gives `b` there")
                         .example("1 < 2 ? 10 : 20", "10")
                         .example("true ? 1 : 1 % 0", "1")
                         .nullableIf(anyNullable)
                         .simplify(simplifyIf);
  // A condition that is a list chooses element by element, not a whole list for each.
  forEachCellType([&]<class C>() {
    conditional.add<choose<C>>();
    if constexpr (kInlineCell<C>) conditional.inlinedWithPresence(inlineIf);
    if constexpr (!cellType<C>().isScalar()) conditional.notLifted();
  });
  forEachNestedType([&]<class C>(Type type) {
    conditional.template addNested<choose<C>>({Type::boolean(), type, type}, type).notLifted();
  });
}

}  // namespace featc
