// SPDX-License-Identifier: Apache-2.0
// The operators `+ - * / %`, unary minus, `div` and `mod`.
#include "ops/groups.h"
#include "ops/laws.h"
#include "ops/operator.h"
#include "ops/suspect.h"
#include "values/wrap.h"

namespace featc {

namespace {

int64_t addInt(int64_t a, int64_t b) { return wrapAdd(a, b); }
double addFloat(double a, double b) { return a + b; }
int64_t subtractInt(int64_t a, int64_t b) { return wrapSubtract(a, b); }
double subtractFloat(double a, double b) { return a - b; }
int64_t multiplyInt(int64_t a, int64_t b) { return wrapMultiply(a, b); }
double multiplyFloat(double a, double b) { return a * b; }
double divideFloat(double a, double b) { return a / b; }
int64_t negateInt(int64_t a) { return wrapSubtract(0, a); }
double negateFloat(double a) { return -a; }

Maybe<int64_t> remainderInt(int64_t a, int64_t b) {
  if (b == 0) return {};
  if (b == -1) return 0;  // INT64_MIN % -1 overflows in C++
  return a % b;
}

Maybe<int64_t> modInt(int64_t a, int64_t b) {
  Maybe<int64_t> r = remainderInt(a, b);
  if (r.present && r.value != 0 && (r.value < 0) != (b < 0)) r.value += b;
  return r;
}

// Of the smallest integer by -1 it is that integer.
Maybe<int64_t> divInt(int64_t a, int64_t b) {
  if (b == 0) return {};
  return b == -1 ? negateInt(a) : a / b;
}

std::optional<Suspicion> suspectDivisor(std::span<const KnownArgument> arguments) {
  if (constantNumber(arguments[1].value) != 0.0) return std::nullopt;
  return Suspicion{1, "this divides by 0, so the result is never finite"};
}
std::optional<Suspicion> suspectModulus(std::span<const KnownArgument> arguments) {
  if (!arguments[1].value.isInt()) return std::nullopt;
  if (arguments[1].value.asInt() != 0) return std::nullopt;
  return Suspicion{1, "this divides by 0, so the result is always missing"};
}

// `hash(city) % 1000`: half of the results are negative, which no id can be.
std::optional<Suspicion> suspectRemainder(std::span<const KnownArgument> arguments) {
  if (auto zero = suspectModulus(arguments)) return zero;
  const Operator* op = arguments[0].op;
  bool isSigned = op != nullptr && op->isHash && !op->resultRange;
  if (!isSigned) return std::nullopt;
  Suspicion s{0,
              "half of all hashes are negative, and their remainders are too; buckets are made by hash_bucket(x, n)"};
  bool isCount = arguments[1].value.isInt() && arguments[1].value.asInt() > 0;
  if (isCount) s.instead = op->name == "hash" ? "hash_bucket($0.0, $1)" : "hash_bucket($0, $1)";
  return s;
}

using V = InlineValue;
V inlineAddInt(Inline& b, const V* a) { return b.add(a[0], a[1]); }
V inlineAddFloat(Inline& b, const V* a) { return b.fadd(a[0], a[1]); }
V inlineSubtractInt(Inline& b, const V* a) { return b.sub(a[0], a[1]); }
V inlineSubtractFloat(Inline& b, const V* a) { return b.fsub(a[0], a[1]); }
V inlineMultiplyInt(Inline& b, const V* a) { return b.mul(a[0], a[1]); }
V inlineMultiplyFloat(Inline& b, const V* a) { return b.fmul(a[0], a[1]); }
V inlineDivide(Inline& b, const V* a) { return b.fdiv(a[0], a[1]); }
V inlineNegateInt(Inline& b, const V* a) { return b.sub(b.constInt(0), a[0]); }
V inlineNegateFloat(Inline& b, const V* a) { return b.fneg(a[0]); }

// x + 0 is x for integers; for floats only x + -0 is (-0 + 0 is 0).
std::optional<NodeRef> simplifyAdd(Rewriter& rw, std::span<const NodeRef> args) {
  if (!allScalar(rw, args)) return std::nullopt;
  for (size_t i : {0, 1})
    if (isInt(rw, args[i], 0) || isFloatBits(rw, args[i], -0.0)) return sameType(rw, args[1 - i], args[i]);
  return std::nullopt;
}

// x - 0 is x, -0 and NaN included.
std::optional<NodeRef> simplifySubtract(Rewriter& rw, std::span<const NodeRef> args) {
  if (!allScalar(rw, args) || !(isInt(rw, args[1], 0) || isFloatBits(rw, args[1], 0.0))) return std::nullopt;
  return sameType(rw, args[0], args[1]);
}

std::optional<NodeRef> simplifyMultiply(Rewriter& rw, std::span<const NodeRef> args) {
  if (!allScalar(rw, args)) return std::nullopt;
  for (size_t i : {0, 1})
    if (isInt(rw, args[i], 1) || isFloatBits(rw, args[i], 1.0)) return sameType(rw, args[1 - i], args[i]);
  return std::nullopt;
}

std::optional<NodeRef> simplifyDivide(Rewriter& rw, std::span<const NodeRef> args) {
  if (!allScalar(rw, args) || !isFloatBits(rw, args[1], 1.0)) return std::nullopt;
  return sameType(rw, args[0], args[1]);
}

std::optional<NodeRef> simplifyNegate(Rewriter& rw, std::span<const NodeRef> args) {
  return undoTwice(rw, "negate", args);
}

}  // namespace

void registerArithmetic(Registry& r) {
  r.group("Arithmetic");
  r.add("add", {value("a"), value("b")}, "Sum; integers wrap around at 64 bits.")
      .written("a + b")
      .foreignNames({"plus"})
      .example("2 + 3", "5")
      .example("9223372036854775807 + 1", "-9223372036854775808")
      .example("[1, 2] + 10", "[11, 12]")
      .add<addInt>()
      .inlined(inlineAddInt)
      .commutative()
      .associative()
      .add<addFloat>()
      .inlined(inlineAddFloat)
      .simplify(simplifyAdd);
  r.add("subtract", {value("a"), value("b")}, "Difference; integers wrap around at 64 bits.")
      .written("a - b")
      .warnIfSame("the result is 0 of every finite number")
      .foreignNames({"sub", "minus"})
      .example("2 - 3.5", "-1.5")
      .add<subtractInt>()
      .inlined(inlineSubtractInt)
      .add<subtractFloat>()
      .inlined(inlineSubtractFloat)
      .simplify(simplifySubtract);
  r.add("multiply", {value("a"), value("b")}, "Product; integers wrap around at 64 bits.")
      .written("a * b")
      .foreignNames({"mul", "times"})
      .example("6 * 7", "42")
      .add<multiplyInt>()
      .inlined(inlineMultiplyInt)
      .commutative()
      .associative()
      .add<multiplyFloat>()
      .inlined(inlineMultiplyFloat)
      .simplify(simplifyMultiply);
  r.add("divide", {value("a"), value("b")}, "Quotient, always in floats; by zero it is not finite.")
      .written("a / b")
      .warnIfSame("the result is 1 of every finite number but 0")
      .foreignNames({"truediv"})
      .example("1 / 4", "0.25")
      .example("(1 / 0) ?? -1", "-1")
      .add<divideFloat>()
      .inlined(inlineDivide)
      .warnIf(suspectDivisor)
      .simplify(simplifyDivide);
  r.add("div", {value("a"), value("b")},
        "Whole quotient of integers, cut toward zero; missing where `b` is 0. `a` is `div(a, b) * b + a % b`.")
      .warnIfSame("the result is 1, or missing for 0")
      .foreignNames({"intdiv", "integer_divide", "quotient"})
      .foreignNames({"floordiv", "floor_divide", "floor_div"},
                    "of integers, cut toward zero; floor(a / b) rounds down, and takes floats")
      .example("div(7, 2)", "3")
      .example("div(-7, 2)", "-3")
      .example("div(7, 0)", "missing")
      .add<divInt>()
      .warnIf(suspectModulus);
  r.add("remainder", {value("a"), value("b")}, "Remainder of `div`, with the sign of `a`; missing where `b` is 0.")
      .written("a % b")
      .warnIfSame("the result is 0, or missing for 0")
      .foreignNames({"fmod"}, "of integers only")
      .example("-7 % 3", "-1")
      .example("7 % 0", "missing")
      .add<remainderInt>()
      .warnIf(suspectRemainder);
  r.add("mod", {value("a"), value("b")},
        "Remainder of the quotient rounded down, with the sign of `b`; missing where `b` is 0.")
      .warnIfSame("the result is 0, or missing for 0")
      .foreignNames({"floormod"})
      .foreignNames({"pmod"}, "with the sign of the divisor")
      .example("mod(-7, 3)", "2")
      .example("mod(7, -3)", "-2")
      .add<modInt>()
      .warnIf(suspectModulus);
  r.add("negate", {value("a")}, "The negative value; the smallest integer stays as it is.")
      .written("-x")
      .foreignNames({"neg"})
      .example("-(2 + 3)", "-5")
      .add<negateInt>()
      .inlined(inlineNegateInt)
      .add<negateFloat>()
      .inlined(inlineNegateFloat)
      .simplify(simplifyNegate);
}

}  // namespace featc
