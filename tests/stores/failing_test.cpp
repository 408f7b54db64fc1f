// SPDX-License-Identifier: Apache-2.0
// Redis and the guards with each of their allocations failing in turn; timers, and stores that end while they run.
#include <atomic>
#include <thread>

#include "data/memory/memory_store.h"
#include "stores/deadline_store.h"
#include "stores/hedge_store.h"
#include "stores/timers.h"
#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/memory/failing_memory.h"
#include "tests/stores/fixture.h"

using namespace featc;
using namespace featc::test;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const std::vector<uint32_t> kFields = {0, 1, 2, 3, 4, 5, 6, 7, 8};

std::shared_ptr<MemoryStore> rowsInMemory() {
  StoreLoadReport report;
  return MemoryStore::parse(rowLines(), sources(), report);
}

// Asks one thing again and again.
struct Asker {
  const SourceInfo& from;
  std::vector<std::string> keys;
  std::atomic<int> answers = 0;
  FetchResult answer;

  Asker(const SourceInfo& source, std::vector<std::string> k) : from(source), keys(std::move(k)) {}
  // Waits, without asking for memory itself, until there is an answer.
  void ask(Store& store) {
    answers = 0;
    answer = {};
    store.ask({&from, keys, kFields}, [this](FetchResult result) {
      answer = std::move(result);
      ++answers;
    });
    eventually([this] { return answers > 0; });
  }
};

}  // namespace

TEST_CASE("Redis answers each fetch once whichever allocation fails, and serves again", "[stores][redis]") {
  RedisServer redis;
  fill(redis.url());
  const char* name = GENERATE("hash", "json");
  const std::vector<std::string> keys{std::string(1, name[0]) + ":plain", std::string(1, name[0]) + ":nobody"};
  std::shared_ptr<Store> store = open(redis.url("&timeout=20s&breaker=off"));
  Asker asker(source(name), keys);
  asker.ask(*store);
  const std::string wanted = show(asker.answer, source(name));
  REQUIRE(count(asker.answer, KeyStatus::Found) == 1);
  auto check = [&](bool threw) {
    // Without memory for taking an answer nothing is asked.
    CHECK(asker.answers == (threw ? 0 : 1));
    // A connection that lacked memory is made anew.
    CHECK(eventually([&] {
      asker.ask(*store);
      return asker.answers == 1 && show(asker.answer, source(name)) == wanted;
    }));
  };
  withFailingMemory([&] { asker.ask(*store); }, check);
}

TEST_CASE("Redis is opened with memory that fails", "[stores][redis]") {
  RedisServer redis;
  fill(redis.url());
  Asker asker(source("hash"), {"h:plain"});
  std::shared_ptr<Store> store;
  auto check = [&](bool) {
    if (store == nullptr) store = open(redis.url("&breaker=off"));
    CHECK(eventually([&] {
      asker.ask(*store);
      return count(asker.answer, KeyStatus::Found) == 1;
    }));
  };
  const std::string url = redis.url("&breaker=off");
  auto openIt = [&] {
    store = nullptr;
    store = openStore(url).store;
    std::this_thread::sleep_for(milliseconds(1));  // so that its thread comes to connect
  };
  withFailingMemory(openIt, check);
}

TEST_CASE("a timer's number is known before its call comes", "[stores]") {
  Timers timers;
  for (int i = 0; i < 500; ++i) {
    Timers::Id id{};
    Timers::Id seen{};
    std::atomic<bool> came = false;
    timers.at(
        Clock::now() - milliseconds(i % 2),
        [&] {
          seen = id;
          came = true;
        },
        id);
    REQUIRE(eventually([&] { return came.load(); }));
    CHECK(seen == id);
    CHECK(seen != Timers::Id{});
  }
}

TEST_CASE("stores end while their timers' calls begin", "[stores]") {
  auto rows = rowsInMemory();
  const std::vector<std::string> keys = {"h:plain"};
  std::atomic<int> answers = 0;
  int asked = 0;
  for (int round = 0; round < 60; ++round) {
    // Answers late enough that a second read is due at any moment of the end.
    auto slow = std::make_shared<FakeStore>([&](const FetchRequest& request, Store::Done done) {
      std::this_thread::sleep_for(microseconds(20 * (round % 7)));
      rows->fetch(request, std::move(done));
    });
    auto hedge = std::make_unique<HedgeStore>(slow, 50);
    for (int i = 0; i < 70; ++i, ++asked) hedge->ask({&source("hash"), keys, kFields}, [&](FetchResult) { ++answers; });
    hedge.reset();
    auto deadline = std::make_unique<DeadlineStore>(slow, microseconds(50));
    for (int i = 0; i < 5; ++i, ++asked)
      deadline->ask({&source("hash"), keys, kFields}, [&](FetchResult) { ++answers; });
    deadline.reset();
  }
  CHECK(answers == asked);
}
