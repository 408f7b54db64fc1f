// SPDX-License-Identifier: Apache-2.0
// Every scheduler, on configs with and without reads, in every engine, with memory and without.
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "runtime/seda/seda_executor.h"
#include "schedulers_fixture.h"
#include "tests/common/catch.h"
#include "tests/memory/failing_memory.h"

using namespace featc;
using namespace featc::test;
using namespace std::chrono_literals;

namespace {

constexpr auto kNever = std::chrono::steady_clock::time_point::max();

// Strings, lists, maps and every kind of output; no store is asked.
constexpr const char* kNoReadsConfig = R"(model plain
request { user : int64 }
item { id : int64?
  words : string }
sparse user slot 1 = user
sparse words slot 2 = lower(split(words, " "))
sparse both slot 3 = cross(user, split(words, " "))
dense id default -1 = id
dense many width 2 = [len(words), user]
sequence parts slot 4 length 2 = split(concat(words, " ", string(id ?? 0)), " ")
)";
// Sources that nothing reads any more once the optimizer has looked.
constexpr const char* kUnusedSourceConfig = R"(model unused
request { user : int64 }
item { id : int64?
  words : string }
source person(uid: int64) { key "p:{uid}" city : string }
dense one = 1.0
sparse words slot 2 = split(words, " ")
)";

std::shared_ptr<const Extractor> extractorOf(const char* text, EngineKind engine,
                                             std::shared_ptr<Store> rows = nullptr) {
  CompiledConfig config = compileConfig("m.feat", {}, text);
  INFO(config.diagnosticsText());
  REQUIRE(config.ok());
  EngineOptions options;
  options.engine = engine;
  StoreLoadReport report;
  if (rows == nullptr) rows = MemoryStore::parse(readsRows(), config.optimized.info().sources, report);
  options.stores.fallback = std::move(rows);
  ExtractorResult made = makeExtractor(config.optimized, options);
  INFO(made.error);
  REQUIRE(made.extractor != nullptr);
  return made.extractor;
}

// Requests that are joined, and what each gives alone.
struct Joined {
  std::vector<std::unique_ptr<ReadsBatch>> batches;
  std::vector<Result> expected;

  explicit Joined(const Extractor& extractor, int count = 4) : expected(static_cast<size_t>(count)) {
    Scratch scratch(extractor);
    for (int i = 0; i < count; ++i) {
      batches.push_back(std::make_unique<ReadsBatch>(extractor.info(), readsRequests(1 + i % 2, 5 + i, i)));
      REQUIRE(!extractor.run(batches.back()->batch(), scratch, expected[static_cast<size_t>(i)]));
    }
  }
};

// What came of one request.
struct Told {
  std::atomic<int> times = 0;
  Error error;
  Result result;
};

SedaOptions joining(std::chrono::microseconds longest) {
  SedaOptions options;
  options.computeThreads = 1;
  options.eagerBatches = 0;    // requests wait for one another ...
  options.busyWait = longest;  // ... until there are all of them
  options.mostBatching = 4;
  return options;
}

struct Largest : RunObserver {
  std::atomic<size_t> requests = 0;
  void onStage(const StageReport& report) override {
    if (report.taken > requests) requests = report.taken;
  }
};

void checkAnswer(const Told& told, const Result& expected, size_t sources) {
  CHECK(told.times == 1);
  if (told.error) {
    CHECK(told.error.code == ErrorCode::NoMemory);
    return;
  }
  // A store that had no memory for its answer has failed, and that is told.
  if (told.result.reads().degraded()) return;
  CHECK(difference(expected, told.result).value_or("") == "");
  for (size_t s = 0; s < sources; ++s) CHECK(expected.reads(s) == told.result.reads(s));
}

}  // namespace

TEST_CASE("SEDA joins requests of configs with and without reads", "[serving]") {
  const char* text = GENERATE(kReadsConfig, kNoReadsConfig, kUnusedSourceConfig);
  auto extractor = extractorOf(text, GENERATE(EngineKind::Interp, EngineKind::Jit));
  Joined joined(*extractor);
  Largest largest;
  SedaOptions options = joining(20s);
  options.observer = &largest;
  SedaExecutor executor(*extractor, options);
  for (int round = 0; round < 3; ++round) {
    std::vector<std::future<SedaExecutor::Answer>> answers;
    for (auto& batch : joined.batches) answers.push_back(executor.submit(batch->batch(), kNever));
    for (size_t i = 0; i < answers.size(); ++i) {
      SedaExecutor::Answer answer = answers[i].get();
      REQUIRE(answer.error.message == "");
      CHECK(difference(joined.expected[i], answer.result).value_or("") == "");
      for (size_t s = 0; s < extractor->info().sources.size(); ++s)
        CHECK(joined.expected[i].reads(s) == answer.result.reads(s));
    }
  }
  CHECK(largest.requests == 4);
}

TEST_CASE("SEDA answers each request once whichever allocation fails", "[serving]") {
  const char* text = GENERATE(kReadsConfig, kNoReadsConfig);
  auto extractor = extractorOf(text, GENERATE(EngineKind::Interp, EngineKind::Jit));
  size_t sources = extractor->info().sources.size();
  Joined joined(*extractor);
  std::vector<std::unique_ptr<Told>> told;
  for (size_t i = 0; i < joined.batches.size(); ++i) told.push_back(std::make_unique<Told>());
  std::vector<Error> refused(told.size());
  SedaExecutor executor(*extractor, joining(3ms));
  auto submitAll = [&] {
    for (size_t i = 0; i < told.size(); ++i) {
      Told& to = *told[i];
      to.times = 0;
      to.result = {};  // so that its part needs memory
      refused[i] = executor.submit(joined.batches[i]->batch(), kNever, [&to](Error error, Result& result) {
        to.error = std::move(error);
        std::swap(to.result, result);
        ++to.times;
      });
    }
    for (size_t i = 0; i < told.size(); ++i) {
      auto patience = std::chrono::steady_clock::now() + 60s;
      while (!refused[i] && told[i]->times == 0 && std::chrono::steady_clock::now() < patience)
        std::this_thread::sleep_for(50us);
    }
  };
  // Of all requests together: the first of those that are joined has the counts of all, but each value counts once.
  auto cutOf = [&](auto&& resultOf) {
    OutputCounts sum;
    for (size_t i = 0; i < told.size(); ++i) {
      if (const Result* result = resultOf(i))
        for (size_t o = 0; o < extractor->info().outputs.size(); ++o) sum += result->counts(o);
    }
    return sum;
  };
  OutputCounts wanted = cutOf([&](size_t i) { return &joined.expected[i]; });
  if (sources == 0) REQUIRE(wanted.cutSequences > 0);
  auto countAll = [&] {
    for (size_t i = 0; i < told.size(); ++i)
      if (refused[i] || told[i]->times != 1 || told[i]->error || told[i]->result.reads().degraded()) return;
    CHECK(cutOf([&](size_t i) { return &told[i]->result; }) == wanted);
  };
  auto checkAll = [&](bool threw) {
    REQUIRE(!threw);
    countAll();
    for (size_t i = 0; i < told.size(); ++i) {
      if (refused[i])
        CHECK((refused[i].code == ErrorCode::NoMemory && told[i]->times == 0));
      else
        checkAnswer(*told[i], joined.expected[i], sources);
    }
    // The same executor goes on.
    submitAll();
    for (size_t i = 0; i < told.size(); ++i) {
      REQUIRE(!refused[i]);
      REQUIRE(!told[i]->error);
      CHECK(difference(joined.expected[i], told[i]->result).value_or("") == "");
      for (size_t s = 0; s < sources; ++s) CHECK(joined.expected[i].reads(s) == told[i]->result.reads(s));
    }
  };
  withFailingMemory(submitAll, checkAll);
}

TEST_CASE("a callback that throws ends nothing: its request has had its answer", "[serving]") {
  auto extractor = extractorOf(kNoReadsConfig, EngineKind::Interp);
  Joined joined(*extractor);
  struct Throwing : RunObserver {
    void onCall(const CallReport&) override { throw std::runtime_error("a full disk"); }
    void onStage(const StageReport&) override { throw 1; }
    void onPhase(const PhaseReport&) override { throw std::bad_alloc(); }
  } throwing;
  SedaOptions options = joining(3ms);
  options.observer = &throwing;
  std::atomic<int> called = 0;
  {
    SedaExecutor executor(*extractor, options);
    for (int round = 0; round < 3; ++round)
      for (auto& batch : joined.batches)
        REQUIRE(!executor.submit(batch->batch(), kNever, [&](const Error&, Result&) {
          ++called;
          throw std::runtime_error("a closed pipe");
        }));
    executor.drain();
  }
  CHECK(called == 12);
  // In calls of one's own too.
  Scratch scratch(*extractor);
  Result result;
  CallOptions call;
  call.observer = &throwing;
  CHECK(!extractor->run(joined.batches[0]->batch(), scratch, result, call));
  CHECK(difference(joined.expected[0], result).value_or("") == "");
}

TEST_CASE("a call whose allocations fail is an error, and the next one works", "[schedulers]") {
  const char* text = GENERATE(kReadsConfig, kNoReadsConfig);
  auto extractor = extractorOf(text, GENERATE(EngineKind::Interp, EngineKind::Jit));
  CallOptions options = GENERATE(CallOptions(), pipelined(8));
  Joined joined(*extractor, 1);
  std::optional<Scratch> scratch;
  Result result;
  Error error;
  auto run = [&] {
    // Memory that is new is asked for most often.
    scratch.reset();
    result = {};
    scratch.emplace(*extractor);
    error = extractor->run(joined.batches[0]->batch(), *scratch, result, options);
  };
  auto checkRun = [&](bool threw) {
    if (threw) {
      CHECK(!scratch);
      return;
    }
    if (error) {
      CHECK(error.code == ErrorCode::NoMemory);
      CHECK(result.outputCount() == 0);
    } else if (!result.reads().degraded()) {
      CHECK(difference(joined.expected[0], result).value_or("") == "");
    }
    REQUIRE(!extractor->run(joined.batches[0]->batch(), *scratch, result, options));
    CHECK(difference(joined.expected[0], result).value_or("") == "");
    CHECK(result.reads() == joined.expected[0].reads());
  };
  withFailingMemory(run, checkRun);
}
