// SPDX-License-Identifier: Apache-2.0
// The arena's limit, and that no failure is forgotten when memory is given back.
#include "ops/scratch.h"
#include "tests/common/catch.h"

using namespace featc;

TEST_CASE("an arena past its limit gives null and says so once", "[arena]") {
  Arena arena(64 << 10);
  CHECK(arena.allocate<char>(1000) != nullptr);
  CHECK_FALSE(arena.takeExhausted());
  CHECK(arena.allocate<char>(1 << 20) == nullptr);
  CHECK(arena.allocate<uint64_t>(SIZE_MAX / 4) == nullptr);
  CHECK(arena.takeExhausted());
  CHECK_FALSE(arena.takeExhausted());
}

TEST_CASE("rewinding frees what was allocated since and keeps the blocks", "[arena]") {
  Arena arena;
  char* first = arena.allocate<char>(10);
  Arena::Mark mark = arena.mark();
  char* second = arena.allocate<char>(10);
  CHECK(arena.allocate<char>(1 << 20) != nullptr);
  arena.rewind(mark);
  CHECK(arena.allocate<char>(10) == second);
  arena.rewind({});
  CHECK(arena.allocate<char>(10) == first);
  arena.reset();
  CHECK(arena.allocate<char>(10) == first);
}

TEST_CASE("memory given back forgets no failure", "[arena]") {
  Arena arena(64 << 10);
  if (GENERATE(false, true)) arena.allocate<char>(10);
  RowStatus status[] = {RowStatus::Ok};
  Context context;
  context.arena = &arena;
  context.rowStatus = status;
  SECTION("by an operator that fails") {
    RowScratch scratch(context);
    CHECK(scratch.allocate<char>(1 << 20) == nullptr);
    CHECK(status[0] == RowStatus::OutOfMemory);
  }
  SECTION("by one that comes after") {
    CHECK(context.newString(1 << 19) == nullptr);
    CHECK(status[0] == RowStatus::OutOfMemory);
    RowScratch scratch(context);
    CHECK(scratch.allocate<char>(10) != nullptr);
  }
  SECTION("by one that gives all back") {
    Arena::Mark start = arena.mark();
    CHECK(context.newString(1 << 19) == nullptr);
    arena.rewind(start);
  }
  CHECK(arena.takeExhausted());
  arena.allocate<char>(1 << 20);
  arena.reset();
  CHECK_FALSE(arena.takeExhausted());
}
