// SPDX-License-Identifier: Apache-2.0
// What stands around a store: deadlines, breaker, second reads, cache; and URLs.
#include <atomic>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "data/memory/memory_store.h"
#include "stores/breaker_store.h"
#include "stores/cache_store.h"
#include "stores/deadline_store.h"
#include "stores/hedge_store.h"
#include "stores/row_decoder.h"
#include "stores/store_url.h"
#include "tests/common/catch.h"
#include "tests/stores/fixture.h"

using namespace featc;
using namespace featc::test;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const std::vector<std::string> kKeys = {"h:plain", "h:two words", "h:nobody"};

std::shared_ptr<MemoryStore> rowsInMemory() {
  StoreLoadReport report;
  return MemoryStore::parse(rowLines(), sources(), report);
}

// Keeps what it is asked until it is let go; what is left is answered at the end, as stores do.
class HeldStore final : public Store {
 public:
  ~HeldStore() override { letGo(); }
  void fetch(const FetchRequest& request, Done done) override {
    std::lock_guard lock(mutex_);
    held_.push_back({request, std::move(done)});
  }
  void letGo() {
    std::lock_guard lock(mutex_);
    for (auto& [request, done] : held_) rows_->fetch(request, std::move(done));
    held_.clear();
  }
  size_t held() {
    std::lock_guard lock(mutex_);
    return held_.size();
  }

 private:
  std::shared_ptr<Store> rows_ = rowsInMemory();
  std::mutex mutex_;
  std::deque<std::pair<FetchRequest, Done>> held_;
};

std::string urlProblem(const std::string& text) {
  StoreUrl url;
  StoreOptions options;
  return parseStoreUrl(text, url, options);
}

std::string urlName(const std::string& text) {
  StoreUrl url;
  StoreOptions options;
  std::string problem = parseStoreUrl(text, url, options);
  return problem.empty() ? url.name() : problem;
}

}  // namespace

TEST_CASE("URLs of stores", "[stores]") {
  CHECK(urlName("jsonl:a?b.jsonl") == "jsonl:a?b.jsonl");
  CHECK(urlName("lmdb:/data/rows?cache=1MB") == "lmdb:/data/rows");
  CHECK(urlName("redis://h") == "redis://h:6379/0");
  CHECK(urlName("redis://user@h:1234/7?timeout=20ms&hedge=p95&ttl=30s") == "redis://h:1234/7");
  CHECK(urlName("redis://[::1]:1/2") == "redis://[::1]:1/2");
  CHECK(urlName("redis+unix:///run/r.sock?db=4") == "redis+unix:///run/r.sock?db=4");

  StoreUrl url;
  StoreOptions options;
  CHECK(parseStoreUrl("redis://h/1?timeout=1500us&breaker=off&cache=3KB&connections=4&connect_timeout=2s&db=9", url,
                      options)
            .empty());
  CHECK(options.timeout == microseconds(1500));
  CHECK(options.breaker == 0);
  CHECK(options.cacheBytes == 3072);
  CHECK(options.connections == 4);
  CHECK(options.connectTimeout == seconds(2));
  CHECK(url.database == 9);

  CHECK(parseStoreUrl("redis-cluster://reader@h:1,[::1]:2,i/0?read=replica", url, options).empty());
  CHECK(url.seeds == std::vector<RedisAddress>{{"h", 1}, {"::1", 2}, {"i", 6379}});
  CHECK(url.user == "reader");
  CHECK(options.readReplicas);
  CHECK(url.name() == "redis-cluster://h:1,[::1]:2,i:6379");

  CHECK(urlProblem("rows.jsonl").starts_with("expected jsonl:PATH"));
  CHECK(urlProblem("lmbd:x") == "unknown kind of store \"lmbd\"; did you mean \"lmdb\"?");
  CHECK(urlProblem("sqlite:x") ==
        "unknown kind of store \"sqlite\"; expected jsonl:PATH, lmdb:PATH, redis://HOST:PORT/DB, "
        "redis+unix:///SOCKET?db=N, redis-cluster://HOST:PORT,... or memory:");
  CHECK(urlProblem("lmdb:") == "expected a path: lmdb:PATH");
  CHECK(urlProblem("rediss://h").starts_with("TLS is not supported (rediss://)"));
  CHECK(urlProblem("rediss-cluster://h").starts_with("TLS is not supported (rediss-cluster://)"));
  CHECK(urlProblem("redis-clusters://h") ==
        "unknown kind of store \"redis-clusters\"; did you mean \"redis-cluster\"?");
  CHECK(urlProblem("redis-cluster:h") == "expected // after redis-cluster:");
  CHECK(urlProblem("redis-cluster://h:1,") == "expected redis-cluster://HOST:PORT,...");
  CHECK(urlProblem("redis-cluster://h:1,:2") == "expected redis-cluster://HOST:PORT,...");
  CHECK(urlProblem("redis-cluster://h:1/1") == "a cluster has only database 0, not \"1\"");
  CHECK(urlProblem("redis-cluster://h?db=0") == "no option of a store is called \"db\"");
  CHECK(urlProblem("redis-cluster://h?read=both") == "read=both: expected master or replica");
  CHECK(urlProblem("redis://h?read=replica").starts_with("no option of a store is called \"read\""));
  CHECK(urlProblem("redis://h:99999/0") == "the port must be a number from 1 to 65535");
  CHECK(urlProblem("redis://h/x") == "the database after the host must be a number, not \"x\"");
  CHECK(urlProblem("redis://::1/0").starts_with("an IPv6 address is written in brackets"));
  CHECK(urlProblem("redis://h?timeuot=1s") == "no option of a store is called \"timeuot\"; did you mean \"timeout\"?");
  CHECK(urlProblem("redis://h?timeout=1") == "timeout=1: expected a time such as 20ms, 2s or 0 for none");
  CHECK(urlProblem("redis://h?hedge=p100") == "hedge=p100: expected a percentile from p50 to p99, or off");
  CHECK(urlProblem("redis://h?cache=99999999999999999999GB").starts_with("cache="));
  for (const char* text :
       {"redis://user:s3cret@h/0", "redis://:s3cret@h", "redis://a:s3?cret@h", "redis://a:s3/cret@h",
        "redis+unix://u:s3cret@/run/x", "redis://h?password=s3cret", "redis-cluster://u:s3cret@h:1,h:2"})
    CHECK(urlProblem(text) == "a password does not belong in a URL; set FEATC_REDIS_PASSWORD instead");
}

TEST_CASE("a store that does not come is answered for at the deadline", "[stores]") {
  auto held = std::make_shared<HeldStore>();
  DeadlineStore store(held, milliseconds(30));
  FetchResult late = fetch(store, source("hash"), kKeys);
  CHECK(count(late, KeyStatus::TimedOut) == kKeys.size());
  CHECK(store.problem() == "no answer in time");
  CHECK(count(fetch(store, source("hash"), kKeys, Clock::now()), KeyStatus::TimedOut) == kKeys.size());
  CHECK(held->held() == 2);
  held->letGo();  // to nobody

  DeadlineStore patient(rowsInMemory(), seconds(60));
  CHECK(show(fetch(patient, source("hash"), kKeys), source("hash")) ==
        show(fetch(*rowsInMemory(), source("hash"), kKeys), source("hash")));
}

TEST_CASE("a breaker leaves a dead store alone and tries it from time to time", "[stores]") {
  std::atomic<bool> dead = true;
  std::atomic<int> asked = 0;
  auto rows = rowsInMemory();
  auto inner = std::make_shared<FakeStore>([&](const FetchRequest& request, Store::Done done) {
    ++asked;
    if (dead) return done(asked % 2 == 0 ? FetchResult() : answerAll(request, KeyStatus::TimedOut));
    rows->fetch(request, std::move(done));
  });
  BreakerStore store(inner, 5, milliseconds(20));
  for (int i = 0; i < 5; ++i) fetch(store, source("hash"), kKeys);
  CHECK(asked == 5);
  CHECK(store.isOpen());
  CHECK(storeStats(store).breaker->trips == 1);
  CHECK(storeStats(store).breaker->refused == 0);
  Clock::time_point start = Clock::now();
  for (int i = 0; i < 1000; ++i) CHECK(count(fetch(store, source("hash"), kKeys), KeyStatus::Found) == 0);
  // A probe each time that the wait is over, no more.
  auto waits = static_cast<int>((Clock::now() - start) / milliseconds(20)) + 1;
  CHECK(asked <= 5 + waits);

  dead = false;
  bool served = false;
  for (int i = 0; i < 10'000 && !served; ++i) {
    served = count(fetch(store, source("hash"), kKeys), KeyStatus::Found) == 2;
    if (!served) std::this_thread::sleep_for(milliseconds(1));
  }
  CHECK(served);
  CHECK_FALSE(store.isOpen());
  CHECK_FALSE(storeStats(store).breaker->open);
  CHECK(storeStats(store).breaker->trips == 1);
  CHECK(storeStats(store).breaker->refused > 500);
  // A row that fails is not a dead store.
  BreakerStore partly(std::make_shared<FakeStore>([](const FetchRequest& request, Store::Done done) {
                        FetchResult result = answerAll(request, KeyStatus::Failed);
                        result.status[0] = KeyStatus::Absent;
                        done(std::move(result));
                      }),
                      1, milliseconds(20));
  for (int i = 0; i < 5; ++i) fetch(partly, source("hash"), kKeys);
  CHECK_FALSE(partly.isOpen());
}

TEST_CASE("what takes long is asked twice, and the first answer counts", "[stores]") {
  auto rows = rowsInMemory();
  auto held = std::make_shared<HeldStore>();
  std::atomic<bool> slow = false;
  auto inner = std::make_shared<FakeStore>([&](const FetchRequest& request, Store::Done done) {
    // The slow one is the first of a pair.
    if (slow.exchange(false)) return held->fetch(request, std::move(done));
    rows->fetch(request, std::move(done));
  });
  std::string wanted = show(fetch(*rows, source("hash"), kKeys), source("hash"));
  {
    // Of the median each answer earns a second read, as many as there may be: none is held back, however often this
    // thread had to wait for a processor before.
    HedgeStore store(inner, 50);
    for (int i = 0; i < 300; ++i) fetch(store, source("hash"), kKeys);
    uint64_t before = storeStats(store).secondReads->sent;
    auto won = [&] { return storeStats(store).secondReads->won; };
    uint64_t asked = 0;
    // Where this thread has to wait for a processor the second one may be sent first, and then the first wins.
    for (; asked < 5 || (won() == 0 && asked < 15); ++asked) {
      slow = true;
      CHECK(show(fetch(store, source("hash"), kKeys), source("hash")) == wanted);
    }
    CHECK(storeStats(store).secondReads->sent >= before + asked);
    CHECK(held->held() == asked);
    // The held ones are answered last.
    CHECK(won() >= 1);
    held->letGo();
    CHECK(won() <= storeStats(store).secondReads->sent);
  }
  // A store that is slow altogether is not asked twice as often.
  auto everySlow = std::make_shared<FakeStore>([&](const FetchRequest& request, Store::Done done) {
    std::this_thread::sleep_for(microseconds(500));
    rows->fetch(request, std::move(done));
  });
  HedgeStore store(everySlow, 90);
  for (int i = 0; i < 400; ++i) fetch(store, source("hash"), kKeys);
  CHECK(storeStats(store).secondReads->sent < 200);
}

TEST_CASE("a slow tail, 20 times the median, changes no result", "[stores]") {
  auto rows = rowsInMemory();
  std::atomic<int> asked = 0;
  auto inner = std::make_shared<FakeStore>([&](const FetchRequest& request, Store::Done done) {
    std::this_thread::sleep_for(microseconds(asked++ % 50 == 0 ? 2000 : 100));
    rows->fetch(request, std::move(done));
  });
  std::string wanted = show(fetch(*rows, source("json"), {"j:plain", "j:"}), source("json"));
  auto store = std::make_shared<CacheStore>(
      std::make_shared<BreakerStore>(
          std::make_shared<HedgeStore>(std::make_shared<DeadlineStore>(inner, seconds(30)), 95), 5, milliseconds(50)),
      1 << 20U, microseconds(1));
  for (int i = 0; i < 300; ++i)
    REQUIRE(show(fetch(*store, source("json"), {"j:plain", "j:"}), source("json")) == wanted);
}

TEST_CASE("a cache gives what the store gives, absent rows too and failures never", "[stores]") {
  auto rows = rowsInMemory();
  std::atomic<bool> dead = false;
  std::vector<size_t> asked;
  auto inner = std::make_shared<FakeStore>([&](const FetchRequest& request, Store::Done done) {
    asked.push_back(request.keys.size());
    if (dead) return done(answerAll(request, KeyStatus::Failed));
    rows->fetch(request, std::move(done));
  });
  CacheStore store(inner, 1 << 20U, seconds(60));
  const SourceInfo& hash = source("hash");
  dead = true;
  CHECK(count(fetch(store, hash, kKeys), KeyStatus::Failed) == 3);
  dead = false;
  std::string wanted = show(fetch(*rows, hash, kKeys), hash);
  CHECK(show(fetch(store, hash, {kKeys[1]}), hash) == show(fetch(*rows, hash, {kKeys[1]}), hash));
  CHECK(show(fetch(store, hash, kKeys), hash) == wanted);
  CHECK(show(fetch(store, hash, kKeys), hash) == wanted);
  CHECK(asked == std::vector<size_t>{3, 1, 2});
  dead = true;
  CHECK(show(fetch(store, hash, kKeys), hash) == wanted);
  CHECK(storeStats(store).cache->hits == 1 + 3 + 3);
  // The same keys of another source are other rows, and so are other fields.
  SourceInfo other = hash;
  other.fields.pop_back();
  CHECK(count(fetch(store, other, kKeys), KeyStatus::Failed) == 3);

  dead = false;
  CacheStore shortLived(inner, 1 << 20U, microseconds(1));
  fetch(shortLived, hash, kKeys);
  std::this_thread::sleep_for(milliseconds(2));
  fetch(shortLived, hash, kKeys);
  CHECK(storeStats(shortLived).cache->hits == 0);

  CacheStore small(inner, 64 << 10U, seconds(60));
  for (int i = 0; i < 2000; ++i) fetch(small, hash, {"h:none" + std::to_string(i), kKeys[0]});
  StoreStats::Cache cache = storeStats(small).cache.value();
  CHECK(cache.bytes <= 64 << 10U);
  CHECK(cache.bytes > 16 << 10U);
  CHECK(cache.hits > 1900);
  CHECK(cache.hits + cache.misses == 4000);
  CHECK(cache.evictions > 1000);
  CHECK(cache.evictions < cache.misses);
}

TEST_CASE("a key that is being asked for is not asked for again", "[stores]") {
  const SourceInfo& hash = source("hash");
  const std::vector<uint32_t> fields = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  auto rows = rowsInMemory();
  auto held = std::make_shared<HeldStore>();
  std::vector<std::vector<std::string>> asked;
  auto inner = std::make_shared<FakeStore>([&](const FetchRequest& request, Store::Done done) {
    asked.push_back({request.keys.begin(), request.keys.end()});
    held->fetch(request, std::move(done));
  });
  CacheStore store(inner, 1 << 20U, seconds(60));
  std::vector<std::promise<FetchResult>> answers(4);
  auto start = [&](size_t i, const std::vector<std::string>& keys, Clock::time_point deadline) {
    store.fetch({&hash, keys, fields, deadline}, [&, i](FetchResult r) { answers[i].set_value(std::move(r)); });
    return answers[i].get_future();
  };
  constexpr auto kNever = Clock::time_point::max();
  const std::vector<std::string> otherKeys = {kKeys[1], "h:"};
  std::future<FetchResult> first = start(0, kKeys, kNever);
  std::future<FetchResult> second = start(1, otherKeys, kNever);
  std::future<FetchResult> third = start(2, kKeys, kNever);
  std::future<FetchResult> hasty = start(3, kKeys, Clock::now() + milliseconds(20));
  CHECK(asked == std::vector<std::vector<std::string>>{kKeys, {"h:"}});
  CHECK(storeStats(store).cache->misses == 3 + 2 + 3 + 3);
  CHECK(storeStats(store).cache->joined == 1 + 3 + 3);
  // Whoever waits keeps its own deadline.
  CHECK(count(hasty.get(), KeyStatus::TimedOut) == 3);
  held->letGo();
  CHECK(show(first.get(), hash) == show(fetch(*rows, hash, kKeys), hash));
  CHECK(show(second.get(), hash) == show(fetch(*rows, hash, otherKeys), hash));
  CHECK(show(third.get(), hash) == show(fetch(*rows, hash, kKeys), hash));
  CHECK(storeStats(store).cache->hits == 0);
}

TEST_CASE("who waits for another's key asks itself where the answer is of no use", "[stores]") {
  const SourceInfo& hash = source("hash");
  const std::vector<uint32_t> fields = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  auto rows = rowsInMemory();
  const std::vector<std::string> keys = {kKeys[0]};
  for (KeyStatus status : {KeyStatus::TimedOut, KeyStatus::Failed, KeyStatus::Found}) {
    Store::Done answerFirst;
    int asked = 0;
    auto inner = std::make_shared<FakeStore>([&](const FetchRequest& request, Store::Done done) {
      if (asked++ == 0)
        answerFirst = std::move(done);
      else
        rows->fetch(request, std::move(done));
    });
    CacheStore store(inner, 1 << 20U, seconds(60));
    FetchResult first;
    FetchResult second;
    FetchRequest request{&hash, keys, fields};
    store.fetch(request, [&](FetchResult r) { first = std::move(r); });
    store.fetch(request, [&](FetchResult r) { second = std::move(r); });
    REQUIRE(asked == 1);
    FetchResult answer = answerAll(request, status);
    if (status == KeyStatus::Found) answer.countBad(0, 1);
    answerFirst(std::move(answer));
    CHECK(first.status[0] == status);
    // A store that fails is not asked twice as often.
    bool fails = status == KeyStatus::Failed;
    CHECK(asked == (fails ? 1 : 2));
    CHECK(second.status[0] == (fails ? KeyStatus::Failed : KeyStatus::Found));
    CHECK(second.badFieldsOf(0) == 0);
  }
}

TEST_CASE("many threads that want the same keys at once get them, and cost one read", "[stores]") {
  const SourceInfo& hash = source("hash");
  auto rows = rowsInMemory();
  std::atomic<size_t> asked = 0;
  auto inner = std::make_shared<FakeStore>([&](const FetchRequest& request, Store::Done done) {
    asked += request.keys.size();
    std::this_thread::sleep_for(microseconds(200));
    rows->fetch(request, std::move(done));
  });
  std::string wanted = show(fetch(*rows, hash, kKeys), hash);
  CacheStore store(inner, 1 << 20U, seconds(60));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        if (show(fetch(store, hash, kKeys, Clock::now() + seconds(20)), hash) != wanted) ++wrong;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(asked == kKeys.size());
}
