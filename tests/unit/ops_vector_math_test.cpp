// SPDX-License-Identifier: Apache-2.0
// The elementary functions over arrays and columns: the same bits in every instruction set.
#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

#include "ops/library/vector_math.h"
#include "ops/operator.h"
#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

namespace {

// Values where such functions bend, bits of any kind, and numbers of everyday size.
std::vector<double> manyValues(size_t count, uint64_t seed) {
  std::vector<double> out;
  for (double x : {0.0,
                   1.0,
                   0.5,
                   2.0,
                   10.0,
                   0x1p-52,
                   0x1p-53,
                   0x1p-1022,
                   5e-324,
                   1.7976931348623157e308,
                   709.782712893384,
                   709.7827128933841,
                   745.1332191019411,
                   745.1332191019412,
                   1e-10,
                   1e300,
                   kInf,
                   kNaN,
                   0x1p63,
                   3.0,
                   1e15})
    for (double sign : {1.0, -1.0})
      for (double to : {0.0, x, kInf}) out.push_back(std::nextafter(sign * x, sign * to));
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(-12, 12);
  while (out.size() < count) {
    out.push_back(std::bit_cast<double>(random()));
    double x = std::exp2(exponent(random));
    out.push_back((random() & 1U) != 0 ? -x : x);
    out.push_back(std::round(x));
  }
  return out;
}

// NaNs are all the same here.
uint64_t bitsOf(double x) { return std::bit_cast<uint64_t>(std::isnan(x) ? kNaN : x); }

size_t differences(const std::vector<double>& a, const std::vector<double>& b) {
  size_t count = 0;
  for (size_t i = 0; i < a.size(); ++i) count += bitsOf(a[i]) != bitsOf(b[i]) ? 1 : 0;
  return count;
}

// A float64 column that keeps its cells; an empty `present` means no bitmap.
struct Column {
  std::vector<double> cells;
  std::vector<uint8_t> bits;
  bool uniform = false;

  Column(std::vector<double> values, const std::vector<bool>& present, bool isUniform = false)
      : cells(std::move(values)), uniform(isUniform) {
    if (!present.empty()) bits.resize(present.size() / 8 + 1);
    for (size_t i = 0; i < present.size(); ++i) setBit(bits.data(), i, present[i]);
    cells.resize(cells.size() + 16, kNaN);
  }
  ColumnRef ref() { return {cells.data(), bits.empty() ? nullptr : bits.data(), uniform}; }
};

const Overload& floatOverload(std::string_view name) { return operators().find(name)->overloads.front(); }

}  // namespace

TEST_CASE("elementary functions give the same bits in every instruction set") {
  const VectorMath& scalar = *vectorMaths().front();
  std::vector<double> x = manyValues(2'000'001, 1);
  std::vector<double> y = manyValues(x.size(), 2);
  x.resize(2'000'001);
  y.resize(x.size());
  std::shuffle(y.begin(), y.end(), std::mt19937_64(3));
  std::vector<double> expected(x.size());
  std::vector<double> actual(x.size());
  for (auto f : {&VectorMath::exp, &VectorMath::log, &VectorMath::log2, &VectorMath::log10, &VectorMath::log1p,
                 &VectorMath::tanh, &VectorMath::sigmoid, &VectorMath::expm1, &VectorMath::sin, &VectorMath::cos,
                 &VectorMath::tan, &VectorMath::asin, &VectorMath::acos, &VectorMath::atan, &VectorMath::sinh,
                 &VectorMath::cosh, &VectorMath::asinh, &VectorMath::acosh, &VectorMath::atanh}) {
    (scalar.*f)(x.data(), expected.data(), x.size());
    for (const VectorMath* set : vectorMaths()) {
      INFO(set->instructions);
      (set->*f)(x.data(), actual.data(), x.size());
      CHECK(differences(expected, actual) == 0);
    }
  }
  for (auto f : {&VectorMath::pow, &VectorMath::atan2}) {
    (scalar.*f)(x.data(), y.data(), expected.data(), x.size());
    for (const VectorMath* set : vectorMaths()) {
      INFO(set->instructions);
      (set->*f)(x.data(), y.data(), actual.data(), x.size());
      CHECK(differences(expected, actual) == 0);
    }
  }
}

TEST_CASE("arrays of any length, not a value past their end") {
  for (const VectorMath* set : vectorMaths()) {
    for (size_t n = 0; n <= 17; ++n) {
      std::vector<double> x(n, 1.0);
      std::vector<double> out(n + 1, 7.0);
      set->log2(x.data(), out.data(), n);
      CHECK(std::all_of(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(n), [](double v) { return v == 0; }));
      CHECK(out[n] == 7.0);
    }
  }
}

TEST_CASE("a function over columns: missing rows, one value for all, tails") {
  Context context;
  for (uint32_t n : {1U, 7U, 8U, 9U, 64U, 65U, 131U}) {
    std::vector<double> values(n);
    std::vector<bool> some(n);
    for (uint32_t i = 0; i < n; ++i) values[i] = i + 2, some[i] = i % 3 != 0;
    for (bool baseUniform : {false, true}) {
      for (bool exponentUniform : {false, true}) {
        for (bool exponentPresent : {false, true}) {
          Column base(values, some, baseUniform);
          Column exponent(values, std::vector<bool>(n, exponentPresent), exponentUniform);
          Column out(std::vector<double>(n), std::vector<bool>(n, false));
          std::array<ColumnRef, 2> args = {base.ref(), exponent.ref()};
          floatOverload("pow").kernel(context, args.data(), out.ref(), n);
          for (uint32_t i = 0; i < n; ++i) {
            bool present = some[baseUniform ? 0 : i] && exponentPresent;
            double expected = 0;
            if (present)
              vectorMaths().front()->pow(&values[baseUniform ? 0 : i], &values[exponentUniform ? 0 : i], &expected, 1);
            CHECK(out.ref().present(i) == present);
            CHECK(out.cells[i] == expected);
          }
        }
      }
    }
    Column in(values, {});
    Column out(std::vector<double>(n), {});
    ColumnRef arg = in.ref();
    floatOverload("log1p").kernel(context, &arg, out.ref(), n);
    for (uint32_t i = 0; i < n; ++i) {
      double expected = 0;
      vectorMaths().front()->log1p(&values[i], &expected, 1);
      CHECK(out.cells[i] == expected);
    }
  }
}

TEST_CASE("a function over lists keeps missing elements and missing lists") {
  Type floats = Type::float64();
  CHECK(eval("exp", listOf(floats, {})) == "[]");
  CHECK(eval("exp", listOf(floats, {arg(0.0), missing(floats), arg(-kInf)})) == "[1, missing, 0]");
  CHECK(eval("log2", listOf(floats, std::vector<Arg>(11, arg(8.0)))) == "[3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]");
  CHECK(eval("log2", missing(Type::list(floats))) == "missing");
  CHECK(eval("pow", listOf(floats, {arg(2.0), arg(3.0)}), listOf(floats, {arg(2.0)})) == "[4, missing]");
}

}  // namespace featc
