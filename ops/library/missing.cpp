// SPDX-License-Identifier: Apache-2.0
// Operators about missing values: `??`, `is_missing` and `nullif`.
#include "ops/groups.h"
#include "ops/laws.h"
#include "ops/operator.h"
#include "values/cell_types.h"

namespace featc {

namespace {

using V = InlineValue;
using T = InlineTerm;

template <class C>
bool isMissing(Maybe<C> x) {
  return !x.present;
}

template <class C>
Maybe<C> defaultTo(Maybe<C> x, Maybe<C> fallback) {
  return x.present ? x : fallback;
}
// A float that is not finite counts as missing; the fallback is taken as it is.
Maybe<double> defaultToFloat(Maybe<Finite> x, Maybe<double> fallback) {
  return x.present ? Maybe<double>(x.value) : fallback;
}

// What equals `y`, as `==` compares, is missing. A NaN equals nothing, and counts as missing all the same.
template <class C>
Maybe<C> nullIf(C x, Maybe<C> y) {
  return {x, !(y.present && x == y.value)};
}

V equals(Inline& b, V x, V y, int64_t) { return b.compare(IntCompare::Equal, x, y); }
V equals(Inline& b, V x, V y, double) { return b.compare(FloatCompare::Equal, x, y); }
V equals(Inline& b, V x, V y, bool) { return b.select(x, y, b.logicalNot(y)); }
template <class C>
T inlineNullIf(Inline& b, const T* a) {
  V same = b.both(a[1].valid, equals(b, a[0].value, a[1].value, C{}));
  return {a[0].value, b.both(a[0].valid, b.logicalNot(same))};
}

V finitePresence(Inline& b, T x) { return b.both(x.valid, b.isFinite(x.value)); }

T inlineIsMissing(Inline& b, const T* a) { return {a[0].valid ? b.logicalNot(a[0].valid) : b.constBool(false), {}}; }
T inlineIsMissingFloat(Inline& b, const T* a) { return {b.logicalNot(finitePresence(b, a[0])), {}}; }

T choosePresent(Inline& b, V present, T x, T fallback) {
  V value = b.select(present, x.value, fallback.value);
  return {value, fallback.valid ? b.logicalOr(present, fallback.valid) : V{}};
}
T inlineDefault(Inline& b, const T* a) { return a[0].valid ? choosePresent(b, a[0].valid, a[0], a[1]) : a[0]; }
T inlineDefaultFloat(Inline& b, const T* a) { return choosePresent(b, finitePresence(b, a[0]), a[0], a[1]); }

bool lastNullable(std::span<const bool> args) { return args.back(); }

std::optional<NodeRef> simplifyDefault(Rewriter& rw, std::span<const NodeRef> args) {
  if (!neverMissing(rw, args[0])) return std::nullopt;
  return sameType(rw, args[0], args[1]);
}

std::optional<NodeRef> simplifyIsMissing(Rewriter& rw, std::span<const NodeRef> args) {
  if (!neverMissing(rw, args[0])) return std::nullopt;
  return rw.makeConstant(Value::of(false), Type::boolean());
}

}  // namespace

void registerMissing(Registry& r) {
  r.group("Missing values");
  auto defaultOp = r.add("default_to", {value("x"), filler("fallback")},
                         "`x`, or the fallback where `x` is missing or a float that is not finite; a scalar fallback "
                         "fills the missing elements of a list.")
                       .written("a ?? b")
                       .chained()
                       .passesThrough(0, 2)
                       .warnIfSame("the result is just that value")
                       .foreignNames({"coalesce", "ifnull", "nvl", "fillna"})
                       .example("(5 % 0) ?? 7", "7")
                       .example("log(-1) ?? 0", "0")
                       .example(R"(int(["1", "x"]) ?? 0)", "[1, 0]")
                       .nullableIf(lastNullable)
                       .simplify(simplifyDefault);
  auto missingOp = r.add("is_missing", {value("x")}, "Whether `x` is missing, or a float that is not finite.")
                       .foreignNames({"is_none"})
                       .foreignNames({"isnan"}, "infinities and missing values count too")
                       .foreignNames({"isnull", "isna"}, "floats that are not finite count too")
                       .foreignNames({"notnull", "is_not_null", "notna", "isfinite"}, "written `!is_missing(x)`")
                       .example("is_missing(1 % 0)", "true")
                       .example("is_missing(1 / 0)", "true")
                       .example(R"(is_missing(""))", "false")
                       .simplify(simplifyIsMissing);
  auto nullOp =
      r.add("nullif", {value("x"), value("y")},
            "`x`, but missing where it equals `y`: for values that stand for a missing one, as `\"?\"` or -1.")
          .passesThrough(0)
          .warnIfSame("the result is always missing")
          .foreignNames({"na_if"})
          .example(R"(nullif("?", "?"))", "missing")
          .example(R"(nullif(["Rome", "?"], "?"))", R"(["Rome", missing])")
          .example("nullif(-1, -1) ?? 0", "0");
  forEachScalar([&]<class C>() {
    nullOp.template add<nullIf<C>>();
    if constexpr (kInlineCell<C>) nullOp.inlinedWithPresence(inlineNullIf<C>);
  });
  forEachCellType([&]<class C>() {
    if constexpr (std::is_same_v<C, double>) {
      defaultOp.add<defaultToFloat>().inlinedWithPresence(inlineDefaultFloat);
      missingOp.add<isMissing<Finite>>().inlinedWithPresence(inlineIsMissingFloat);
    } else {
      defaultOp.add<defaultTo<C>>();
      missingOp.add<isMissing<C>>();
      if constexpr (kInlineCell<C>) {
        defaultOp.inlinedWithPresence(inlineDefault);
        missingOp.inlinedWithPresence(inlineIsMissing);
      }
    }
  });
  forEachNestedType([&]<class C>(Type type) {
    defaultOp.addNested<defaultTo<C>>({type, type}, type);
    missingOp.addNested<isMissing<C>>({type}, Type::boolean());
  });
}

}  // namespace featc
