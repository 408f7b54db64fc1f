// SPDX-License-Identifier: Apache-2.0
// Steps of `edit_distance` for several texts: those of one text in every instruction set.
#include "ops/library/edit_loops.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "ops/library/edit_bits.h"
#include "tests/common/catch.h"
#include "tests/random/rng.h"

using namespace featc;

TEST_CASE("steps of edit_distance are those of a word in every instruction set", "[flat]") {
  Rng rng(3);
  std::array<uint64_t, 256> places{};
  for (uint64_t& x : places) x = rng.below(UINT64_MAX);
  for (const EditLoops* loops : allEditLoops()) {
    REQUIRE(loops->lanes <= kMostEditLanes);
    for (uint32_t steps : {0U, 1U, 2U, 7U, 40U}) {
      CAPTURE(loops->instructions, steps);
      std::vector<std::string> texts(loops->lanes);
      std::vector<const char*> next;
      std::vector<uint32_t> left;
      std::vector<EditCosts> costs(texts.size());
      std::vector<uint64_t> more;
      std::vector<uint64_t> less;
      // Two end together, the others later.
      const uint32_t ending = 1U | 1U << (texts.size() - 1);
      for (size_t k = 0; k < texts.size(); ++k) {
        left.push_back((ending >> k & 1U) != 0 ? 0 : static_cast<uint32_t>(k));
        for (size_t i = 0; i < steps + left[k]; ++i) texts[k] += static_cast<char>(rng.below(256));
        next.push_back(texts[k].data());
        more.push_back(costs[k].more = rng.below(UINT64_MAX));
        less.push_back(costs[k].less = ~costs[k].more & rng.below(UINT64_MAX));
        for (size_t i = 0; i < steps; ++i) costs[k].step(places[static_cast<unsigned char>(texts[k][i])]);
      }
      std::vector<uint32_t> before = left;
      for (uint32_t& x : left) x += steps;
      CHECK(loops->steps(places.data(), next.data(), left.data(), more.data(), less.data()) == ending);
      CHECK(left == before);
      for (size_t k = 0; k < texts.size(); ++k) {
        CHECK(next[k] == texts[k].data() + steps);
        CHECK(more[k] == costs[k].more);
        CHECK(less[k] == costs[k].less);
      }
    }
  }
}
