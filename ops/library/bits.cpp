// SPDX-License-Identifier: Apache-2.0
// The 64 bits of an integer, in two's complement.
#include <algorithm>
#include <bit>

#include "ops/groups.h"
#include "ops/operator.h"

namespace featc {

namespace {

constexpr int64_t kBits = 64;

int64_t bitAnd(int64_t a, int64_t b) { return a & b; }
int64_t bitOr(int64_t a, int64_t b) { return a | b; }
int64_t bitXor(int64_t a, int64_t b) { return a ^ b; }
int64_t bitNot(int64_t a) { return ~a; }
int64_t bitCount(int64_t a) { return std::popcount(static_cast<uint64_t>(a)); }

Maybe<int64_t> shiftLeft(int64_t x, int64_t n) {
  if (n < 0) return {};
  return n >= kBits ? 0 : static_cast<int64_t>(static_cast<uint64_t>(x) << static_cast<unsigned>(n));
}
Maybe<int64_t> shiftRight(int64_t x, int64_t n) {
  if (n < 0) return {};
  return x >> std::min(n, kBits - 1);
}

using V = InlineValue;
V inlineAnd(Inline& b, const V* a) { return b.bitAnd(a[0], a[1]); }
V inlineOr(Inline& b, const V* a) { return b.bitOr(a[0], a[1]); }
V inlineXor(Inline& b, const V* a) { return b.bitXor(a[0], a[1]); }
V inlineNot(Inline& b, const V* a) { return b.bitXor(a[0], b.constInt(-1)); }

template <bool isLeft>
std::optional<Suspicion> suspectShift(std::span<const KnownArgument> arguments) {
  if (!arguments[1].value.isInt()) return std::nullopt;
  int64_t n = arguments[1].value.asInt();
  if (n < 0) return Suspicion{1, "the number of bits is negative, so the result is always missing"};
  if (n < kBits) return std::nullopt;
  return Suspicion{1, isLeft ? "this shifts all 64 bits out, so the result is always 0"
                             : "this shifts all 64 bits out, so the result is 0, or -1 of a negative number"};
}

}  // namespace

void registerBits(Registry& r) {
  r.group("Bits");
  std::vector<ParamSpec> two{value("a"), value("b")};
  r.add("bit_and", two,
        "The bits that are set in both: `bit_and(flags, 4) != 0` asks for one, `bit_and(x, 1023)` keeps ten.")
      .foreignNames({"bitand", "bitwise_and", "band"})
      .warnIfSame("the result is just that value")
      .example("bit_and(12, 10)", "8")
      .example("bit_and(-1, 1023)", "1023")
      .add<bitAnd>()
      .inlined(inlineAnd)
      .commutative()
      .associative();
  r.add("bit_or", two, "The bits that are set in at least one of them.")
      .foreignNames({"bitor", "bitwise_or", "bor"})
      .warnIfSame("the result is just that value")
      .example("bit_or(12, 10)", "14")
      .add<bitOr>()
      .inlined(inlineOr)
      .commutative()
      .associative();
  r.add("bit_xor", two, "The bits that are set in exactly one of them.")
      .foreignNames({"bitxor", "bitwise_xor", "bxor"})
      .warnIfSame("the result is 0")
      .example("bit_xor(12, 10)", "6")
      .add<bitXor>()
      .inlined(inlineXor)
      .commutative()
      .associative();
  r.add("bit_not", {value("a")}, "Every bit inverted: `-1 - a`.")
      .foreignNames({"bitnot", "bitwise_not", "invert", "bnot"})
      .example("bit_not(5)", "-6")
      .add<bitNot>()
      .inlined(inlineNot);
  r.add("bit_count", {value("a")},
        "How many of the 64 bits are set: `bit_count(bit_xor(a, b))` counts those in which two integers differ.")
      .foreignNames({"bitcount", "popcount", "population_count"})
      .foreignNames({"bit_hamming_distance"}, "of `bit_xor(a, b)`")
      .example("bit_count(7)", "3")
      .example("bit_count(-1)", "64")
      .add<bitCount>()
      .resultRange(0, kBits);
  r.add(
       "shift_left", {value("x"), value("n")},
       "`x` shifted left by `n` bits, which multiplies by 2^n; bits beyond 64 are lost. Missing where `n` is negative.")
      .foreignNames(
          {"shiftleft", "bitshiftleft", "bitwise_left_shift", "bitwise_shift_left", "left_shift", "lshift", "shl"})
      .example("shift_left(5, 3)", "40")
      .example("shift_left(1, 64)", "0")
      .add<shiftLeft>()
      .warnIf(suspectShift<true>);
  r.add("shift_right", {value("x"), value("n")},
        "`x` shifted right by `n` bits, x / 2^n rounded down: the sign stays. `bit_and(shift_right(x, n), "
        "shift_left(1, 64 - n) - 1)` fills with zeros. Missing where `n` is negative.")
      .foreignNames({"shiftright", "bitshiftright", "bitwise_right_shift_arithmetic", "bitwise_shift_right",
                     "right_shift", "rshift", "shr", "sar"})
      .foreignNames({"bitwise_right_shift", "bitwise_logical_shift_right", "shiftrightunsigned", "ushr"},
                    "the sign stays; bit_and(shift_right(x, n), shift_left(1, 64 - n) - 1) fills with zeros")
      .example("shift_right(40, 3)", "5")
      .example("shift_right(-5, 1)", "-3")
      .example("bit_and(shift_right(-1, 60), shift_left(1, 64 - 60) - 1)", "15")
      .add<shiftRight>()
      .warnIf(suspectShift<false>);
}

}  // namespace featc
