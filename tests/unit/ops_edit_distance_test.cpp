// SPDX-License-Identifier: Apache-2.0
// `edit_distance` against the table of costs, below and above the 64 units that fit a word.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/common/catch.h"
#include "tests/random/rng.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

namespace {

using Units = std::vector<std::string>;

int64_t byTable(const Units& a, const Units& b) {
  std::vector<int64_t> cost(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) cost[j] = static_cast<int64_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int64_t diagonal = cost[0];
    cost[0] = static_cast<int64_t>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      int64_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = cost[j];
      cost[j] = std::min({replaced, cost[j] + 1, cost[j - 1] + 1});
    }
  }
  return cost[b.size()];
}

std::string joined(const Units& units) {
  std::string text;
  for (const std::string& unit : units) text += unit;
  return text;
}

}  // namespace

TEST_CASE("edit_distance is that of the table of costs") {
  // Letters, two of which share a place in a table of 128; bytes that are not UTF-8.
  const Units letters{"a", "b", "\u00e1", "\u0161", "\u70e7", "\u70e6", "\U0001F600", "\xFF", "\xFE"};
  Rng rng(7);
  for (int round = 0; round < 3000; ++round) {
    auto text = [&](uint64_t most) {
      Units units;
      uint64_t known = 1 + rng.below(letters.size());
      for (uint64_t n = rng.below(most + 1); n > 0; --n) units.push_back(letters[rng.below(known)]);
      return units;
    };
    Units a = text(rng.chance(50) ? 8 : 70);
    Units b = text(rng.chance(20) ? 140 : 66);
    // Near ones too: what differs lies within what is equal.
    if (rng.chance(40)) {
      b = a;
      for (uint64_t changes = rng.below(4); changes > 0 && !b.empty(); --changes) {
        auto at = b.begin() + static_cast<std::ptrdiff_t>(rng.below(b.size()));
        if (rng.chance(50))
          b.erase(at);
        else
          b.insert(at, letters[rng.below(letters.size())]);
      }
    }
    std::string left = joined(a);
    std::string right = joined(b);
    INFO(left << " and " << right);
    REQUIRE(eval("edit_distance", arg(left.c_str()), arg(right.c_str())) == std::to_string(byTable(a, b)));
  }
}

}  // namespace featc
