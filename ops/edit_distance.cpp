// SPDX-License-Identifier: Apache-2.0
// `edit_distance`: Levenshtein's, in code points or bytes.
#include <algorithm>
#include <array>

#include "ops/code_points.h"
#include "ops/groups.h"
#include "ops/operator.h"
#include "ops/scratch.h"

namespace featc {

namespace {

// The most steps, one for each pair of units, that a row may cost.
constexpr uint64_t kMaxSteps = uint64_t{1} << 24U;

struct EditUnit : OpState {
  bool bytes = false;
};
Prepared prepareEdit(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<EditUnit>();
  if (!constants[0].isMissing()) {
    const std::string& unit = constants[0].asString();
    if (unit != "bytes" && unit != "code_points")
      return {nullptr,
              PrepareError{2, "there is no unit " + toString(constants[0]) + "; there are code_points, bytes"}};
    state->bytes = unit == "bytes";
  }
  return {state, std::nullopt};
}

// One number a unit. A byte that is not UTF-8 differs from every code point.
uint32_t* unitsOf(RowScratch& scratch, bool bytes, std::string_view s, uint64_t& count) {
  auto* out = scratch.allocate<uint32_t>(s.size());
  count = 0;
  if (out == nullptr) return nullptr;
  while (!s.empty()) {
    size_t length = bytes ? 1 : codePointBytes(s);
    constexpr uint32_t kNoCodePoint = 0x110000;
    out[count++] = length == 0 ? kNoCodePoint + static_cast<unsigned char>(s[0])
                   : bytes     ? static_cast<unsigned char>(s[0])
                               : decodeCodePoint(s, length);
    s.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

// Where each unit stands in a text of at most 64: a bit a place.
class Places {
 public:
  Places(const uint32_t* units, uint64_t count) {
    keys_.fill(kFree);
    for (uint64_t i = 0; i < count; ++i) {
      size_t slot = slotOf(units[i]);
      if (keys_[slot] == kFree) masks_[slot] = 0;
      keys_[slot] = units[i];
      masks_[slot] |= uint64_t{1} << i;
    }
  }
  uint64_t of(uint32_t unit) const {
    size_t slot = slotOf(unit);
    return keys_[slot] == kFree ? 0 : masks_[slot];
  }

 private:
  static constexpr size_t kSlots = 128;  // twice as many as there are units
  static constexpr uint32_t kFree = UINT32_MAX;

  size_t slotOf(uint32_t unit) const {
    size_t slot = unit % kSlots;
    while (keys_[slot] != unit && keys_[slot] != kFree) slot = (slot + 1) % kSlots;
    return slot;
  }
  std::array<uint32_t, kSlots> keys_;
  std::array<uint64_t, kSlots> masks_;
};

// G. Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic programming" (1999), as H.
// Hyyroe writes it (2003): the differences between neighbours in a column of the table of costs, a bit each. `a` has 1
// to 64 units.
int64_t bitDistance(const uint32_t* a, uint64_t n, const uint32_t* b, uint64_t m) {
  const Places places(a, n);
  const uint64_t last = uint64_t{1} << (n - 1);
  uint64_t more = ~uint64_t{0};  // where the cost is one more than above
  uint64_t less = 0;             // where it is one less
  auto distance = static_cast<int64_t>(n);
  for (uint64_t j = 0; j < m; ++j) {
    uint64_t equal = places.of(b[j]);
    uint64_t down = equal | less;
    uint64_t across = (((equal & more) + more) ^ more) | equal;
    uint64_t moreAcross = less | ~(across | more);
    uint64_t lessAcross = more & across;
    distance += (moreAcross & last) != 0 ? 1 : (lessAcross & last) != 0 ? -1 : 0;
    moreAcross = moreAcross << 1U | 1U;
    lessAcross <<= 1U;
    more = lessAcross | ~(down | moreAcross);
    less = moreAcross & down;
  }
  return distance;
}

int64_t editDistance(Context& context, const EditUnit& state, Str left, Str right) {
  RowScratch scratch(context);
  uint64_t n = 0;
  uint64_t m = 0;
  uint32_t* a = unitsOf(scratch, state.bytes, left.view(), n);
  uint32_t* b = a == nullptr ? nullptr : unitsOf(scratch, state.bytes, right.view(), m);
  if (b == nullptr) return 0;
  // What both begin or end with costs nothing.
  for (; n > 0 && m > 0 && a[0] == b[0]; --n, --m) ++a, ++b;
  while (n > 0 && m > 0 && a[n - 1] == b[m - 1]) --n, --m;
  if (n == 0 || m == 0) return static_cast<int64_t>(n + m);
  if (n > kMaxSteps / m) {
    context.fail(RowStatus::ValueTooLarge);
    return 0;
  }
  constexpr uint64_t kBits = 64;
  if (std::min(n, m) <= kBits) {
    if (!context.spend(n * m)) return 0;
    return n <= m ? bitDistance(a, n, b, m) : bitDistance(b, m, a, n);
  }
  // cost[j]: from the first i units of `a` to the first j of `b`.
  auto* cost = scratch.allocate<uint32_t>(m + 1);
  if (cost == nullptr) return 0;
  for (uint64_t j = 0; j <= m; ++j) cost[j] = static_cast<uint32_t>(j);
  for (uint64_t i = 1; i <= n && context.spend(m); ++i) {
    uint32_t diagonal = cost[0];
    cost[0] = static_cast<uint32_t>(i);
    for (uint64_t j = 1; j <= m; ++j) {
      uint32_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = cost[j];
      cost[j] = std::min({replaced, cost[j] + 1, cost[j - 1] + 1});
    }
  }
  return cost[m];
}

}  // namespace

void registerEditDistance(Registry& r) {
  r.group("Text");
  r.add("edit_distance", {value("a"), value("b"), optionalConstant("unit")},
        "How many code points (bytes with `unit = "
        "\"bytes\"`) to add, remove or change from `a` to `b`; fails the row where the lengths' product is above 2^24.")
      .ofSame("the result is 0")
      .example(R"(edit_distance("kitten", "sitting"))", "3")
      .example(R"(edit_distance("caf\u{e9}", "cafe"))", "1")
      .example(R"(edit_distance("caf\u{e9}", "cafe", unit = "bytes"))", "2")
      .elsewhere({"levenshtein", "levenshtein_distance"})
      .add<editDistance>({Type::string()})
      .prepare(prepareEdit);
}

}  // namespace featc
