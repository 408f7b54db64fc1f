// SPDX-License-Identifier: Apache-2.0
// A store that lost its rows: it answers, and what it answers is told to be no answer.
#include "stores/absent_store.h"
#include "stores/row_decoder.h"
#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/stores/fixture.h"

using namespace featc;
using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

// Keys that begin with `x` are not there.
std::shared_ptr<Store> lacksX() {
  return std::make_shared<FakeStore>([](const FetchRequest& request, Store::Done done) {
    FetchResult result = answerAll(request, KeyStatus::Found);
    for (size_t k = 0; k < request.keys.size(); ++k)
      if (request.keys[k].starts_with("x")) result.status[k] = KeyStatus::Absent;
    done(std::move(result));
  });
}

std::vector<std::string> keys(size_t there, size_t absent) {
  std::vector<std::string> all(there, "k");
  all.resize(there + absent, "x");
  return all;
}

}  // namespace

TEST_CASE("absent keys fail while too many of a source's last keys are absent", "[stores]") {
  AbsentStore store(lacksX(), 0.5);
  auto ask = [&](const char* name, size_t there, size_t absent) {
    FetchResult result = fetch(store, source(name), keys(there, absent));
    CHECK(count(result, KeyStatus::Found) == there);
    return count(result, KeyStatus::Failed);
  };
  auto stats = [&] { return storeStats(store).absent.value(); };
  // A few keys say nothing.
  CHECK(ask("hash", 0, 60) == 0);
  CHECK(ask("hash", 100, 0) == 0);
  CHECK(ask("hash", 0, 40) == 0);
  CHECK(stats().sources == 0);
  CHECK(store.problem() == "");
  CHECK(ask("hash", 0, 1) == 1);
  CHECK(stats().sources == 1);
  CHECK_THAT(store.problem(), ContainsSubstring("101 of the last 201 keys of source \"hash\" are absent"));
  // Another source is counted by itself.
  CHECK(ask("json", 60, 10) == 0);
  CHECK(stats().sources == 1);
  // The rows are there again.
  CHECK(ask("hash", 500, 10) == 0);
  CHECK(stats().sources == 0);
  CHECK(stats().rises == 1);
  CHECK(ask("hash", 0, 500) == 500);
  CHECK(stats().rises == 2);
}

TEST_CASE("a Redis that came back empty is told by max_absent", "[stores][redis]") {
  RedisServer redis;
  std::vector<std::string> keys;
  for (int i = 0; i < 100; ++i) keys.push_back("h:" + std::to_string(i));
  auto makeRows = [&] { redis.command({"EVAL", "for i = 0, 99 do redis.call('HSET', 'h:' .. i, 'age', i) end", "0"}); };
  makeRows();
  std::shared_ptr<Store> store = open(redis.url("&max_absent=40%&cache=1MB&ttl=1ms"));
  auto ask = [&](KeyStatus status) { return count(fetch(*store, source("hash"), keys), status) == keys.size(); };
  auto sources = [&] { return storeStats(*store).absent.value().sources; };
  CHECK(eventually([&] { return ask(KeyStatus::Found); }));
  redis.stop();
  redis.start();
  CHECK(eventually([&] { return ask(KeyStatus::Failed) && sources() == 1; }));
  CHECK_THAT(storeProblem(*store), ContainsSubstring("more than max_absent allows"));
  makeRows();
  CHECK(eventually([&] { return ask(KeyStatus::Found) && sources() == 0; }));
}

TEST_CASE("a store says whether it can be read", "[stores][redis]") {
  auto until = [] { return Clock::now() + std::chrono::minutes(1); };
  RedisServer redis;
  for (const char* guards : {"", "&hedge=p95&cache=1MB&max_absent=50%&timeout=1s"}) {
    CHECK(storeOpenProblem(*open(redis.url(guards)), until()) == "");
    CHECK_THAT(storeOpenProblem(*open("redis+unix:///none/at/all?db=1" + std::string(guards)), until()),
               ContainsSubstring("No such file"));
  }
  CHECK_THAT(storeOpenProblem(*open("redis://127.0.0.1:1/0?connections=3&loops=2"), until()),
             ContainsSubstring("refused"));
  CHECK_THAT(storeOpenProblem(*open("lmdb:/none/at/all?timeout=1s"), until()), ContainsSubstring("No such file"));
  CHECK(storeOpenProblem(*open("memory:"), until()) == "");
  SilentServer silent(false);
  CHECK_THAT(storeOpenProblem(*open(silent.url("?connect_timeout=50ms")), until()),
             ContainsSubstring("no connection in time"));
}
