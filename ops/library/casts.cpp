// SPDX-License-Identifier: Apache-2.0
// Conversions between scalars: `int`, `float`, `string`, `bool`.
#include <charconv>
#include <cmath>
#include <cstring>

#include "ops/groups.h"
#include "ops/laws.h"
#include "ops/operator.h"
#include "ops/shared_lists.h"
#include "values/format.h"
#include "values/parse.h"

namespace featc {

namespace {

using V = InlineValue;
using T = InlineTerm;

// The floats whose integral part is an int64: [-2^63, 2^63).
constexpr double kTwo63 = 9223372036854775808.0;

template <class C>
C same(C x) {
  return x;
}
template <class C>
V inlineSame(Inline&, const V* a) {
  return a[0];
}

int64_t boolToInt(bool x) { return x ? 1 : 0; }
Maybe<int64_t> floatToInt(Finite x) {
  if (!(x >= -kTwo63 && x < kTwo63)) return {};
  return static_cast<int64_t>(x.value);
}
Maybe<int64_t> stringToInt(Str s) {
  auto parsed = parseInt(s.view());
  return parsed ? Maybe<int64_t>(*parsed) : Maybe<int64_t>();
}

// By the grammar of data files, from `semantics 2` on.
Maybe<int64_t> textToInt(Str s) {
  int64_t value = 0;
  const bool present = parseInt64(s.view(), NumberStyle::Text, value) == NumberError::None;
  return {value, present};
}
Maybe<double> textToFloat(Str s) {
  double value = 0;
  const bool present = parseFloat64(s.view(), NumberStyle::Text, value) == NumberError::None;
  return {value, present};
}
Maybe<bool> textToBool(Str s) {
  std::optional<bool> parsed = parseBool(s.view());
  return parsed ? Maybe<bool>(*parsed) : Maybe<bool>();
}

double intToFloat(int64_t x) { return static_cast<double>(x); }
double boolToFloat(bool x) { return x ? 1.0 : 0.0; }
Maybe<double> stringToFloat(Str s) {
  auto parsed = parseFloat(s.view());
  return parsed ? Maybe<double>(*parsed) : Maybe<double>();
}

bool intToBool(int64_t x) { return x != 0; }
bool floatToBool(Finite x) { return x != 0; }
Maybe<bool> stringToBool(Str s) {
  std::string_view text = s.view();
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return {};
}

Str copyOut(Context& context, std::string_view text) {
  char* bytes = context.newString(text.size());
  if (bytes == nullptr) return {};
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}
Str intToString(Context& context, int64_t x) {
  char buffer[24];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, x);
  return copyOut(context, {buffer, static_cast<size_t>(end - buffer)});
}
Str floatToString(Context& context, Finite x) {
  char text[kMaxFloatText];
  return copyOut(context, {text, writeFloat(x.value, text)});
}
Str boolToString(bool x) { return Str::of(x ? "true" : "false"); }

T inlineFloatToInt(Inline& b, const T* a) {
  V x = a[0].value;
  V inside = b.logicalAnd(b.compare(FloatCompare::LessEqual, b.constFloat(-kTwo63), x),
                          b.compare(FloatCompare::Less, x, b.constFloat(kTwo63)));
  V value = b.floatToInt(b.select(inside, x, b.constFloat(0)));
  return {value, b.both(a[0].valid, inside)};
}
V inlineBoolToInt(Inline& b, const V* a) { return b.boolToInt(a[0]); }
V inlineIntToFloat(Inline& b, const V* a) { return b.intToFloat(a[0]); }
V inlineBoolToFloat(Inline& b, const V* a) { return b.select(a[0], b.constFloat(1), b.constFloat(0)); }
V inlineIntToBool(Inline& b, const V* a) { return b.compare(IntCompare::NotEqual, a[0], b.constInt(0)); }
V inlineFloatToBool(Inline& b, const V* a) { return b.compare(FloatCompare::NotEqual, a[0], b.constFloat(0)); }

// A cast to the type that the argument has already.
template <Kind kind>
std::optional<NodeRef> simplifyCast(Rewriter& rw, std::span<const NodeRef> args) {
  if (!rw.type(args[0]).is(kind)) return std::nullopt;
  return args[0];
}

}  // namespace

void registerCasts(Registry& r) {
  r.group("Conversions");
  r.add("int", {value("x")},
        "As an integer: a float is cut toward zero (missing outside int64), a string must be digits with an optional "
        "`-`, "
        "else it is missing; under `semantics 2` any whole number in text.")
      .foreignNames({"to_int", "to_int64", "int64", "integer", "bigint", "as_int"})
      .example("int(-2.7)", "-2")
      .example(R"(int("42"))", "42")
      .example(R"(int("4.2"))", "missing")
      .example("int(1e300)", "missing")
      .exampleSince(2, R"(int("+5.0"))", "5")
      .add<same<int64_t>>()
      .inlined(inlineSame<int64_t>)
      .add<floatToInt>()
      .inlinedWithPresence(inlineFloatToInt)
      .add<boolToInt>()
      .liftedFlatKernel(&OncePerList<boolToInt>::liftedKernel)
      .inlined(inlineBoolToInt)
      .add<stringToInt>()
      .add<textToInt>()
      .since(2)
      .cast()
      .simplify(simplifyCast<Kind::Int64>);
  r.add("float", {value("x")},
        "As a float: a string is digits with an optional `-`, point and exponent, else it is missing. Under "
        "`semantics 2` "
        "it is any number in text.")
      .foreignNames({"to_float", "to_float64", "float64", "double", "to_double", "string_to_number"})
      .example("float(3)", "3")
      .example(R"(float("-1.5e3"))", "-1500")
      .example(R"(float("1,5"))", "missing")
      .exampleSince(2, R"(float(".60"))", "0.6")
      .add<same<double>>()
      .inlined(inlineSame<double>)
      .add<intToFloat>()
      .inlined(inlineIntToFloat)
      .add<boolToFloat>()
      .inlined(inlineBoolToFloat)
      .add<stringToFloat>()
      .add<textToFloat>()
      .since(2)
      .cast()
      .simplify(simplifyCast<Kind::Float64>);
  r.add("string", {value("x")}, "As a string: a float has the fewest digits that read back to it.")
      .foreignNames({"str", "to_string", "as_string", "varchar"},
                    "a float has the fewest digits: 189.0 gives `\"189\"`")
      .example("string(189.0)", R"("189")")
      .example("string(0.1)", R"("0.1")")
      .example("string(1 < 2)", R"("true")")
      .add<same<Str>>()
      .add<intToString>()
      .add<floatToString>()
      .add<boolToString>()
      .cast()
      .simplify(simplifyCast<Kind::String>);
  r.add("bool", {value("x")},
        "As a truth value: a number is true unless it is 0; of strings only `true`, `false`, `1` and `0` are not "
        "missing, under `semantics 2` also `True`, `TRUE`, `False` and `FALSE`.")
      .foreignNames({"to_bool", "to_boolean", "boolean"})
      .example("bool(0.5)", "true")
      .example(R"(bool("0"))", "false")
      .example(R"(bool("yes"))", "missing")
      .exampleSince(2, R"(bool("True"))", "true")
      .add<same<bool>>()
      .inlined(inlineSame<bool>)
      .add<intToBool>()
      .inlined(inlineIntToBool)
      .add<floatToBool>()
      .inlined(inlineFloatToBool)
      .add<stringToBool>()
      .add<textToBool>()
      .since(2)
      .cast()
      .simplify(simplifyCast<Kind::Bool>);
}

}  // namespace featc
