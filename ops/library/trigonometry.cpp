// SPDX-License-Identifier: Apache-2.0
// Functions of angles in radians, hyperbolic functions, and floats of 32 bits.
#include <sleef.h>

#include <limits>

#include "ops/groups.h"
#include "ops/library/math_columns.h"
#include "ops/operator.h"

namespace featc {

namespace {

using V = InlineValue;

double sine(double x) { return Sleef_cinz_sind1_u10purec(x); }
double cosine(double x) { return Sleef_cinz_cosd1_u10purec(x); }
double tangent(double x) { return Sleef_cinz_tand1_u10purec(x); }
double arcSine(double x) { return Sleef_cinz_asind1_u10purec(x); }
double arcCosine(double x) { return Sleef_cinz_acosd1_u10purec(x); }
double arcTangent(double x) { return Sleef_cinz_atand1_u10purec(x); }
double arcTangent2(double y, double x) { return Sleef_cinz_atan2d1_u10purec(y, x); }
double hyperbolicSine(double x) { return Sleef_cinz_sinhd1_u10purec(x); }
double hyperbolicCosine(double x) { return Sleef_cinz_coshd1_u10purec(x); }
double areaSine(double x) { return Sleef_cinz_asinhd1_u10purec(x); }
double areaCosine(double x) { return Sleef_cinz_acoshd1_u10purec(x); }
double areaTangent(double x) { return Sleef_cinz_atanhd1_u10purec(x); }
double exponentialLess1(double x) { return Sleef_cinz_expm1d1_u10purec(x); }

double float32(double x) { return static_cast<double>(static_cast<float>(x)); }

// The rounding of a double to a float, to nearest and to even, on the double's bits.
V inlineFloat32(Inline& b, const V* a) {
  constexpr int64_t kDroppedBits = 29;
  V bits = b.bitsOfFloat(a[0]);
  V sign = b.bitAnd(bits, b.constInt(INT64_MIN));
  V size = b.bitXor(bits, sign);
  V odd = b.bitAnd(b.shiftRightUnsigned(size, kDroppedBits), b.constInt(1));
  V half = b.constInt((int64_t{1} << (kDroppedBits - 1)) - 1);
  V cut = b.bitAnd(b.add(b.add(size, half), odd), b.constInt(-(int64_t{1} << kDroppedBits)));
  V rounded = b.floatOfBits(cut);
  V beyond = b.compare(FloatCompare::LessEqual, b.constFloat(0x1p128), rounded);
  rounded = b.select(beyond, b.constFloat(std::numeric_limits<double>::infinity()), rounded);
  // A denormal float is a multiple of 2^-149, which is the last place of this sum.
  V magnet = b.constFloat(0x1.8p-97);
  V absolute = b.floatOfBits(size);
  V denormal = b.fsub(b.fadd(absolute, magnet), magnet);
  rounded = b.select(b.compare(FloatCompare::Less, absolute, b.constFloat(0x1p-126)), denormal, rounded);
  V signedResult = b.floatOfBits(b.bitOr(b.bitsOfFloat(rounded), sign));
  return b.select(b.compare(FloatCompare::Equal, a[0], a[0]), signedResult, a[0]);
}

}  // namespace

void registerTrigonometry(Registry& r) {
  r.group("Mathematics");
  r.add("expm1", {value("x")}, "e to the power of `x`, less 1, exact for small `x` too.")
      .example("expm1(0)", "0")
      .add<exponentialLess1>()
      .columnKernels<UnaryColumns<&VectorMath::expm1>>();
  r.add("sin", {value("x")}, "Sine of an angle in radians.")
      .example("sin(0)", "0")
      .add<sine>()
      .columnKernels<UnaryColumns<&VectorMath::sin>>();
  r.add("cos", {value("x")}, "Cosine of an angle in radians.")
      .example("cos(0)", "1")
      .add<cosine>()
      .columnKernels<UnaryColumns<&VectorMath::cos>>();
  r.add("tan", {value("x")}, "Tangent of an angle in radians.")
      .example("tan(0)", "0")
      .add<tangent>()
      .columnKernels<UnaryColumns<&VectorMath::tan>>();
  r.add("asin", {value("x")}, "The angle whose sine is `x`.")
      .foreignNames({"arcsin"})
      .example("asin(0)", "0")
      .add<arcSine>()
      .columnKernels<UnaryColumns<&VectorMath::asin>>();
  r.add("acos", {value("x")}, "The angle whose cosine is `x`.")
      .foreignNames({"arccos"})
      .example("acos(1)", "0")
      .add<arcCosine>()
      .columnKernels<UnaryColumns<&VectorMath::acos>>();
  r.add("atan", {value("x")}, "The angle whose tangent is `x`.")
      .foreignNames({"arctan"})
      .example("atan(0)", "0")
      .add<arcTangent>()
      .columnKernels<UnaryColumns<&VectorMath::atan>>();
  r.add("atan2", {value("y"), value("x")}, "The angle of the point (`x`, `y`), from -pi to pi.")
      .foreignNames({"arctan2"})
      .example("atan2(0, 1)", "0")
      .add<arcTangent2>()
      .columnKernels<BinaryColumns<&VectorMath::atan2>>();
  r.add("sinh", {value("x")}, "Hyperbolic sine.")
      .example("sinh(0)", "0")
      .add<hyperbolicSine>()
      .columnKernels<UnaryColumns<&VectorMath::sinh>>();
  r.add("cosh", {value("x")}, "Hyperbolic cosine.")
      .example("cosh(0)", "1")
      .add<hyperbolicCosine>()
      .columnKernels<UnaryColumns<&VectorMath::cosh>>();
  r.add("asinh", {value("x")}, "The number whose hyperbolic sine is `x`.")
      .foreignNames({"arcsinh"})
      .example("asinh(0)", "0")
      .add<areaSine>()
      .columnKernels<UnaryColumns<&VectorMath::asinh>>();
  r.add("acosh", {value("x")}, "The number whose hyperbolic cosine is `x`.")
      .foreignNames({"arccosh"})
      .example("acosh(1)", "0")
      .add<areaCosine>()
      .columnKernels<UnaryColumns<&VectorMath::acosh>>();
  r.add("atanh", {value("x")}, "The number whose hyperbolic tangent is `x`.")
      .foreignNames({"arctanh"})
      .example("atanh(0)", "0")
      .add<areaTangent>()
      .columnKernels<UnaryColumns<&VectorMath::atanh>>();
  r.add("float32", {value("x")}, "`x` rounded to float32; beyond its range it is not finite.")
      .foreignNames({"to_float32"})
      .example("float32(0.1) == 0.1", "false")
      .example("float32(0.5)", "0.5")
      .add<float32>()
      .inlined(inlineFloat32);
}

}  // namespace featc
