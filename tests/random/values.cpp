// SPDX-License-Identifier: Apache-2.0
// The edge values and how often they come.
#include "tests/random/values.h"

#include <bit>
#include <cfloat>
#include <limits>
#include <string>

namespace featc {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

constexpr int64_t kInts[] = {0,
                             0,
                             1,
                             -1,
                             2,
                             3,
                             7,
                             -7,
                             100,
                             255,
                             -256,
                             65'535,
                             2'147'483'647,
                             -2'147'483'648,
                             (int64_t{1} << 44) - 1,
                             int64_t{1} << 44,
                             int64_t{1} << 53,
                             (int64_t{1} << 53) + 1,
                             -(int64_t{1} << 53) - 1,
                             kMax,
                             kMax - 1,
                             kMin,
                             kMin + 1};
constexpr double kFloats[] = {0.0,
                              -0.0,
                              1.0,
                              -1.0,
                              0.5,
                              -0.5,
                              1.5,
                              2.5,
                              -2.5,
                              3.0,
                              0.1,
                              1e-300,
                              5e-324,
                              -5e-324,
                              DBL_MIN,
                              DBL_MAX,
                              -DBL_MAX,
                              1e10,
                              FLT_MAX,
                              3.5e38,
                              1e-46,
                              709.9,
                              -745.2,
                              36.7,
                              9007199254740993.0,
                              9223372036854775808.0,
                              -9223372036854775808.0,
                              9223372036854774784.0,
                              0.49999999999999994,
                              4503599627370497.5};

std::string randomString(Rng& rng) {
  static const std::vector<std::string> kStrings = {"",
                                                    "a",
                                                    "b",
                                                    "ab",
                                                    "abc",
                                                    "ABC",
                                                    "Zz",
                                                    "3",
                                                    "-7",
                                                    "3.5",
                                                    "1e5",
                                                    "true",
                                                    "false",
                                                    "0",
                                                    "1",
                                                    "-0",
                                                    "+1",
                                                    " 1",
                                                    "0x10",
                                                    "nan",
                                                    "inf",
                                                    "-inf",
                                                    "1e999",
                                                    "2024-02-29",
                                                    "2024-11-03 01:30:00",
                                                    "14 nov 2023 12:13 AM",
                                                    "Asia/Shanghai",
                                                    "9223372036854775807",
                                                    "-9223372036854775808",
                                                    "9223372036854775808",
                                                    "a,b,,c",
                                                    "a|b",
                                                    "|",
                                                    ",",
                                                    ",,",
                                                    "k:v",
                                                    "\xC3\xA9",
                                                    "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
                                                    "\xF0\x9F\x8D\x9C!",
                                                    "\xFF\xFE",
                                                    "a\xC3",
                                                    "\x80z\xE6\x97",
                                                    std::string("a\0b", 3),
                                                    std::string(1, '\0'),
                                                    "\xED\xA0\x80",
                                                    "\xC0\xAF",
                                                    "na\xC3\xAFve caf\xC3\xA9"};
  if (rng.chance(85)) return rng.pick(kStrings);
  std::string s(rng.below(70), 'x');
  for (char& c : s) c = static_cast<char>(rng.chance(80) ? rng.between('a', 'e') : rng.below(256));
  return s;
}

double randomFloat(Rng& rng) {
  uint64_t kind = rng.below(100);
  if (kind < 40) return rng.pick(kFloats);
  if (kind < 46) return kind < 43 ? kInf : -kInf;
  // A quiet NaN with any payload and sign: its bits must never show.
  if (kind < 51) return std::bit_cast<double>(rng.next() | 0x7FF8000000000000U);
  if (kind < 70) return static_cast<double>(rng.between(-5, 40));
  if (kind < 90) return rng.unit() * 20 - 5;
  double any = std::bit_cast<double>(rng.next());
  return any == any ? any : 1.0;
}

}  // namespace

Value randomScalar(Rng& rng, Type type) {
  switch (type.kind()) {
    case Kind::Bool: return Value::of(rng.chance(50));
    case Kind::Int64:
      if (rng.chance(45)) return Value::of(rng.between(-3, 30));
      if (rng.chance(80)) return Value::of(rng.pick(kInts));
      return Value::of(static_cast<int64_t>(rng.next()));
    case Kind::Float64: return Value::of(randomFloat(rng));
    default: return Value::of(randomString(rng));
  }
}

uint64_t randomSize(Rng& rng) { return rng.chance(15) ? 0 : rng.chance(95) ? 1 + rng.below(4) : 5 + rng.below(30); }

Value randomList(Rng& rng, Type element, uint64_t size) {
  Value::Elements elements;
  for (uint64_t i = 0; i < size; ++i) elements.push_back(rng.chance(15) ? Value() : randomInput(rng, element));
  return Value::list(std::move(elements));
}

Value randomInput(Rng& rng, Type type) {
  if (type.isScalar()) return randomScalar(rng, type);
  uint64_t size = randomSize(rng);
  if (type.isList()) return randomList(rng, type.element(), size);
  Value::Elements elements;
  for (uint64_t i = 0; i < size; ++i) {
    Value value = rng.chance(15) ? Value() : randomInput(rng, type.value());
    elements.push_back(Value::list({randomScalar(rng, type.key()), value}));
  }
  return Value::list(std::move(elements));
}

}  // namespace featc
