// SPDX-License-Identifier: Apache-2.0
// What a call may cost: time, items, bytes, ids of a row; and how it is stopped.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "limits_fixture.h"
#include "runtime/reads/call_cancel.h"
#include "tests/common/catch.h"
#include "tests/memory/allocation_count.h"

using namespace featc;
using namespace featc::test;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

Error runWith(const Extractor& extractor, const std::string& requests, const CallOptions& options, Result& result) {
  ReadsBatch batch(extractor.info(), requests);
  Scratch scratch(extractor);
  return extractor.run(batch.batch(), scratch, result, options);
}

constexpr const char* kWords = R"(model words
request { words : list<string> }
item { text : string }
sparse all slot 1 = cross(words, text)
sparse one slot 2 = text
sequence some slot 3 length 4 = words
dense d = len(text)
)";

}  // namespace

// Each of them takes minutes where it is not stopped.
TEST_CASE("computing that takes too long is stopped within an operator, in every engine", "[limits]") {
  struct Long {
    const char* config;
    std::string requests;
  };
  std::string numbers = "[0";
  for (int i = 1; i < 60'000; ++i) numbers += ", " + std::to_string(i % 1000);
  std::string query = "[0";
  for (int i = 1; i < 1000; ++i) query += ", " + std::to_string(i);
  numbers += "]";
  query += "]";
  std::vector<Long> all;
  all.push_back({R"(model m
request { ls : list<string> }
item { t : string }
dense d = float(max(edit_distance(ls, t)))
)",
                 oneRequest(R"({"ls": )" + wordList(200, 4000) + "}",
                            R"({"t": )" + wordList(1, 4000, 7).substr(1, 4002) + "}", 100)});
  all.push_back({R"(model m
request { q : list<int64> }
item { t : list<int64> }
dense d = proximity_avg_dist(q, t)
)",
                 oneRequest(R"({"q": )" + query + "}", R"({"t": )" + numbers + "}", 20) +
                     oneRequest(R"({"q": )" + query + "}", R"({"t": )" + numbers + "}", 20)});
  all.push_back({R"(model m
item { t : string }
sparse s slot 1 = regex_replace(t, r"a.*z|a", "b")
)",
                 oneRequest("{}", R"({"t": ")" + std::string(900'000, 'a') + "\"}", 2)});
  for (const Long& each : all) {
    for (EngineKind engine : {EngineKind::Interp, EngineKind::Jit}) {
      auto extractor = limitedExtractor(each.config, {}, engine);
      Result result;
      CallOptions options;
      options.limits.computing = 20ms;
      Error error = runWith(*extractor, each.requests, options, result);
      CHECK(error.code == ErrorCode::OverLimit);
      CHECK(error.message == "computing takes longer than the 20000 us that a call may have");
      CHECK(result.items() == 0);
      // A deadline and a caller who hangs up stop it as well.
      options.limits = {};
      options.deadline = Clock::now() + 50ms;
      CHECK(runWith(*extractor, each.requests, options, result).code == ErrorCode::Late);
      options.deadline = Clock::time_point::max();
      std::atomic<bool> cancelled = false;
      options.cancelled = &cancelled;
      std::thread caller([&] {
        std::this_thread::sleep_for(30ms);
        cancelled = true;
      });
      error = runWith(*extractor, each.requests, options, result);
      caller.join();
      CHECK(error.code == ErrorCode::Cancelled);
      CHECK(error.message == "the call was cancelled");
    }
  }
}

TEST_CASE("a call of too many items or bytes is an error, one within its limits is what it always is", "[limits]") {
  std::string requests = oneRequest(R"({"words": ["a", "b", "c"]})", R"({"text": "t"})", 600);
  for (EngineKind engine : {EngineKind::Interp, EngineKind::Jit}) {
    auto extractor = limitedExtractor(kWords, {}, engine);
    Result whole;
    REQUIRE(!runWith(*extractor, requests, {}, whole));
    for (Scheduler scheduler : {Scheduler::Staged, Scheduler::Pipelined}) {
      CallOptions options;
      options.scheduler = scheduler;
      auto run = [&](const CallLimits& limits) {
        Result result;
        options.limits = limits;
        Error error = runWith(*extractor, requests, options, result);
        if (error) {
          CHECK(result.items() == 0);
          CHECK(error.code == ErrorCode::OverLimit);
        } else {
          CHECK(difference(whole, result).value_or("") == "");
        }
        return error.message;
      };
      CHECK(run({0us, 600, 0, 0, 0}).empty());
      CHECK(run({0us, 599, 0, 0, 0}) == "the batch has 600 items; a call may have 599");
      // 600 rows of 3 ids, one id and a float, and 3 ids of the request.
      constexpr uint64_t kBytes = 600 * (4 * 8 + 4) + 3 * 8;
      CHECK(run({0us, 0, 0, kBytes, 0}).empty());
      CHECK(run({0us, 0, 0, kBytes - 1, 0}) == "the result takes more than the 21623 bytes that a call may have");
      // Not even what is there without any id.
      CHECK(run({0us, 0, 0, 100, 0}) == "the result takes more than the 100 bytes that a call may have");
      CHECK(run({0us, 0, 1 << 20, 0, 0}).empty());
      CHECK(run({0us, 0, 10'000, 0, 0}) == "operators make more than the 10000 bytes that a call may have");
      CHECK(run({std::chrono::hours(1), 600, 1 << 20, kBytes, 7}).empty());
    }
    // Of the extractor: a call may be stricter, not laxer.
    RunLimits limits;
    limits.call.items = 100;
    auto strict = limitedExtractor(kWords, limits, engine);
    CallOptions options;
    options.limits.items = 1000;
    Result result;
    CHECK(runWith(*strict, requests, options, result).message == "the batch has 600 items; a call may have 100");
    options.limits.items = 50;
    CHECK(runWith(*strict, requests, options, result).message == "the batch has 600 items; a call may have 50");
    std::string many;
    for (int i = 0; i < 101; ++i)
      many += R"({"request": {"words": []}, "items": []})"
              "\n";
    CHECK(runWith(*strict, many, {}, result).message == "the batch has 101 requests; a call may have 100");
  }
}

// An item has 3 crosses, one id of its own and 3 ids of its request; the second request has 2 words.
TEST_CASE("all ids of a row together have a bound", "[limits]") {
  std::string requests = oneRequest(R"({"words": ["a", "b", "c"]})", R"({"text": "t"})", 20) +
                         oneRequest(R"({"words": ["a", "b"]})", R"({"text": "t"})", 20);
  for (EngineKind engine : {EngineKind::Interp, EngineKind::Jit}) {
    for (uint32_t bound : {0U, 2U, 4U, 5U, 6U, 7U}) {
      RunLimits limits;
      limits.call.rowIds = bound;
      auto extractor = limitedExtractor(kWords, limits, engine);
      for (const CallOptions& options : {CallOptions(), pipelined(8)}) {
        Result result;
        REQUIRE(!runWith(*extractor, requests, options, result));
        for (int64_t item = 0; item < 40; ++item) {
          uint32_t ids = item < 20 ? 7 : 5;
          CHECK(result.status(item) == (bound != 0 && bound < ids ? RowStatus::TooManyIds : RowStatus::Ok));
        }
      }
    }
  }
}

TEST_CASE("limits and a deadline cost a warm call no memory", "[limits]") {
  ReadsProgram program(false);
  auto extractor = limitedExtractor(kWords);
  ReadsBatch batch(extractor->info(), oneRequest(R"({"words": ["a", "b", "c"]})", R"({"text": "t"})", 1200));
  Scratch scratch(*extractor);
  Result result;
  CallOptions options;
  std::atomic<bool> cancelled = false;
  options.cancelled = &cancelled;
  options.limits = {std::chrono::hours(1), 100'000, 1 << 30, 1 << 30, 1000};
  for (int call = 0; call < 5; ++call) {
    options.deadline = Clock::now() + std::chrono::hours(1);
    uint64_t before = allocationCount();
    Error error = extractor->run(batch.batch(), scratch, result, options);
    uint64_t made = allocationCount() - before;
    REQUIRE(!error);
    if (call >= 2) CHECK(made == 0);
  }
}

TEST_CASE("reads are given up a reserve before the deadline, and rows are there by it", "[limits]") {
  ReadsProgram program(true);
  ReadsBatch rows(program.extractor->info(), readsRequests(1, 40));
  for (CallOptions options : {CallOptions(), pipelined(8)}) {
    Scratch scratch(*program.extractor);
    Result result;
    // Half of the time at most, whatever the reserve is.
    options.reserve = std::chrono::hours(1);
    options.deadline = Clock::now() + 4s;
    REQUIRE(!program.extractor->run(rows.batch(), scratch, result, options));
    CHECK(Clock::now() < options.deadline);
    CHECK(result.reads(0).timedOut == 1);
    for (int64_t item = 0; item < 40; ++item) CHECK(result.status(item) == RowStatus::Ok);
    // No time for anything.
    options.deadline = Clock::now() - 1ms;
    Error error = program.extractor->run(rows.batch(), scratch, result, options);
    CHECK(error.code == ErrorCode::Late);
    CHECK(error.message == "the deadline passed before all rows were computed");
  }
}

TEST_CASE("a caller who hangs up does not wait for stores", "[limits]") {
  ReadsProgram program(true);
  ReadsBatch rows(program.extractor->info(), readsRequests(1, 40));
  for (CallOptions options : {CallOptions(), pipelined(8)}) {
    std::atomic<bool> cancelled = false;
    options.cancelled = &cancelled;
    // The time of waiting is not computing time.
    options.limits.computing = std::chrono::minutes(1);
    size_t before = program.store->count();
    std::thread caller([&] {
      CHECK(program.store->waitFor(before + 1));
      cancelled = true;
    });
    Scratch scratch(*program.extractor);
    Result result;
    Error error = program.extractor->run(rows.batch(), scratch, result, options);
    caller.join();
    CHECK(error.code == ErrorCode::Cancelled);
  }
}

TEST_CASE("a call that waits for stores sleeps until somebody cancels it", "[limits]") {
  ReadsProgram program(true);
  ReadsBatch rows(program.extractor->info(), readsRequests(1, 40));
  Scratch scratch(*program.extractor);
  Result result;
  for (CallOptions options : {CallOptions(), pipelined(8)}) {
    for (int round = 0; round < 20; ++round) {
      CallCancel cancel;
      options.cancel = &cancel;
      if (round == 0) cancel.cancel();
      cancel.clear();
      size_t before = program.store->count();
      std::thread caller([&] {
        CHECK(program.store->waitFor(before + 1));
        // At once, and when the call has been asleep for some time.
        if (round % 10 == 0) std::this_thread::sleep_for(400ms);
        cancel.cancel();
      });
      rusage start{};
      getrusage(RUSAGE_THREAD, &start);
      Error error = program.extractor->run(rows.batch(), scratch, result, options);
      rusage end{};
      getrusage(RUSAGE_THREAD, &end);
      caller.join();
      CHECK(error.code == ErrorCode::Cancelled);
      CHECK(end.ru_nvcsw - start.ru_nvcsw < 40);
    }
    // One that was cancelled before it waits does not wait.
    CallCancel cancel;
    cancel.cancel();
    options.cancel = &cancel;
    CHECK(program.extractor->run(rows.batch(), scratch, result, options).code == ErrorCode::Cancelled);
  }
}

TEST_CASE("what a block gave before it ran out of memory is not counted twice", "[limits]") {
  constexpr const char* kThree = R"(model three
item { words : list<string> }
sparse a slot 1 = cross(words, words)
sparse b slot 2 = cross(words, words, words)
sparse c slot 3 = words
)";
  constexpr uint64_t kBytes = uint64_t{512} * (36 + 216 + 6) * sizeof(uint64_t);
  std::string requests = oneRequest("{}", R"({"words": )" + wordList(6, 8) + "}", 512);
  // A group of eight rows fits, a block does not.
  RunLimits limits;
  limits.arenaBytes = 256 << 10;
  for (EngineKind engine : {EngineKind::Interp, EngineKind::Jit}) {
    auto extractor = limitedExtractor(kThree, limits, engine);
    CallOptions options;
    options.limits.resultBytes = kBytes;
    Result result;
    CHECK(runWith(*extractor, requests, options, result).message.empty());
    REQUIRE(result.items() == 512);
    CHECK(result.status(511) == RowStatus::Ok);
    options.limits.resultBytes = kBytes - 1;
    CHECK(runWith(*extractor, requests, options, result).code == ErrorCode::OverLimit);
  }
}
