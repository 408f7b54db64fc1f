// SPDX-License-Identifier: Apache-2.0
// What calls keep between them, and the budget that all of them share.
#include <vector>

#include "engine/live_version.h"
#include "limits_fixture.h"
#include "runtime/kept_memory.h"
#include "tests/common/catch.h"
#include "tests/memory/allocation_count.h"

using namespace featc;
using namespace featc::test;

namespace {

constexpr const char* kConfig = R"(model memory
request { words : list<string> }
item { text : string }
sparse all slot 1 = cross(words, lower(text))
sparse text slot 2 = text
dense d = len(text)
)";

std::string requests(int items, int words) {
  return oneRequest(R"({"words": )" + wordList(words, 8) + "}", R"({"text": "Some Text"})", items);
}

struct Budgeted {
  std::shared_ptr<MemoryBudget> budget = std::make_shared<MemoryBudget>();
  std::shared_ptr<const Extractor> extractor;

  explicit Budgeted(EngineKind engine = EngineKind::Interp) {
    RunLimits limits;
    limits.memory = budget;
    extractor = limitedExtractor(kConfig, limits, engine);
  }
};

}  // namespace

TEST_CASE("what a call needs is kept when it was needed twice of late", "[memory]") {
  constexpr size_t kBig = size_t{100} << 20U;
  KeptMemory memory;
  CHECK(memory.keep(1000) == KeptMemory::kAlways);
  CHECK(memory.keep(kBig) == KeptMemory::kAlways);
  CHECK(memory.keep(kBig) >= kBig);
  CHECK(memory.keep(1000) >= kBig);
  // A call in ten is large.
  CHECK(memory.keep(kBig) >= kBig);
  for (int round = 0; round < 20; ++round) {
    size_t kept = 0;
    for (int call = 0; call < 9; ++call) kept = memory.keep(1000);
    CHECK(kept >= kBig / 2);
    CHECK(memory.keep(kBig) >= kBig);
  }
  // None is any more.
  size_t kept = 0;
  for (int call = 0; call < 200; ++call) kept = memory.keep(1000);
  CHECK(kept < kBig / 100);
}

TEST_CASE("one large call leaves nothing behind", "[memory]") {
  for (EngineKind engine : {EngineKind::Interp, EngineKind::Jit}) {
    Budgeted memory(engine);
    ReadsBatch small(memory.extractor->info(), requests(20, 3));
    ReadsBatch large(memory.extractor->info(), requests(20'000, 200));
    for (const CallOptions& options : {CallOptions(), pipelined(0)}) {
      Scratch scratch(*memory.extractor);
      Result result;
      for (int call = 0; call < 3; ++call) REQUIRE(!memory.extractor->run(small.batch(), scratch, result, options));
      size_t usual = memory.budget->held();
      CHECK(usual < (size_t{1} << 20U));
      REQUIRE(!memory.extractor->run(large.batch(), scratch, result, options));
      // 4,000,000 ids are the caller's until the next call fills the result.
      CHECK(result.output(0).ids.size() == 4'000'000);
      CHECK(memory.budget->held() >= 32'000'000);
      CHECK(memory.budget->held() < 32'000'000 * 2 + (size_t{4} << 20U));
      REQUIRE(!memory.extractor->run(small.batch(), scratch, result, options));
      CHECK(memory.budget->held() < (size_t{2} << 20U));
    }
  }
}

TEST_CASE("what large calls need again and again is kept", "[memory]") {
  Budgeted memory;
  ReadsBatch large(memory.extractor->info(), requests(20'000, 20));
  Scratch scratch(*memory.extractor);
  Result result;
  for (int call = 0; call < 6; ++call) {
    uint64_t before = allocationCount();
    Error error = memory.extractor->run(large.batch(), scratch, result);
    uint64_t made = allocationCount() - before;
    REQUIRE(!error);
    if (call >= 3) CHECK(made == 0);
  }
}

TEST_CASE("calls of several extractors share a budget, and get their memory before they begin", "[memory]") {
  auto budget = std::make_shared<MemoryBudget>();
  RunLimits limits;
  limits.memory = budget;
  auto one = limitedExtractor(kConfig, limits);
  auto other = limitedExtractor(kConfig, limits, EngineKind::Jit);
  ReadsBatch large(one->info(), requests(20'000, 50));
  ReadsBatch small(one->info(), requests(3, 3));
  Result kept;
  {
    Scratch scratch(*one);
    REQUIRE(!one->run(large.batch(), scratch, kept));
  }
  // The scratch has given back what it held, the result holds 8 MB.
  size_t held = budget->held();
  CHECK(held >= 8'000'000);
  CHECK(held == kept.bytesHeld());

  Scratch scratch(*other);
  Result result;
  REQUIRE(!other->run(small.batch(), scratch, result));
  // 8 MB of ids are too much beside the other ones.
  constexpr size_t kRoom = 15'000'000;
  budget->setLimit(kRoom);
  Error error = other->run(large.batch(), scratch, result);
  CHECK(error.code == ErrorCode::NoMemory);
  CHECK(result.items() == 0);
  REQUIRE(!other->run(small.batch(), scratch, result));
  // Not even room for the rows: refused before anything is made for them.
  budget->setLimit(budget->held() + 1000);
  uint64_t before = allocationCount();
  error = other->run(large.batch(), scratch, result);
  uint64_t made = allocationCount() - before;
  CHECK(error.code == ErrorCode::NoMemory);
  CHECK(made < 20);
  // When the other one is done with its result, there is room.
  budget->setLimit(kRoom);
  kept = {};
  REQUIRE(!other->run(large.batch(), scratch, result));
  REQUIRE(!other->run(small.batch(), scratch, result));
  result = {};
  scratch = Scratch(*one);
  CHECK(budget->held() < (size_t{1} << 20U));
}

TEST_CASE("wherever the budget ends, a call is an error or complete, and gives all back", "[memory]") {
  for (EngineKind engine : {EngineKind::Interp, EngineKind::Jit}) {
    Budgeted memory(engine);
    ReadsBatch rows(memory.extractor->info(), requests(1100, 30));
    Result whole;
    {
      Scratch scratch(*memory.extractor);
      REQUIRE(!memory.extractor->run(rows.batch(), scratch, whole));
    }
    size_t base = memory.budget->held();
    int complete = 0;
    int refused = 0;
    for (size_t room = 1000; room < (size_t{8} << 20U); room += room / 7) {
      memory.budget->setLimit(base + room);
      Scratch scratch(*memory.extractor);
      Result result;
      Error error = memory.extractor->run(rows.batch(), scratch, result);
      ++(error ? refused : complete);
      if (error) CHECK(error.code == ErrorCode::NoMemory);
      if (!error) CHECK(difference(whole, result).value_or("") == "");
    }
    CHECK(complete > 0);
    CHECK(refused > 0);
    CHECK(memory.budget->held() == base);
  }
}

TEST_CASE("memory of calls that were under way at once goes when there are never so many again", "[memory]") {
  struct Counted : LiveMemory {
    explicit Counted(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
    ~Counted() override { --alive_; }

   private:
    std::atomic<int>& alive_;
  };
  std::atomic<int> memories = 0;
  CompiledConfig config = compileConfig("memory.feat", {}, kConfig);
  EngineOptions options;
  options.engine = EngineKind::Interp;
  auto version = std::make_shared<LiveVersion>(
      VersionInfo(), makeExtractor(config.optimized, options), nullptr,
      [&](const Extractor&) { return std::make_unique<Counted>(memories); }, 2,
      std::make_shared<std::atomic<uint64_t>>());
  CHECK(memories == 2);
  auto together = [&](int calls) {
    std::vector<LiveCall> all;
    for (int i = 0; i < calls; ++i) all.emplace_back(version);
  };
  for (int round = 0; round < 100; ++round) together(24);
  CHECK(memories == 24);
  for (int round = 0; round < 5000; ++round) together(2);
  CHECK(memories >= 2);
  CHECK(memories <= 4);
}
