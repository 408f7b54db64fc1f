// SPDX-License-Identifier: Apache-2.0
// How a call's reads are merged, sent, waited for and given up, by either scheduler.
#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "runtime/run_observer.h"
#include "schedulers_fixture.h"
#include "tests/common/catch.h"

using namespace featc;
using namespace featc::test;
using namespace std::chrono_literals;

namespace {

// What the extractor makes with answers at once.
Result expected(const ReadsProgram& program, const Batch& batch) {
  auto extractor = program.bind(program.rows);
  Scratch scratch(*extractor);
  Result result;
  REQUIRE(!extractor->run(batch, scratch, result));
  return result;
}

void checkSame(const Result& expected, const Result& result) {
  CHECK(difference(expected, result).value_or("") == "");
  CHECK(countDifference(expected, result).value_or("") == "");
  for (size_t s = 0; s < 3; ++s) CHECK(expected.reads(s) == result.reads(s));
}

// One run() on a thread of its own.
class Running {
 public:
  Running(const Extractor& extractor, const Batch& batch, CallOptions options)
      : thread_([this, &extractor, &batch, options] {
          Scratch scratch(extractor);
          error = extractor.run(batch, scratch, result, options);
        }) {}
  ~Running() {
    if (thread_.joinable()) thread_.join();
  }
  void join() { thread_.join(); }

  Error error;
  Result result;

 private:
  std::thread thread_;
};

class Phases : public RunObserver {
 public:
  void onPhase(const PhaseReport& report) override {
    std::lock_guard lock(mutex_);
    rows_[{report.phase, report.scope}] += report.rows;
    changed_.notify_all();
  }
  bool waitFor(uint32_t phase, Scope scope, int64_t rows) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return rows_[{phase, scope}] >= rows; });
  }
  int64_t rows(uint32_t phase, Scope scope) {
    std::lock_guard lock(mutex_);
    return rows_[{phase, scope}];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::pair<uint32_t, Scope>, int64_t> rows_;
};

}  // namespace

TEST_CASE("staged: one fetch a source and level, each key once, no field that nothing uses", "[schedulers]") {
  ReadsProgram program(false);
  ReadsBatch rows(program.extractor->info(), readsRequests(3, 50));
  Scratch scratch(*program.extractor);
  Result result;
  REQUIRE(!program.extractor->run(rows.batch(), scratch, result));
  std::map<std::string, int> trips;
  for (const HeldStore::Fetch& fetch : program.store->fetches()) {
    ++trips[fetch.source];
    CHECK(std::set<std::string>(fetch.keys.begin(), fetch.keys.end()).size() == fetch.keys.size());
    CHECK(std::count(fetch.fields.begin(), fetch.fields.end(), "unused") == 0);
  }
  // Shops are read by item ids, and on the second level by what people like.
  CHECK(trips == std::map<std::string, int>{{"person", 1}, {"shop", 2}, {"maker", 1}});
  ReadCounts shops = result.reads(1);
  CHECK(shops.keys == shops.found + shops.absent);
  CHECK(shops.absent > 0);
  CHECK(result.reads(0) == ReadCounts{3, 3, 0, 0, 0, 0});
}

TEST_CASE("pipelined: the same results for every shard size, each key once a level, at most levels x shards trips",
          "[schedulers]") {
  ReadsProgram program(false);
  for (int items : {0, 1, 8, 50, 700}) {
    ReadsBatch rows(program.extractor->info(), readsRequests(2, items));
    Result meaning = expected(program, rows.batch());
    Scratch scratch(*program.extractor);
    Result result;
    for (int64_t shardItems : {0, 1, 8, 24, 4096}) {
      size_t before = program.store->count();
      REQUIRE(!program.extractor->run(rows.batch(), scratch, result, pipelined(shardItems)));
      checkSame(meaning, result);
      auto fetches = program.store->fetches();
      std::map<std::string, size_t> trips;
      std::map<std::string, std::multiset<std::string>> keys;
      for (size_t f = before; f < fetches.size(); ++f) {
        ++trips[fetches[f].source];
        keys[fetches[f].source].insert(fetches[f].keys.begin(), fetches[f].keys.end());
      }
      size_t rowsOfShard = shardItems == 0 ? 64 : static_cast<size_t>((shardItems + 7) / 8 * 8);
      size_t shards = 1 + (static_cast<size_t>(2 * items) + rowsOfShard - 1) / rowsOfShard;
      CHECK(trips["maker"] <= shards);
      CHECK(trips["shop"] <= 2 * shards);
      for (const std::string& key : keys["maker"]) CHECK(keys["maker"].count(key) == 1);
    }
  }
}

TEST_CASE("pipelined: a shard's second level starts when its own first level is back", "[schedulers]") {
  ReadsProgram program(true);
  ReadsBatch rows(program.extractor->info(), readsRequests(1, 24));
  Result meaning = expected(program, rows.batch());
  Phases phases;
  CallOptions options = pipelined(8);
  options.observer = &phases;
  Running call(*program.extractor, rows.batch(), options);
  // The request's person, then the shops of three shards of items.
  REQUIRE(program.store->waitFor(4));
  CHECK(program.store->fetches()[0].source == "person");
  // What needs no read is computed meanwhile, what does is not.
  CHECK(phases.waitFor(1, Scope::Item, 24));
  CHECK(phases.rows(2, Scope::Item) == 0);
  program.store->answer(0);
  REQUIRE(program.store->waitFor(5));
  CHECK(program.store->fetches()[4].source == "shop");
  program.store->answer(2);
  REQUIRE(program.store->waitFor(6));
  CHECK(program.store->fetches()[5].source == "maker");
  CHECK(phases.waitFor(3, Scope::Item, 8));
  CHECK(phases.rows(2, Scope::Item) == 8);
  // The rest comes in no order.
  for (size_t index : {5, 3, 4, 1}) program.store->answer(index);
  REQUIRE(program.store->waitFor(8));
  program.store->answer(7);
  program.store->answer(6);
  call.join();
  REQUIRE(!call.error);
  checkSame(meaning, call.result);
}

TEST_CASE("answers of other threads in any order give the same result", "[schedulers]") {
  ReadsProgram program(true);
  ReadsBatch rows(program.extractor->info(), readsRequests(4, 60));
  Result meaning = expected(program, rows.batch());
  for (CallOptions options : {CallOptions(), pipelined(16), pipelined(64)}) {
    size_t answered = program.store->count();
    Running call(*program.extractor, rows.batch(), options);
    std::atomic<bool> over = false;
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&, t] {
        while (!over) {
          size_t count = program.store->count();
          for (size_t i = count; i-- > answered;)
            if (i % 2 == static_cast<size_t>(t)) program.store->answer(i);
          std::this_thread::yield();
        }
      });
    }
    call.join();
    over = true;
    for (std::thread& thread : threads) thread.join();
    REQUIRE(!call.error);
    checkSame(meaning, call.result);
  }
}

TEST_CASE("at the deadline what has not come is missing, and says so; late answers hurt nobody", "[schedulers]") {
  ReadsProgram program(true);
  auto rows = std::make_unique<ReadsBatch>(program.extractor->info(), readsRequests(1, 40));
  for (CallOptions options : {CallOptions(), pipelined(8)}) {
    size_t before = program.store->count();
    auto scratch = std::make_unique<Scratch>(*program.extractor);
    Result result;
    // Half of the time is for computing, so that a busy machine has it too.
    options.reserve = std::chrono::hours(1);
    auto begin = std::chrono::steady_clock::now();
    options.deadline = begin + 4s;
    REQUIRE(!program.extractor->run(rows->batch(), *scratch, result, options));
    CHECK(std::chrono::steady_clock::now() >= begin + 1s);
    for (int64_t item = 0; item < 40; ++item) {
      CHECK(result.status(item) == RowStatus::Ok);
      CHECK(result.output(2).dense[static_cast<size_t>(item)] == -1);
    }
    CHECK(result.reads(0) == ReadCounts{1, 0, 0, 0, 1, 0});
    CHECK(result.reads(0).degraded());
    CHECK(result.reads(1).timedOut == result.reads(1).keys);
    CHECK(result.reads(1).keys > 30);
    // Their keys never came to be.
    CHECK(result.reads(2).keys == 0);
    // The same memory serves another call before the answers come, and after.
    options.deadline = std::chrono::steady_clock::now() + 4s;
    REQUIRE(!program.extractor->run(rows->batch(), *scratch, result, options));
    CHECK(result.reads(0).timedOut == 1);
    for (size_t i = before; i < program.store->count(); i += 2) program.store->answer(i);
    options.deadline = std::chrono::steady_clock::now() + 4s;
    REQUIRE(!program.extractor->run(rows->batch(), *scratch, result, options));
    scratch.reset();
    result = {};
    for (size_t i = before; i < program.store->count(); ++i) program.store->answer(i);
  }
  CHECK(program.store->count() > 0);
}

TEST_CASE("answers come when the extractor, the call and its rows are gone", "[schedulers]") {
  std::shared_ptr<HeldStore> store;
  {
    ReadsProgram program(true);
    ReadsBatch rows(program.extractor->info(), readsRequests(1, 10));
    CallOptions options;
    options.reserve = std::chrono::hours(1);
    options.deadline = std::chrono::steady_clock::now() + 4s;
    Scratch scratch(*program.extractor);
    Result result;
    store = program.store;
    REQUIRE(!program.extractor->run(rows.batch(), scratch, result, options));
  }
  REQUIRE(store->count() == 2);
  store->answer(0);
  store->answer(1);
}

TEST_CASE("keys that a store could not read are missing and counted, the others are there", "[schedulers]") {
  // Each third key fails, each third times out.
  class Partial : public Store {
   public:
    explicit Partial(std::shared_ptr<Store> rows) : rows_(std::move(rows)) {}
    void fetch(const FetchRequest& request, Done done) override {
      rows_->fetch(request, [done = std::move(done)](FetchResult result) {
        for (size_t k = 0; k < result.status.size(); ++k)
          if (k % 3 != 0) result.status[k] = k % 3 == 1 ? KeyStatus::Failed : KeyStatus::TimedOut;
        done(std::move(result));
      });
    }

   private:
    std::shared_ptr<Store> rows_;
  };
  ReadsProgram program(false);
  auto extractor = program.bind(std::make_shared<Partial>(program.rows));
  ReadsBatch rows(extractor->info(), readsRequests(1, 6));
  Scratch scratch(*extractor);
  Result result;
  REQUIRE(!extractor->run(rows.batch(), scratch, result));
  // Items 0 .. 5 read shops 0 .. 5.
  for (size_t item = 0; item < 6; ++item) {
    int64_t ids = result.output(1).offsets[item + 1] - result.output(1).offsets[item];
    CHECK(ids == (item % 3 == 0 ? 2 : 0));
  }
  CHECK(result.reads(1).failed >= 2);
  CHECK(result.reads(1).timedOut >= 2);
}

TEST_CASE("a missing key reads nothing", "[schedulers]") {
  ReadsProgram program(false);
  ReadsBatch rows(program.extractor->info(), R"({"request": {"user": 13}, "items": [{"words": "a"}]})");
  Scratch scratch(*program.extractor);
  Result result;
  REQUIRE(!program.extractor->run(rows.batch(), scratch, result));
  CHECK(program.store->count() == 1);
  CHECK(result.reads(1) == ReadCounts());
  CHECK(result.reads(0) == ReadCounts{1, 0, 1, 0, 0, 0});
}
