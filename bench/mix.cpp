// SPDX-License-Identifier: Apache-2.0
// The configs that are measured, and data for them: the same for every run and machine.
#include "bench/mix.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <random>

#include "bench/mix_shape.h"
#include "bench/suite.h"

namespace featc::bench {

namespace {

std::string schema(Fields fields) {
  const char* mark = fields == Fields::Optional ? "?" : "";
  std::string text = "model mix\n\nrequest { now : int64 }\n\nitem {\n";
  for (uint32_t i = 0; i < kInts; ++i) text += fmt::format("  i{} : int64{}\n", i, mark);
  for (uint32_t i = 0; i < kFloats; ++i) text += fmt::format("  f{} : float64{}\n", i, mark);
  for (uint32_t i = 0; i < kStrings; ++i) text += fmt::format("  s{} : string{}\n", i, mark);
  return text + "}\n\n";
}

// Writes a random float expression of `operators` operators.
class ExpressionWriter {
 public:
  explicit ExpressionWriter(std::mt19937_64& random) : random_(random) {}

  std::string floating(uint32_t operators) {
    if (operators == 0) {
      return pick(3) == 0 ? fmt::format("{}.5", pick(100)) : fmt::format("f{}", pick(kFloats));
    }
    uint32_t left = pick(operators);
    uint32_t right = operators - 1 - left;
    switch (pick(8)) {
      case 0: return fmt::format("({} + {})", floating(left), floating(right));
      case 1: return fmt::format("({} - {})", floating(left), floating(right));
      case 2: return fmt::format("({} * {})", floating(left), floating(right));
      case 3: return fmt::format("({} / {})", floating(left), floating(right));
      case 4: return fmt::format("max({}, {})", floating(left), floating(right));
      case 5: return fmt::format("abs({})", floating(operators - 1));
      case 6: return fmt::format("sqrt({})", floating(operators - 1));
      default:
        if (operators < 3) return fmt::format("floor({})", floating(operators - 1));
        return fmt::format("({} < {}.5 ? {} : i{})", floating(left / 2), pick(50), floating(right), pick(kInts));
    }
  }
  uint32_t pick(uint32_t n) { return static_cast<uint32_t>(random_() % n); }

 private:
  std::mt19937_64& random_;
};

// One of the values that formulas written in haste get wrong.
void setOdd(BatchBuilder& builder, size_t field, uint64_t choice) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr std::array<double, 5> kOddFloats{std::nan(""), kInfinity, -kInfinity, -0.0, 1e300};
  constexpr std::array<int64_t, 4> kOddInts{-1, INT64_MIN, INT64_MAX, int64_t{1} << 44};
  constexpr std::array<size_t, 6> kOddSizes{0, 1, 9, 17, 129, 300};
  switch (builder.input(field).type.kind()) {
    case Kind::Float64: must(builder.set(field, kOddFloats[choice % kOddFloats.size()])); break;
    case Kind::Int64: must(builder.set(field, kOddInts[choice % kOddInts.size()])); break;
    default: must(builder.set(field, std::string(kOddSizes[choice % kOddSizes.size()], 'x'))); break;
  }
}

}  // namespace

std::string mixConfig(uint32_t features, Fields fields) {
  std::string text = schema(fields);
  for (uint32_t i = 0; i < features; ++i) {
    uint32_t k = i / 4;
    uint32_t slot = mixSlot(i);
    switch (mixKind(i)) {
      case MixKind::Id: text += fmt::format("sparse id_{} slot {} = i{}\n", i, slot, idColumn(k)); break;
      case MixKind::Hash: text += fmt::format("sparse hash_{} slot {} = s{}\n", i, slot, hashColumn(k)); break;
      case MixKind::Band: {
        text += fmt::format("sparse band_{} slot {} = bucketize(f{}, [", i, slot, bandColumn(k));
        for (uint32_t b = 0; b < kBoundaries; ++b) text += fmt::format("{}{}", b == 0 ? "" : ", ", bandBoundary(k, b));
        text += "])\n";
        break;
      }
      case MixKind::Cross:
        text += fmt::format("sparse cross_{} slot {} = cross(i{}, i{})\n", i, slot, crossLeft(k), crossRight(k));
        break;
    }
  }
  return text;
}

std::string generatedConfig(uint32_t features, uint64_t seed) {
  std::mt19937_64 random(seed);
  ExpressionWriter writer(random);
  std::string text = schema(Fields::Optional);
  for (uint32_t i = 0; i < features; ++i) {
    text += fmt::format("dense d_{} = {}\n", i, writer.floating(5 + writer.pick(11)));
  }
  return text;
}

void fillMix(BatchBuilder& builder, uint32_t rows, double missing, uint64_t seed, Values values) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::array<size_t, kInts + kFloats + kStrings> fields{};
  for (uint32_t i = 0; i < fields.size(); ++i) {
    if (i < kInts)
      fields[i] = builder.field(fmt::format("i{}", i));
    else if (i < kInts + kFloats)
      fields[i] = builder.field(fmt::format("f{}", i - kInts));
    else
      fields[i] = builder.field(fmt::format("s{}", i - kInts - kFloats));
  }
  builder.clear();
  must(builder.beginRequest());
  must(builder.set("now", 1'700'000'000));
  std::string text;
  for (uint32_t row = 0; row < rows; ++row) {
    must(builder.beginItem());
    for (uint32_t i = 0; i < fields.size(); ++i) {
      if (uniform(random) < missing) continue;
      if (values == Values::Odd && random() % 10 == 0) {
        setOdd(builder, fields[i], random());
        continue;
      }
      if (i < kInts) {
        must(builder.set(fields[i], static_cast<int64_t>(random() % 1'000'000)));
      } else if (i < kInts + kFloats) {
        must(builder.set(fields[i], uniform(random) * 100));
      } else {
        text.clear();
        fmt::format_to(std::back_inserter(text), "w{:x}", random() % 100'000);
        must(builder.set(fields[i], text));
      }
    }
    must(builder.endItem());
  }
  must(builder.endRequest());
}

}  // namespace featc::bench
