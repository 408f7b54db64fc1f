// SPDX-License-Identifier: Apache-2.0
// Functions of numbers: rounding, powers, logarithms, squashing.
#include <cmath>

#include <sleef.h>

#include "ops/groups.h"
#include "ops/library/math_columns.h"
#include "ops/library/minmax.h"
#include "ops/operator.h"
#include "ops/suspect.h"
#include "values/wrap.h"

// SLEEF's cinz functions give the same bits on every CPU, as scalars and as vectors; libm does not.

namespace featc {

namespace {

using V = InlineValue;

int64_t absInt(int64_t x) { return x < 0 ? wrapSubtract(0, x) : x; }
double absFloat(double x) { return std::fabs(x); }
int64_t signInt(int64_t x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
double signFloat(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
double floorFloat(double x) { return std::floor(x); }
double ceilFloat(double x) { return std::ceil(x); }
double truncFloat(double x) { return std::trunc(x); }
double roundFloat(double x) { return std::round(x); }
double sqrtFloat(double x) { return std::sqrt(x); }
double expFloat(double x) { return Sleef_cinz_expd1_u10purec(x); }
double logFloat(double x) { return Sleef_cinz_logd1_u10purec(x); }
double log2Float(double x) { return Sleef_cinz_log2d1_u10purec(x); }
double log10Float(double x) { return Sleef_cinz_log10d1_u10purec(x); }
double log1pFloat(double x) { return Sleef_cinz_log1pd1_u10purec(x); }
double powFloat(double x, double y) { return Sleef_cinz_powd1_u10purec(x, y); }
double sigmoidFloat(double x) { return 1 / (1 + Sleef_cinz_expd1_u10purec(-x)); }
double tanhFloat(double x) { return Sleef_cinz_tanhd1_u10purec(x); }

template <class C>
C clip(C x, C low, C high) {
  return minOf(maxOf(x, low), high);
}

std::optional<Suspicion> suspectClip(std::span<const KnownArgument> arguments) {
  std::string always = "the result is always " + toString(arguments[2].value);
  return suspectBounds<1, 2>(arguments, always, always);
}

V inlineAbsInt(Inline& b, const V* a) {
  V zero = b.constInt(0);
  return b.select(b.compare(IntCompare::Less, a[0], zero), b.sub(zero, a[0]), a[0]);
}
V inlineAbsFloat(Inline& b, const V* a) { return b.fabs(a[0]); }
V inlineSignInt(Inline& b, const V* a) {
  V zero = b.constInt(0);
  return b.sub(b.boolToInt(b.compare(IntCompare::Less, zero, a[0])),
               b.boolToInt(b.compare(IntCompare::Less, a[0], zero)));
}
V inlineSignFloat(Inline& b, const V* a) {
  V zero = b.constFloat(0);
  V notPositive = b.select(b.compare(FloatCompare::Less, a[0], zero), b.constFloat(-1), a[0]);
  return b.select(b.compare(FloatCompare::Less, zero, a[0]), b.constFloat(1), notPositive);
}
V inlineFloor(Inline& b, const V* a) { return b.floor(a[0]); }
V inlineCeil(Inline& b, const V* a) { return b.ceil(a[0]); }
V inlineTrunc(Inline& b, const V* a) { return b.trunc(a[0]); }
V inlineSqrt(Inline& b, const V* a) { return b.sqrt(a[0]); }
// The integral part, and one more away from zero where at least a half was cut off (exactly known:
// the difference has no rounding). The select keeps -0.
V inlineRound(Inline& b, const V* a) {
  V whole = b.trunc(a[0]);
  V cut = b.fabs(b.fsub(a[0], whole));
  V signBit = b.bitAnd(b.bitsOfFloat(a[0]), b.constInt(INT64_MIN));
  V one = b.floatOfBits(b.bitOr(signBit, b.bitsOfFloat(b.constFloat(1))));
  return b.select(b.compare(FloatCompare::LessEqual, b.constFloat(0.5), cut), b.fadd(whole, one), whole);
}
V inlineClipInt(Inline& b, const V* a) { return inlineMinInt(b, inlineMaxInt(b, a[0], a[1]), a[2]); }
V inlineClipFloat(Inline& b, const V* a) { return inlineMinFloat(b, inlineMaxFloat(b, a[0], a[1]), a[2]); }

}  // namespace

void registerMath(Registry& r) {
  r.group("Mathematics");
  r.add("abs", {value("x")}, "Absolute value; the smallest integer stays as it is.")
      .foreignNames({"fabs"})
      .example("abs(-3)", "3")
      .add<absInt>()
      .inlined(inlineAbsInt)
      .add<absFloat>()
      .inlined(inlineAbsFloat);
  r.add("sign", {value("x")}, "-1, 0 or 1, of the type of `x`.")
      .foreignNames({"signum", "sgn"})
      .example("sign(-2.5)", "-1")
      .add<signInt>()
      .inlined(inlineSignInt)
      .add<signFloat>()
      .inlined(inlineSignFloat);
  r.add("floor", {value("x")}, "The largest integral float that is at most `x`.")
      .example("floor(-1.5)", "-2")
      .add<floorFloat>()
      .inlined(inlineFloor);
  r.add("ceil", {value("x")}, "The smallest integral float that is at least `x`.")
      .foreignNames({"ceiling"})
      .example("ceil(1.2)", "2")
      .add<ceilFloat>()
      .inlined(inlineCeil);
  r.add("round", {value("x")}, "The nearest integral float; halves go away from zero.")
      .foreignNames({"rint"}, "halves go away from zero, not to the even number")
      .example("round(2.5)", "3")
      .example("round(-2.5)", "-3")
      .add<roundFloat>()
      .inlined(inlineRound);
  r.add("trunc", {value("x")}, "The integral part: cut toward zero.")
      .foreignNames({"truncate", "fix"})
      .example("trunc(-1.7)", "-1")
      .add<truncFloat>()
      .inlined(inlineTrunc);
  r.add("sqrt", {value("x")}, "Square root.").example("sqrt(9)", "3").add<sqrtFloat>().inlined(inlineSqrt);
  r.add("exp", {value("x")}, "e to the power of `x`.")
      .example("exp(0)", "1")
      .add<expFloat>()
      .columnKernels<UnaryColumns<&VectorMath::exp>>();
  r.add("log", {value("x")}, "Natural logarithm.")
      .foreignNames({"ln"})
      .example("log(1)", "0")
      .add<logFloat>()
      .columnKernels<UnaryColumns<&VectorMath::log>>();
  r.add("log2", {value("x")}, "Logarithm to base 2.")
      .example("log2(8)", "3")
      .add<log2Float>()
      .columnKernels<UnaryColumns<&VectorMath::log2>>();
  r.add("log10", {value("x")}, "Logarithm to base 10.")
      .example("log10(1000)", "3")
      .add<log10Float>()
      .columnKernels<UnaryColumns<&VectorMath::log10>>();
  r.add("log1p", {value("x")}, "Natural logarithm of 1 + `x`, exact for small `x` too.")
      .example("log1p(0)", "0")
      .add<log1pFloat>()
      .columnKernels<UnaryColumns<&VectorMath::log1p>>();
  r.add("pow", {value("x"), value("y")}, "`x` to the power of `y`.")
      .foreignNames({"power"})
      .foreignNames({"square"}, "written `pow(x, 2)`")
      .example("pow(2, 10)", "1024")
      .add<powFloat>()
      .columnKernels<BinaryColumns<&VectorMath::pow>>();
  r.add("sigmoid", {value("x")}, "1 / (1 + exp(-`x`)), between 0 and 1.")
      .foreignNames({"expit", "logistic"})
      .example("sigmoid(0)", "0.5")
      .add<sigmoidFloat>()
      .columnKernels<UnaryColumns<&VectorMath::sigmoid>>();
  r.add("tanh", {value("x")}, "Hyperbolic tangent, between -1 and 1.")
      .example("tanh(0)", "0")
      .add<tanhFloat>()
      .columnKernels<UnaryColumns<&VectorMath::tanh>>();
  r.add("clip", {value("x"), value("low"), value("high")},
        "`x` kept within the bounds; `high` wins if the bounds cross.")
      .foreignNames({"clamp", "clip_by_value"})
      .example("clip(15, 0, 10)", "10")
      .example("clip([-1, 5], 0, 3)", "[0, 3]")
      .add<clip<int64_t>>()
      .inlined(inlineClipInt)
      .add<clip<double>>()
      .inlined(inlineClipFloat)
      .warnIf(suspectClip);
}

}  // namespace featc
