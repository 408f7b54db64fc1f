// SPDX-License-Identifier: Apache-2.0
// Redis on bad days: killed, silent, slow to answer, with values that are too large; and with passwords.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/stores/fixture.h"

using namespace featc;
using namespace featc::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::vector<std::string> numberedKeys(const std::string& prefix, size_t count) {
  std::vector<std::string> keys;
  for (size_t i = 0; i < count; ++i) keys.push_back(prefix + std::to_string(i));
  return keys;
}

// Rows prefix0, prefix1 ... with a field age, made by the server itself.
void makeRows(const RedisServer& redis, size_t count) {
  redis.command({"EVAL",
                 "for i = 0, ARGV[1] - 1 do redis.call('HSET', 'h:' .. i, 'age', i) "
                 "redis.call('SET', 'j:' .. i, '{\"age\":' .. i .. '}') end",
                 "0", std::to_string(count)});
}

// The most memory that this process has had, in bytes.
size_t mostMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    size_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes << 10U;
  }
  return 0;
}

}  // namespace

TEST_CASE("100,000 distinct keys in one request", "[stores][redis]") {
  RedisServer redis;
  makeRows(redis, 100'000);
  std::shared_ptr<Store> store = open(redis.url("&timeout=60s"));
  for (const char* name : {"hash", "json"}) {
    FetchResult result = fetch(*store, source(name), numberedKeys(std::string(1, name[0]) + ":", 100'001));
    REQUIRE(count(result, KeyStatus::Found) == 100'000);
    CHECK(result.status.back() == KeyStatus::Absent);
    size_t right = 0;
    for (uint32_t i = 0; i < 100'000; ++i) right += result.columns[0].get<int64_t>(i) == i ? 1 : 0;
    CHECK(right == 100'000);
  }
}

TEST_CASE("a value of 64 MB fails alone and is never in memory", "[stores][redis]") {
  RedisServer redis;
  makeRows(redis, 1000);
  redis.command({"EVAL",
                 "local s = 'x' for i = 1, 26 do s = s .. s end redis.call('HSET', 'h:500', 'name', s) "
                 "redis.call('SET', 'j:0', s) redis.call('SET', 'j:777', s)",
                 "0"});
  std::shared_ptr<Store> store = open(redis.url("&timeout=60s"));
  size_t before = mostMemory();
  FetchResult hash = fetch(*store, source("hash"), numberedKeys("h:", 1000));
  CHECK(count(hash, KeyStatus::Found) == 999);
  CHECK(hash.status[500] == KeyStatus::Failed);
  CHECK(storeProblem(*store).find("max_value_bytes") != std::string::npos);
  FetchResult json = fetch(*store, source("json"), numberedKeys("j:", 1000));
  CHECK(count(json, KeyStatus::Found) == 998);
  CHECK(json.status[0] == KeyStatus::Failed);
  CHECK(json.status[777] == KeyStatus::Failed);
  CHECK(json.columns[0].get<int64_t>(778) == 778);
  CHECK(mostMemory() - before < size_t{48} << 20U);

  // One that is only a little too large, and a row of many fields.
  store = open(redis.url("&max_value_bytes=20"));
  redis.command({"HSET", "h:1", "name", std::string(21, 'x')});
  redis.command({"HSET", "h:2", "name", std::string(15, 'x'), "tags", "[\"12345\"]"});
  redis.command({"HSET", "h:3", "name", std::string(10, 'x')});
  CHECK(fetch(*store, source("hash"), {"h:1", "h:2", "h:3"}).status ==
        std::vector{KeyStatus::Failed, KeyStatus::Failed, KeyStatus::Found});
  store = open(redis.url("&max_fetch_bytes=1KB"));
  FetchResult part = fetch(*store, source("hash"), numberedKeys("h:", 1000));
  CHECK(count(part, KeyStatus::Found) > 100);
  CHECK(count(part, KeyStatus::Failed) > 100);
}

TEST_CASE("Redis is killed and started again under load", "[stores][redis]") {
  RedisServer redis;
  makeRows(redis, 100);
  std::shared_ptr<Store> store = open(redis.url("&timeout=10s"));
  std::vector<std::string> keys = numberedKeys("h:", 100);
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> whole = 0;
  std::atomic<uint64_t> failed = 0;
  std::vector<std::thread> load;
  for (int i = 0; i < 4; ++i) {
    load.emplace_back([&] {
      while (!stop) {
        FetchResult result = fetch(*store, source("hash"), keys);
        bool isWhole = count(result, KeyStatus::Found) == keys.size();
        ++(isWhole ? whole : failed);
        // A store that is down answers in microseconds: leave the others some of the machine.
        if (!isWhole) std::this_thread::sleep_for(milliseconds(1));
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    uint64_t before = whole;
    CHECK(eventually([&] { return whole > before + 5; }));
    redis.stop();
    uint64_t failedBefore = failed;
    CHECK(eventually([&] { return failed > failedBefore + 5; }));
    CHECK_FALSE(storeProblem(*store).empty());
    redis.start();
    makeRows(redis, 100);
    Clock::time_point back = Clock::now();
    before = whole;
    CHECK(eventually([&] { return whole > before; }));
    // A second is what is promised; machines that do much else get more.
    CHECK(Clock::now() - back < seconds(10));
  }
  StoreStats::Connections connections = storeStats(*store).connections.value();
  CHECK(connections.ready == 1);
  CHECK(connections.lost == 3);
  CHECK(connections.made == 4);
  CHECK(connections.failed > 0);
  stop = true;
  for (std::thread& thread : load) thread.join();
}

TEST_CASE("a server that accepts and never answers costs a timeout, and then nothing", "[stores][redis]") {
  for (bool greets : {false, true}) {
    SilentServer silent(greets);
    std::shared_ptr<Store> store = open(silent.url("?timeout=200ms&breaker=3"));
    Clock::time_point start = Clock::now();
    FetchResult first = fetch(*store, source("hash"), {"h:1", "h:2"});
    CHECK(count(first, KeyStatus::Found) + count(first, KeyStatus::Absent) == 0);
    CHECK(Clock::now() - start < seconds(10));
    CHECK_FALSE(storeProblem(*store).empty());
    // Its own deadline, before the source's.
    store = open(silent.url("?timeout=50s&connect_timeout=50s"));
    start = Clock::now();
    FetchResult result = fetch(*store, source("hash"), {"h:1", "h:2"}, start + milliseconds(50));
    CHECK(count(result, KeyStatus::TimedOut) == 2);
    CHECK(Clock::now() - start < seconds(10));
  }
}

TEST_CASE("replies that are none of Redis' fail their reads and nothing else", "[stores][redis]") {
  for (const char* answer :
       {"?", "*1\r\n", "*-1\r\n", "$-1\r\n", "$3\r\nabc\r\n", ":1\r\n", "+OK\r\n", "-ERR no\r\n", "-\r\n",
        "*2147483647\r\n", "*99999999999999999999\r\n", "$99999999999999999999\r\n", "*9\r\n$99999999999\r\n",
        "*9\r\n*1\r\n$1\r\na\r\n:1\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n",
        "+OK\r\n+OK\r\n+OK\r\n+OK\r\n", "*0\r\n",
        "*8\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n",
        "*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n"}) {
    INFO(answer);
    SilentServer server(true, answer);
    std::shared_ptr<Store> store = open(server.url("?timeout=300ms&breaker=off"));
    for (const char* name : {"hash", "json"}) {
      FetchResult result = fetch(*store, source(name), {"1", "2"}, Clock::now() + milliseconds(300));
      CHECK(result.status.size() == 2);
      if (std::string_view(name) == "hash") CHECK(count(result, KeyStatus::Absent) == 0);
    }
  }
}

TEST_CASE("a store that is not there fails, and serves when it comes", "[stores][redis]") {
  RedisServer redis;
  redis.stop();
  std::shared_ptr<Store> store = open(redis.url());
  CHECK(count(fetch(*store, source("hash"), {"h:1"}), KeyStatus::Failed) == 1);
  CHECK(eventually([&] {
    return storeProblem(*store) == "No such file or directory" || storeProblem(*store) == "Connection refused";
  }));
  redis.start();
  makeRows(redis, 5);
  CHECK(eventually([&] { return count(fetch(*store, source("hash"), {"h:1"}), KeyStatus::Found) == 1; }));
}

TEST_CASE("a host is looked up without holding the loop up", "[stores][redis]") {
  std::shared_ptr<Store> store = open("redis://no-such-host.invalid:1/0?connect_timeout=300ms");
  CHECK(count(fetch(*store, source("hash"), {"h:1"}, Clock::now() + seconds(20)), KeyStatus::Found) == 0);
  CHECK(eventually([&] { return !storeProblem(*store).empty(); }));
}

TEST_CASE("a store that goes away answers what is in flight", "[stores][redis]") {
  for (bool greets : {false, true}) {
    SilentServer silent(greets);
    std::vector<std::string> keys = numberedKeys("h:", 10);
    std::vector<uint32_t> fields = {0, 1};
    std::atomic<int> answers = 0;
    std::atomic<int> found = 0;
    {
      std::shared_ptr<Store> store = open(silent.url("?connect_timeout=60s&timeout=60s"));
      for (int i = 0; i < 1000; ++i)
        store->fetch({&source("hash"), keys, fields}, [&](FetchResult result) {
          found += static_cast<int>(count(result, KeyStatus::Found));
          ++answers;
        });
    }
    CHECK(answers == 1000);
    CHECK(found == 0);
  }
}

TEST_CASE("passwords come from the environment and are never told", "[stores][redis]") {
  RedisServer redis({"--requirepass", "s3cret"});
  makeRows(redis, 5);
  auto statusOf = [&](const std::string& name, std::string& problem) {
    StoreOptions options;
    options.source = name;
    OpenedStore opened = openStore(redis.url(), options);
    KeyStatus status = fetch(*opened.store, source("hash"), {"h:1"}).status[0];
    problem = storeProblem(*opened.store);
    return status;
  };
  std::string problem;
  CHECK(statusOf("user-x", problem) == KeyStatus::Failed);
  CHECK(problem.find("NOAUTH") != std::string::npos);
  setenv("FEATC_REDIS_PASSWORD", "wr0ng", 1);
  CHECK(statusOf("user-x", problem) == KeyStatus::Failed);
  CHECK(problem == "the user or the password was refused");
  setenv("FEATC_REDIS_PASSWORD_USER_X", "s3cret", 1);
  CHECK(statusOf("user-x", problem) == KeyStatus::Found);
  CHECK(statusOf("other", problem) == KeyStatus::Failed);
  unsetenv("FEATC_REDIS_PASSWORD_USER_X");
  setenv("FEATC_REDIS_PASSWORD", "s3cret", 1);
  CHECK(statusOf("other", problem) == KeyStatus::Found);
  fill(redis.url());
  unsetenv("FEATC_REDIS_PASSWORD");
}
