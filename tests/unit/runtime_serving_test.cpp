// SPDX-License-Identifier: Apache-2.0
// The SEDA executor: joined requests, bounded queues, deadlines, and ends.
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "runtime/seda/batching_controller.h"
#include "runtime/seda/seda_executor.h"
#include "schedulers_fixture.h"
#include "tests/common/catch.h"

using namespace featc;
using namespace featc::test;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;
constexpr Clock::time_point kNever = Clock::time_point::max();

// Requests of different sizes with what each gives alone.
struct Requests {
  std::vector<std::unique_ptr<ReadsBatch>> batches;
  std::vector<Result> expected;

  Requests(const ReadsProgram& program, int count) : batches(static_cast<size_t>(count)), expected(batches.size()) {
    auto extractor = program.bind(program.rows);
    Scratch scratch(*extractor);
    for (size_t i = 0; i < batches.size(); ++i) {
      auto n = static_cast<int>(i);
      batches[i] =
          std::make_unique<ReadsBatch>(extractor->info(), readsRequests(i % 10 == 9 ? 2 : 1, (n * 7) % 23, n % 12));
      REQUIRE(!extractor->run(batches[i]->batch(), scratch, expected[i]));
    }
  }
};

// A store that answers nothing and forgets nothing.
std::shared_ptr<HeldStore> silentStore(const ReadsProgram& program) {
  return std::make_shared<HeldStore>(program.rows, true);
}

struct Stages : RunObserver {
  std::atomic<size_t> largest = 0;
  std::atomic<size_t> fetched = 0;
  std::atomic<size_t> computed = 0;
  std::atomic<size_t> refused = 0;
  std::atomic<size_t> calls = 0;
  void onStage(const StageReport& report) override {
    (report.stage == Stage::Fetch ? fetched : computed) += report.taken;
    if (report.stage == Stage::Fetch && report.taken > largest) largest = report.taken;
  }
  void onRefused(Stage) override { ++refused; }
  void onCall(const CallReport&) override { ++calls; }
};

}  // namespace

TEST_CASE("every caller of the executor gets what it would get alone", "[serving]") {
  ReadsProgram program(false);
  Requests requests(program, 300);
  Stages stages;
  SedaOptions options;
  options.observer = &stages;
  options.computeThreads = 2;
  options.eagerBatches = 0;  // requests wait for one another
  options.busyWait = 2ms;
  std::vector<std::future<SedaExecutor::Answer>> answers;
  {
    SedaExecutor executor(*program.extractor, options);
    for (auto& batch : requests.batches) answers.push_back(executor.submit(batch->batch(), kNever));
    executor.drain();
  }
  for (size_t i = 0; i < answers.size(); ++i) {
    SedaExecutor::Answer answer = answers[i].get();
    REQUIRE(answer.error.message.empty());
    CHECK(difference(requests.expected[i], answer.result) == std::nullopt);
    CHECK(answer.result.requests() == requests.expected[i].requests());
    CHECK(answer.result.items() == requests.expected[i].items());
    for (size_t s = 0; s < 3; ++s) CHECK(answer.result.reads(s) == requests.expected[i].reads(s));
  }
  // They were joined, and keys that several asked for were read once.
  CHECK(stages.largest > 1);
  CHECK(stages.fetched == 300);
  CHECK(stages.computed == 300);
  CHECK(stages.calls == 300);
  uint64_t alone = 0;
  for (const Result& result : requests.expected) alone += result.reads().keys;
  uint64_t read = 0;
  for (const HeldStore::Fetch& fetch : program.store->fetches()) {
    read += fetch.keys.size();
    CHECK(std::set<std::string>(fetch.keys.begin(), fetch.keys.end()).size() == fetch.keys.size());
  }
  CHECK(read < alone);
}

TEST_CASE("answers of stores on other threads take a batch through both read levels", "[serving]") {
  ReadsProgram program(true);
  Requests requests(program, 40);
  SedaExecutor executor(*program.extractor);
  std::vector<std::future<SedaExecutor::Answer>> answers;
  for (auto& batch : requests.batches) answers.push_back(executor.submit(batch->batch(), kNever));
  std::atomic<bool> over = false;
  std::thread answering([&] {
    for (size_t next = 0; !over;) {
      while (next < program.store->count()) program.store->answer(next++);
      std::this_thread::sleep_for(1ms);
    }
  });
  for (size_t i = 0; i < answers.size(); ++i) {
    SedaExecutor::Answer answer = answers[i].get();
    CHECK(answer.error.message.empty());
    CHECK(difference(requests.expected[i], answer.result) == std::nullopt);
  }
  over = true;
  answering.join();
}

TEST_CASE("a full queue refuses at once, or drops the request that has waited longest", "[serving]") {
  ReadsProgram program(true);
  Requests requests(program, 8);
  Stages stages;
  SedaOptions options;
  options.observer = &stages;
  options.batchesUnderWay = 1;
  options.queueRequests = 3;
  options.longestWait = 0us;
  options.whenFull = GENERATE(WhenFull::Refuse, WhenFull::DropOldest);
  SedaExecutor executor(*program.extractor, options);
  std::vector<std::future<SedaExecutor::Answer>> answers;
  answers.push_back(executor.submit(requests.batches[0]->batch(), kNever));
  REQUIRE(program.store->waitFor(1));
  for (size_t i = 1; i < 8; ++i) answers.push_back(executor.submit(requests.batches[i]->batch(), kNever));
  CHECK(executor.depths().fetchQueue == 3);
  CHECK(stages.refused == 4);
  bool drops = options.whenFull == WhenFull::DropOldest;
  for (size_t i = drops ? 1 : 4; i < (drops ? 5U : 8U); ++i) {
    REQUIRE(answers[i].wait_for(60s) == std::future_status::ready);
    CHECK(answers[i].get().error.message == (drops ? "the queue is full and this request had waited longest"
                                                   : "the queue is full; the request was refused"));
  }
  executor.cancel();
}

TEST_CASE("stores that never answer: every request has its answer by its deadline", "[serving]") {
  ReadsProgram program(false);
  auto extractor = program.bind(silentStore(program));
  Requests requests(program, 200);
  size_t degraded = 0;
  // A machine that is busy with something else may need more time than that for the first of them.
  for (auto time = 400ms; degraded == 0 && time < 60s; time *= 3) {
    SedaOptions options;
    options.batchesUnderWay = 4;
    options.reserve = time / 3;
    SedaExecutor executor(*extractor, options);
    std::vector<std::future<SedaExecutor::Answer>> answers;
    Clock::time_point deadline = Clock::now() + time;
    for (size_t i = 0; i < 200; ++i) answers.push_back(executor.submit(requests.batches[i]->batch(), deadline));
    for (size_t i = 0; i < 200; ++i) {
      REQUIRE(answers[i].wait_until(deadline + 60s) == std::future_status::ready);
      SedaExecutor::Answer answer = answers[i].get();
      if (answer.error) {
        CHECK(answer.error.message == "the deadline passed before the request could be computed");
      } else {
        CHECK(answer.result.items() == requests.expected[i].items());
        // Each of them says so, not only the first of a batch.
        CHECK(answer.result.reads(0).timedOut == requests.expected[i].reads(0).keys);
        degraded += answer.result.reads(0).timedOut;
      }
    }
  }
  // Reads of those that were under way were given up in time to compute what there was.
  CHECK(degraded > 0);
}

TEST_CASE("told to stop with 1,000 requests in flight", "[serving]") {
  ReadsProgram program(false);
  Requests requests(program, 50);
  SedaOptions options;
  options.queueRequests = 2000;
  std::atomic<size_t> fine = 0;
  std::atomic<size_t> failed = 0;
  auto done = [&](const Error& error, Result&) { ++(error ? failed : fine); };
  SECTION("drained: all are computed") {
    SedaExecutor executor(*program.extractor, options);
    for (size_t i = 0; i < 1000; ++i) REQUIRE(!executor.submit(requests.batches[i % 50]->batch(), kNever, done));
    executor.drain();
    CHECK(fine == 1000);
    CHECK(executor.submit(requests.batches[0]->batch(), kNever, done).message == "the executor has been stopped");
  }
  SECTION("cancelled while stores are silent: all have an error") {
    auto extractor = program.bind(silentStore(program));
    SedaExecutor executor(*extractor, options);
    for (size_t i = 0; i < 1000; ++i) REQUIRE(!executor.submit(requests.batches[i % 50]->batch(), kNever, done));
    executor.cancel();
    CHECK(failed == 1000);
  }
  SECTION("drained while stores are silent: all are answered by their deadline") {
    auto extractor = program.bind(silentStore(program));
    SedaExecutor executor(*extractor, options);
    Clock::time_point deadline = Clock::now() + 100ms;
    for (size_t i = 0; i < 1000; ++i) REQUIRE(!executor.submit(requests.batches[i % 50]->batch(), deadline, done));
    executor.drain();
    CHECK(fine + failed == 1000);
  }
  SECTION("destroyed at once") {
    {
      SedaExecutor executor(*program.extractor, options);
      for (size_t i = 0; i < 1000; ++i) REQUIRE(!executor.submit(requests.batches[i % 50]->batch(), kNever, done));
    }
    CHECK(fine + failed == 1000);
  }
}

TEST_CASE("a request that does not fit is refused; one that cannot be bound spoils no other", "[serving]") {
  ReadsProgram program(false);
  Requests requests(program, 6);
  SedaOptions options;
  options.longestWait = 50ms;
  SedaExecutor executor(*program.extractor, options);
  Batch wrong;
  CHECK(executor.submit(wrong, kNever).get().error.message == "the batch has 0 columns, but the model has 3 fields");

  ReadsBatch source(program.extractor->info(), readsRequests(1, 4));
  Batch broken = source.batch();
  std::vector<ColumnData> columns(broken.columns.begin(), broken.columns.end());
  columns[2].offsets = nullptr;
  broken.columns = columns;
  std::vector<std::future<SedaExecutor::Answer>> answers;
  for (size_t round = 0; round < 20; ++round) {
    for (size_t i = 0; i < 6; ++i) answers.push_back(executor.submit(requests.batches[i]->batch(), kNever));
    answers.push_back(executor.submit(broken, kNever));
  }
  for (size_t i = 0; i < answers.size(); ++i) {
    SedaExecutor::Answer answer = answers[i].get();
    if (i % 7 == 6)
      CHECK(answer.error.message == "item.words: the column has no offsets");
    else
      CHECK(difference(requests.expected[i % 7], answer.result) == std::nullopt);
  }
}

TEST_CASE("the batching factor follows the queue", "[serving]") {
  BatchingController controller(16);
  CHECK(controller.factor() == 1);
  for (int i = 0; i < 100; ++i) controller.observe(controller.factor(), 40);
  CHECK(controller.factor() == 16);
  // Batches that are filled just so keep it, batches that are not lower it.
  size_t before = controller.factor();
  for (int i = 0; i < 40; ++i) controller.observe(controller.factor(), 0);
  CHECK(controller.factor() == before);
  for (int i = 0; i < 40; ++i) controller.observe(1, 0);
  CHECK(controller.factor() == 1);
}
