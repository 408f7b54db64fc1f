// SPDX-License-Identifier: Apache-2.0
// Counting what a call costs: steps and bytes, memory of an arena, shares of a budget.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

#include "support/memory_budget.h"
#include "tests/common/catch.h"
#include "values/arena.h"
#include "values/work.h"

using namespace featc;
using namespace std::chrono_literals;

namespace {
constexpr Work::Clock::time_point kNever = Work::Clock::time_point::max();
}

TEST_CASE("steps are counted exactly, whatever pieces they come in", "[work]") {
  for (uint64_t piece : {1, 7, 1000, 40'000}) {
    for (bool watched : {false, true}) {
      CostLimits limits;
      limits.steps = 100'000;
      if (watched) limits.computing = std::chrono::hours(1);
      Work work;
      work.begin(limits, kNever, {});
      uint64_t spent = 0;
      while (work.spend(piece)) spent += piece;
      CHECK(spent + piece > 100'000 - 1);
      CHECK(spent <= 100'000);
      CHECK(work.why() == Stop::Steps);
      // It stays so.
      CHECK(!work.spend(0));
      CHECK(!work.check());
      work.begin({}, kNever, {});
      CHECK(work.spend(uint64_t{1} << 60U));
    }
  }
}

TEST_CASE("bytes up to a limit are allowed", "[work]") {
  CostLimits limits;
  limits.valueBytes = 100;
  limits.resultBytes = 50;
  Work work;
  work.begin(limits, kNever, {});
  CHECK(work.addValues(60));
  CHECK(work.addValues(40));
  CHECK(work.addResults(0));
  CHECK(work.addResults(50));
  CHECK(work.addResults(0));
  CHECK(!work.addValues(1));
  CHECK(work.why() == Stop::ValueBytes);
  work.begin(limits, kNever, {});
  CHECK(!work.addResults(51));
  CHECK(work.why() == Stop::ResultBytes);
}

TEST_CASE("a deadline, a limit of time and callers who hang up stop a loop", "[work]") {
  Work work;
  work.begin({}, Work::Clock::now() + 5ms, {});
  while (work.spend(100)) {
  }
  CHECK(work.why() == Stop::Late);
  CostLimits limits;
  limits.computing = 5ms;
  work.begin(limits, kNever, {});
  while (work.spend(100)) {
  }
  CHECK(work.why() == Stop::Computing);
  CHECK(work.computed() >= 5ms);

  // All who wait for it.
  std::atomic<bool> one = true;
  std::atomic<bool> other = false;
  std::vector<Work::Flag> flags{&one, &other};
  work.begin({}, kNever, flags);
  for (int i = 0; i < 100; ++i) CHECK(work.spend(10'000));
  other = true;
  while (work.spend(100)) {
  }
  CHECK(work.why() == Stop::Cancelled);
}

TEST_CASE("waiting is not computing", "[work]") {
  CostLimits limits;
  limits.computing = std::chrono::hours(1);
  Work work;
  work.begin(limits, kNever, {});
  work.pause();
  auto computed = work.computed();
  CHECK(work.check());
  CHECK(work.computed() == computed);
  work.resume();
  CHECK(work.check());
  CHECK(work.computed() >= computed);
}

TEST_CASE("what an arena was asked for is known, whatever its blocks are", "[work]") {
  Arena arena;
  for (int round = 0; round < 3; ++round) {
    Arena::Mark start = arena.mark();
    size_t bytes = 0;
    // Some do not fit what is left of a block.
    for (size_t size : {8U, 21U, 65'000U, 40'000U, 200'000U, 16U, 3'000'000U, 48U}) {
      Arena::Mark mark = arena.mark();
      REQUIRE(arena.allocate(size) != nullptr);
      size_t rounded = (size + 7) / 8 * 8;
      CHECK(arena.bytesSince(mark) == rounded);
      bytes += rounded;
      CHECK(arena.bytesSince(start) == bytes);
    }
    arena.rewind(start);
    CHECK(arena.bytesSince(start) == 0);
    CHECK(arena.bytesUsed() >= bytes);
    arena.reset();
    if (round == 1) arena.shrink(0);
  }
  CHECK(arena.bytesReserved() >= 3'000'000);
  arena.reset();
  arena.shrink(100'000);
  CHECK(arena.bytesReserved() <= 100'000);
}

TEST_CASE("a budget is shared, and what nobody holds comes back", "[work]") {
  auto budget = std::make_shared<MemoryBudget>(1'000'000);
  MemoryShare one(budget);
  {
    MemoryShare other(budget);
    CHECK(one.take(600'000));
    CHECK(!other.take(400'001));
    CHECK(other.takeRefused());
    CHECK(!other.takeRefused());
    CHECK(other.take(400'000));
    // What is there already is counted, too.
    other.hold(500'000);
    CHECK(budget->held() == 1'100'000);
    CHECK(!one.take(1));
    MemoryShare moved = std::move(other);
    CHECK(moved.held() == 500'000);
    CHECK(other.held() == 0);
  }
  CHECK(budget->held() == 600'000);
  one = MemoryShare(budget);
  CHECK(budget->held() == 0);

  // Arenas: one with a limit says no, one without throws.
  budget->setLimit(200'000);
  MemoryShare share(budget);
  Arena limited(size_t{1} << 30U, &share);
  Arena endless(SIZE_MAX, &share);
  CHECK(limited.allocate(100'000) != nullptr);
  CHECK(limited.allocate(150'000) == nullptr);
  CHECK(limited.takeExhausted());
  CHECK(share.takeRefused());
  CHECK_THROWS_AS(endless.allocate(150'000), std::bad_alloc);
}
