// SPDX-License-Identifier: Apache-2.0
// Whole requests on stores outside the process: the same results whatever schedules them, and bad days.
#include <atomic>
#include <fstream>
#include <thread>

#include "runtime/seda/seda_executor.h"
#include "tests/common/catch.h"
#include "tests/stores/fill_store.h"
#include "tests/stores/fixture.h"
#include "tests/unit/schedulers_fixture.h"

using namespace featc;
using namespace featc::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr auto kNever = Clock::time_point::max();

// The rows of kReadsConfig in the store at `url`.
void fillReads(const std::string& url, const ReadsProgram& program) {
  fillStore(url, program.config.optimized.info().sources, readsRows());
}

// Requests and what each gives from rows in memory.
struct Wanted {
  std::vector<std::unique_ptr<ReadsBatch>> batches;
  std::vector<Result> results;

  explicit Wanted(const ReadsProgram& program, int count = 24) : results(static_cast<size_t>(count)) {
    auto extractor = program.bind(program.rows);
    Scratch scratch(*extractor);
    for (int i = 0; i < count; ++i) {
      batches.push_back(std::make_unique<ReadsBatch>(extractor->info(), readsRequests(1, 1 + i * 7 % 60, i)));
      REQUIRE(!extractor->run(batches.back()->batch(), scratch, results[static_cast<size_t>(i)]));
    }
  }
};

// What a bad day begins with: a Redis that has all rows.
struct Day {
  ReadsProgram program{false};
  Wanted wanted{program};
  RedisServer redis;

  Day() { fillReads(redis.url(), program); }
};

enum class Way : uint8_t { Staged, Pipelined, Seda };
constexpr Way kWays[] = {Way::Staged, Way::Pipelined, Way::Seda};

// Asks in one way or another, blocking.
class Server {
 public:
  Server(const Extractor& extractor, Way way) : extractor_(extractor), way_(way) {
    if (way == Way::Seda) executor_.emplace(extractor);
  }
  Error ask(const Batch& batch, Clock::time_point deadline, Result& result) {
    if (executor_) {
      SedaExecutor::Answer answer = executor_->submit(batch, deadline).get();
      std::swap(result, answer.result);
      return answer.error;
    }
    Scratch scratch(extractor_);
    CallOptions options;
    if (way_ == Way::Pipelined) options = pipelined(8);
    options.deadline = deadline;
    return extractor_.run(batch, scratch, result, options);
  }

 private:
  const Extractor& extractor_;
  Way way_;
  std::optional<SedaExecutor> executor_;
};

// Four callers that ask until `disturb` returns. Each request must have an answer, or a clear error, by its deadline
// and some seconds, which is what busy machines need. Answers whose reads all came must be right. Then the store
// must serve again.
void spendDay(const Extractor& extractor, const Wanted& wanted, milliseconds time,
              const std::function<void()>& disturb) {
  for (Way way : kWays) {
    CAPTURE(static_cast<int>(way));
    Server server(extractor, way);
    std::atomic<bool> over = false;
    std::atomic<size_t> answers = 0;
    std::atomic<size_t> late = 0;
    std::atomic<size_t> wrong = 0;
    std::atomic<size_t> unclear = 0;
    std::vector<std::thread> callers;
    for (size_t c = 0; c < 4; ++c) {
      callers.emplace_back([&, c] {
        for (size_t i = c; !over || i < 8; i += 4) {
          size_t n = i % wanted.batches.size();
          Clock::time_point deadline = Clock::now() + time;
          Result result;
          Error error = server.ask(wanted.batches[n]->batch(), deadline, result);
          if (Clock::now() > deadline + seconds(10)) ++late;
          ReadCounts reads = error ? ReadCounts() : result.reads();
          if (error ? error.message.find("deadline") == std::string::npos : result.items() != wanted.results[n].items())
            ++unclear;
          // A store that has just been started again is empty for a moment, and its rows are absent.
          bool isWhole = !error && reads == wanted.results[n].reads();
          if (isWhole && difference(wanted.results[n], result)) ++wrong;
          ++answers;
          if (!isWhole) std::this_thread::sleep_for(milliseconds(1));
        }
      });
    }
    disturb();
    over = true;
    for (std::thread& caller : callers) caller.join();
    CHECK(answers >= 8);
    CHECK(late == 0);
    CHECK(unclear == 0);
    CHECK(wrong == 0);
    bool serves = false;
    for (Clock::time_point until = Clock::now() + seconds(20); !serves && Clock::now() < until;) {
      Result result;
      serves = !server.ask(wanted.batches[1]->batch(), Clock::now() + seconds(10), result) &&
               !difference(wanted.results[1], result);
    }
    CHECK(serves);
  }
}

// In MB.
size_t residentMemory() {
  std::ifstream file("/proc/self/statm");
  size_t pages = 0;
  file >> pages >> pages;
  return pages / 256;
}

}  // namespace

TEST_CASE("results are the same to the bit: three schedulers, memory, LMDB, Redis", "[stores][redis]") {
  ReadsProgram program(false);
  Wanted wanted(program);
  TempFolder folder;
  RedisServer redis;
  fillReads("lmdb:" + folder.path("db"), program);
  fillReads(redis.url(), program);
  std::vector<std::shared_ptr<Store>> stores = {program.rows, open("lmdb:" + folder.path("db")),
                                                open(redis.url("&timeout=20s")),
                                                open(redis.url("&timeout=20s&cache=1MB&hedge=p95&connections=3"))};
  for (const std::shared_ptr<Store>& store : stores) {
    auto extractor = program.bind(store);
    for (Way way : kWays) {
      Server server(*extractor, way);
      for (size_t i = 0; i < wanted.batches.size(); ++i) {
        Result result;
        REQUIRE(!server.ask(wanted.batches[i]->batch(), kNever, result));
        CHECK(difference(wanted.results[i], result) == std::nullopt);
        CHECK(result.reads() == wanted.results[i].reads());
      }
    }
  }
}

TEST_CASE("requests on the day on which Redis is killed and started again", "[stores][redis]") {
  Day day;
  auto extractor = day.program.bind(open(day.redis.url()));
  spendDay(*extractor, day.wanted, milliseconds(200), [&] {
    for (int i = 0; i < 2; ++i) {
      std::this_thread::sleep_for(milliseconds(50));
      day.redis.stop();
      std::this_thread::sleep_for(milliseconds(50));
      day.redis.start();
      fillReads(day.redis.url(), day.program);
    }
  });
}

TEST_CASE("requests on the day on which Redis accepts and never answers", "[stores][redis]") {
  Day day;
  auto extractor = day.program.bind(open(day.redis.url("&breaker=off")));
  spendDay(*extractor, day.wanted, milliseconds(50), [&] {
    day.redis.pause();
    std::this_thread::sleep_for(milliseconds(300));
    day.redis.resume();
  });
}

TEST_CASE("requests on the day on which Redis is slow, with a long tail", "[stores][redis]") {
  Day day;
  std::shared_ptr<Store> rows = open(day.redis.url("&breaker=off"));
  std::atomic<int> asked = 0;
  // One in fifty takes 20 times as long as most do.
  auto slow = std::make_shared<FakeStore>([&](const FetchRequest& request, Store::Done done) {
    std::this_thread::sleep_for(milliseconds(asked++ % 50 == 0 ? 40 : 2));
    rows->fetch(request, std::move(done));
  });
  auto extractor = day.program.bind(slow);
  spendDay(*extractor, day.wanted, milliseconds(20), [] { std::this_thread::sleep_for(milliseconds(400)); });
}

TEST_CASE("requests on the day on which rows are rubbish, and one of them has 64 MB", "[stores][redis]") {
  Day day;
  auto extractor = day.program.bind(open(day.redis.url()));
  spendDay(*extractor, day.wanted, milliseconds(500), [&] {
    day.redis.command({"HSET", "s:3", "owner", "x", "tags", "[1, "});
    day.redis.command({"DEL", "m:1"});
    day.redis.command({"SET", "m:1", "text"});
    day.redis.command(
        {"EVAL", "local s = 'x' for i = 1, 26 do s = s .. s end day.redis.call('HSET', 'p:2', 'city', s)", "0"});
    size_t before = residentMemory();
    std::this_thread::sleep_for(milliseconds(300));
    // The server's 64 MB are never here, however often they are asked for.
    CHECK(residentMemory() < before + 48);
    day.redis.command({"DEL", "m:1", "s:3", "p:2"});
    fillReads(day.redis.url(), day.program);
  });
}

TEST_CASE("a request for 100,000 keys, and others beside it", "[stores][redis]") {
  Day day;
  auto extractor = day.program.bind(open(day.redis.url("&timeout=600s")));
  std::string items;
  for (int i = 0; i < 100'000; ++i)
    items += (i == 0 ? "{\"id\": " : ", {\"id\": ") + std::to_string(i) + ", \"words\": \"w\"}";
  ReadsBatch large(extractor->info(), R"({"request": {"user": 1}, "items": [)" + items + "]}\n");
  Result expected;
  {
    auto inMemory = day.program.bind(day.program.rows);
    Scratch scratch(*inMemory);
    REQUIRE(!inMemory->run(large.batch(), scratch, expected));
  }
  spendDay(*extractor, day.wanted, seconds(30), [&] {
    for (Way way : kWays) {
      Result result;
      // Not REQUIRE: the callers must be joined.
      Error error = Server(*extractor, way).ask(large.batch(), Clock::now() + seconds(600), result);
      CHECK(error.message == "");
      if (error) continue;
      CHECK(result.reads() == expected.reads());
      CHECK(difference(expected, result) == std::nullopt);
    }
  });
}

TEST_CASE("told to stop with 1,000 requests in flight on Redis", "[stores][redis]") {
  Day day;
  auto extractor = day.program.bind(open(day.redis.url()));
  for (bool drain : {true, false}) {
    std::atomic<size_t> answers = 0;
    std::atomic<size_t> late = 0;
    SedaExecutor executor(*extractor);
    for (size_t i = 0; i < 1000; ++i) {
      Clock::time_point deadline = Clock::now() + milliseconds(500);
      Error refused = executor.submit(day.wanted.batches[i % day.wanted.batches.size()]->batch(), deadline,
                                      [&, deadline](const Error&, Result&) {
                                        if (Clock::now() > deadline + seconds(10)) ++late;
                                        ++answers;
                                      });
      REQUIRE(!refused);
    }
    // Drained with a Redis that answers, cancelled with one that does not.
    if (!drain) day.redis.pause();
    drain ? executor.drain() : executor.cancel();
    day.redis.resume();
    CHECK(answers == 1000);
    CHECK(late == 0);
  }
}
