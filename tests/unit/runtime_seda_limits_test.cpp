// SPDX-License-Identifier: Apache-2.0
// What requests of the SEDA executor may cost: one that costs too much is an error of its own, not of those that it
// was joined with.
#include <atomic>
#include <future>

#include "limits_fixture.h"
#include "runtime/seda/seda_executor.h"
#include "tests/common/catch.h"

using namespace featc;
using namespace featc::test;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;
constexpr Clock::time_point kNever = Clock::time_point::max();

constexpr const char* kWithoutReads = R"(model plain
request { words : list<string> }
item { text : string }
sparse all slot 1 = cross(words, text)
)";
constexpr const char* kWithReads = R"(model reading
request { words : list<string> }
item { text : string }
source shop(name: string) { key "s:{name}" tags : list<string> }
sparse all slot 1 = cross(words, text)
sparse tags slot 2 = shop(text).tags
)";

struct Largest : RunObserver {
  std::atomic<size_t> taken = 0;
  void onStage(const StageReport& report) override {
    if (report.stage == Stage::Fetch && report.taken > taken) taken = report.taken;
  }
};

// Many small requests and some that go past the limit, joined as far as may be.
void checkJoined(const char* config, const CallLimits& limits, const std::string& large, ErrorCode failure) {
  std::shared_ptr<Store> store;
  StoreLoadReport report;
  CompiledConfig compiled = compileConfig("seda.feat", {}, config);
  store = MemoryStore::parse(R"({"source": "shop", "name": "t3", "tags": ["x", "y"]})"
                             "\n",
                             compiled.optimized.info().sources, report);
  auto extractor = limitedExtractor(config, {}, EngineKind::Interp, store);
  std::vector<std::unique_ptr<ReadsBatch>> batches;
  std::vector<Result> expected(24);
  Scratch scratch(*extractor);
  for (size_t i = 0; i < expected.size(); ++i) {
    std::string number = std::to_string(i);
    std::string text = i % 8 == 5 ? large
                                  : oneRequest(R"({"words": ["a", "w)" + number + "\"]}",
                                               R"({"text": "t)" + number + "\"}", static_cast<int>(i % 4));
    batches.push_back(std::make_unique<ReadsBatch>(extractor->info(), text));
    if (i % 8 != 5) REQUIRE(!extractor->run(batches[i]->batch(), scratch, expected[i]));
  }
  Largest joined;
  SedaOptions options;
  options.observer = &joined;
  options.limits = limits;
  options.longestWait = 50ms;
  // Requests wait for others from the beginning.
  options.eagerBatches = 0;
  options.busyWait = 50ms;
  std::vector<std::future<SedaExecutor::Answer>> answers;
  SedaExecutor executor(*extractor, options);
  for (auto& batch : batches) answers.push_back(executor.submit(batch->batch(), kNever));
  for (size_t i = 0; i < answers.size(); ++i) {
    SedaExecutor::Answer answer = answers[i].get();
    if (i % 8 == 5) {
      CHECK(answer.error.code == failure);
      CHECK(!answer.error.message.empty());
      CHECK(answer.result.items() == 0);
    } else {
      REQUIRE(answer.error.message.empty());
      CHECK(difference(expected[i], answer.result).value_or("") == "");
      for (size_t s = 0; s < extractor->info().sources.size(); ++s)
        CHECK(answer.result.reads(s) == expected[i].reads(s));
    }
  }
  CHECK(joined.taken > 1);
}

}  // namespace

TEST_CASE("a request that costs too much is an error, those that it was joined with are computed again", "[limits]") {
  std::string large = oneRequest(R"({"words": )" + wordList(300, 8) + "}", R"({"text": "t"})", 500);
  for (const char* config : {kWithoutReads, kWithReads}) {
    CallLimits limits;
    limits.valueBytes = 100'000;
    checkJoined(config, limits, large, ErrorCode::OverLimit);
    limits = {};
    limits.resultBytes = 50'000;
    checkJoined(config, limits, large, ErrorCode::OverLimit);
    limits = {};
    limits.items = 100;
    checkJoined(config, limits, large, ErrorCode::OverLimit);
  }
}

TEST_CASE("a request that computes too long holds up nobody for ever", "[limits]") {
  // Minutes, were it not stopped.
  constexpr const char* kSlow = R"(model slow
request { words : list<string> }
item { text : string }
dense far = float(max(edit_distance(words, text)))
)";
  CallLimits limits;
  limits.computing = 200ms;
  std::string item = R"({"text": )" + wordList(1, 4000, 7).substr(1, 4002) + "}";
  checkJoined(kSlow, limits, oneRequest(R"({"words": )" + wordList(400, 4000) + "}", item, 100), ErrorCode::OverLimit);
}

TEST_CASE("a request whose caller hung up is answered with an error before it is computed", "[limits]") {
  ReadsProgram program(true);
  SedaOptions options;
  options.batchesUnderWay = 1;
  options.longestWait = 0us;
  SedaExecutor executor(*program.extractor, options);
  ReadsBatch rows(program.extractor->info(), readsRequests(1, 5));
  auto first = executor.submit(rows.batch(), kNever);
  REQUIRE(program.store->waitFor(1));
  std::atomic<bool> cancelled = true;
  std::promise<Error> told;
  REQUIRE(!executor.submit(
      rows.batch(), kNever, [&](Error error, Result&) { told.set_value(std::move(error)); }, &cancelled));
  for (size_t next = 0; first.wait_for(1ms) != std::future_status::ready;)
    while (next < program.store->count()) program.store->answer(next++);
  CHECK(first.get().error.message.empty());
  Error error = told.get_future().get();
  CHECK(error.code == ErrorCode::Cancelled);
}
