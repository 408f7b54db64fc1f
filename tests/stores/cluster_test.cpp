// SPDX-License-Identifier: Apache-2.0
// A Redis Cluster of six servers: rows of all nodes, slots that move, nodes that are killed, users and passwords.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <thread>

#include "data/memory/memory_store.h"
#include "stores/redis_slots.h"
#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/stores/fill_store.h"
#include "tests/stores/fixture.h"
#include "tests/stores/redis_cluster_servers.h"

using namespace featc;
using namespace featc::test;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr size_t kRows = 3000;

std::vector<std::string> numberedKeys(const std::string& prefix, size_t count) {
  std::vector<std::string> keys;
  for (size_t i = 0; i < count; ++i) keys.push_back(prefix + std::to_string(i));
  return keys;
}

// Rows prefix0, prefix1 ... whose age is their number, of both sources.
void makeRows(const std::string& url, const std::string& prefix, size_t count) {
  std::string lines;
  for (const char* name : {"hash", "json"})
    for (size_t i = 0; i < count; ++i)
      lines += R"({"source": ")" + std::string(name) + R"(", "k": ")" + prefix + std::to_string(i) + R"(", "age": )" +
               std::to_string(i) + "}\n";
  fillStore(url, sources(), lines);
}

// Until replicas have what their masters have.
void waitForReplicas(RedisClusterServers& cluster) {
  CHECK(eventually([&] {
    for (size_t i = 0; i < RedisClusterServers::kMasters; ++i) {
      std::string offset = "master_repl_offset:";
      auto of = [&](size_t server) {
        std::string info = cluster[server].command({"INFO", "replication"});
        return info.substr(info.find(offset), info.find('\r', info.find(offset)) - info.find(offset));
      };
      if (of(i) != of(i + RedisClusterServers::kMasters)) return false;
    }
    return true;
  }));
}

size_t calls(const RedisServer& server, const std::string& command) {
  std::string stats = server.command({"INFO", "commandstats"});
  std::string name = "cmdstat_" + command + ":calls=";
  size_t at = stats.find(name);
  return at == std::string::npos ? 0 : std::stoul(stats.substr(at + name.size()));
}

Clock::time_point soon() { return Clock::now() + seconds(30); }

// Threads that read the same keys again and again. Row i has the age i; whatever else they get is counted.
class Load {
 public:
  Load(Store& store, std::vector<std::string> keys, int threads = 3) : keys_(std::move(keys)) {
    for (int i = 0; i < threads; ++i)
      threads_.emplace_back([this, &store] {
        while (!stop_) read(store);
      });
  }
  ~Load() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  std::atomic<uint64_t> whole = 0;   // reads that found all
  std::atomic<uint64_t> part = 0;    // such that did not
  std::atomic<uint64_t> wrong = 0;   // rows with another row's value, or absent
  std::atomic<uint64_t> failed = 0;  // rows
  std::array<std::atomic<uint64_t>, RedisClusterServers::kMasters> failedOf = {};  // by the master at first
  bool waitForWhole(uint64_t more) {
    uint64_t until = whole + more;
    return eventually([&] { return whole >= until; });
  }

 private:
  void read(Store& store) {
    FetchResult result = fetch(store, source("hash"), keys_);
    bool isWhole = true;
    for (uint32_t i = 0; i < keys_.size(); ++i) {
      bool isFound = result.status[i] == KeyStatus::Found;
      isWhole = isWhole && isFound;
      if (result.status[i] == KeyStatus::Absent || (isFound && result.columns[0].get<int64_t>(i) != i)) ++wrong;
      if (isFound || result.status[i] == KeyStatus::Absent) continue;
      ++failed;
      ++failedOf[RedisClusterServers::masterOf(redisSlot(keys_[i]))];
    }
    ++(isWhole ? whole : part);
    // Nodes that are down cost microseconds: leave the others some of the machine.
    if (!isWhole) std::this_thread::sleep_for(milliseconds(1));
  }

  std::vector<std::string> keys_;
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

std::string openProblem(const std::string& url, const std::string& sourceName = "") {
  StoreOptions options;
  options.source = sourceName;
  OpenedStore opened = openStore(url, options);
  REQUIRE(opened.store != nullptr);
  return storeOpenProblem(*opened.store, soon());
}

// A silent server's place as a cluster's.
std::string clusterUrl(const SilentServer& server, const std::string& parameters = "") {
  return "redis-cluster" + server.url(parameters).substr(std::string("redis").size());
}

// Says that it has all slots, and answers each read, and the first writes of JSON rows, with an error.
class SendingAway {
 public:
  explicit SendingAway(std::string error, size_t refusedWrites = 0)
      : error_(std::move(error)), refusedWrites_(refusedWrites) {}
  std::string url(const std::string& parameters) const { return clusterUrl(server_, parameters); }
  uint64_t mapsAsked() const { return maps_; }

 private:
  std::string port() const {
    std::string url = server_.url();
    return url.substr(url.rfind(':') + 1, url.rfind('/') - url.rfind(':') - 1);
  }
  std::string answer(std::string_view asked) {
    std::string replies;
    for (std::string_view word; !asked.empty(); asked.remove_prefix(std::min(asked.find("\n") + 1, asked.size()))) {
      if (asked.find('\n') == std::string_view::npos) break;
      word = asked.substr(0, asked.find('\r'));
      if (word == "PING" || word == "ASKING") replies += "+OK\r\n";
      if (word == "HMGET") replies += "-" + error_ + port() + "\r\n";
      if (word == "SET") replies += refusedWrites_ == 0 ? "+OK\r\n" : "-" + error_ + "\r\n";
      if (word == "SET" && refusedWrites_ > 0) --refusedWrites_;
      if (word != "CLUSTER") continue;
      ++maps_;
      // An empty host stands for the node that was asked.
      replies += "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$0\r\n\r\n:" + port() + "\r\n";
    }
    return replies;
  }
  std::string error_;
  size_t refusedWrites_;
  std::atomic<uint64_t> maps_ = 0;
  SilentServer server_{[this](std::string_view asked) { return answer(asked); }};
};

}  // namespace

TEST_CASE("a cluster has the rows that were loaded into it, of all nodes", "[stores][cluster]") {
  RedisClusterServers cluster;
  fill(cluster.url("", {4}));
  makeRows(cluster.url(), "n", kRows);
  waitForReplicas(cluster);
  StoreLoadReport report;
  std::shared_ptr<MemoryStore> rows = MemoryStore::parse(rowLines(), sources(), report);
  for (const char* parameters : {"", "?read=replica", "?cache=1MB&hedge=p50&loops=2&max_absent=100%&timeout=20s"}) {
    INFO(parameters);
    std::array<size_t, 6> before{};
    for (size_t i = 0; i < 6; ++i) before[i] = calls(cluster[i], "hmget");
    // One node that is named is enough, and it need not be a master.
    std::shared_ptr<Store> store = open(cluster.url(parameters, {5}));
    CHECK(storeOpenProblem(*store, soon()) == "");
    CHECK(storeName(*store) == "redis-cluster://" + cluster.address(5));
    for (const SourceInfo& s : sources()) {
      std::vector<std::string> keys;
      for (const std::string& k : rowKeys()) keys.push_back(s.keyPattern.substr(0, s.keyPattern.find('{')) + k);
      CHECK(show(fetch(*store, s, keys), s) == show(fetch(*rows, s, keys), s));
    }
    for (const char* name : {"hash", "json"}) {
      FetchResult result = fetch(*store, source(name), numberedKeys(std::string(1, name[0]) + ":n", kRows + 1));
      CHECK(count(result, KeyStatus::Found) == kRows);
      CHECK(result.status.back() == KeyStatus::Absent);
      size_t right = 0;
      for (uint32_t i = 0; i < kRows; ++i) right += result.columns[0].get<int64_t>(i) == i ? 1 : 0;
      CHECK(right == kRows);
    }
    bool isOfReplicas = std::string_view(parameters) == "?read=replica";
    for (size_t i = 0; i < 6; ++i) CHECK((calls(cluster[i], "hmget") > before[i]) == ((i >= 3) == isOfReplicas));
  }
}

TEST_CASE("a slot moves to another node while it is read", "[stores][cluster]") {
  RedisClusterServers cluster;
  constexpr size_t kMoving = 60;  // of each source
  makeRows(cluster.url(), "{moving}", kMoving);
  uint16_t slot = redisSlot("{moving}");
  size_t from = RedisClusterServers::masterOf(slot);
  size_t to = (from + 1) % RedisClusterServers::kMasters;
  std::shared_ptr<Store> store = open(cluster.url());
  Load load(*store, numberedKeys("h:{moving}", kMoving));
  CHECK(load.waitForWhole(10));
  for (int round = 0; round < 3; ++round) {
    size_t asked = calls(cluster[to], "asking");
    cluster.beginMove(slot, from, to);
    cluster.moveKeys(slot, from, to, 3 * kMoving / 2);
    CHECK(load.waitForWhole(10));
    CHECK(calls(cluster[to], "asking") > asked);
    cluster.moveKeys(slot, from, to, 2 * kMoving);
    CHECK(load.waitForWhole(10));
    cluster.endMove(slot, to);
    CHECK(load.waitForWhole(10));
    // The new map is known: nobody is sent elsewhere any more.
    CHECK(eventually([&] {
      size_t before = calls(cluster[from], "hmget");
      load.waitForWhole(10);
      return calls(cluster[from], "hmget") == before;
    }));
    std::swap(from, to);
  }
  CHECK(load.part == 0);
  CHECK(load.wrong == 0);
  // Rows that are loaded while a slot moves come through too.
  cluster.beginMove(slot, from, to);
  cluster.moveKeys(slot, from, to, 3 * kMoving / 2);
  makeRows(cluster.url(), "{moving}", kMoving);
  CHECK(load.waitForWhole(10));
  CHECK(load.wrong == 0);
}

TEST_CASE("a master is killed under load and its replica takes its place", "[stores][cluster]") {
  RedisClusterServers cluster;
  makeRows(cluster.url(), "n", 300);
  waitForReplicas(cluster);
  std::shared_ptr<Store> store = open(cluster.url("?timeout=20s"));
  Load load(*store, numberedKeys("h:n", 300));
  CHECK(load.waitForWhole(20));
  CHECK(load.part == 0);
  cluster[0].stop();
  CHECK(eventually([&] { return load.failed > 50; }));
  CHECK_THAT(storeProblem(*store), StartsWith(cluster.address(0) + ": "));
  // Served again, and from then on wholly.
  CHECK(load.waitForWhole(20));
  uint64_t failed = load.failed;
  CHECK(load.waitForWhole(200));
  CHECK(load.failed == failed);
  CHECK(load.wrong == 0);
  // The rows of other nodes came all the time.
  CHECK(load.failedOf[0] == load.failed);
  // What was loaded meanwhile is there too, and so is the old master, as a replica.
  makeRows(cluster.url(), "n", 300);
  cluster[0].start();
  CHECK(eventually([&] { return cluster.isServing(); }));
  CHECK(load.waitForWhole(20));
  CHECK(load.failed == failed);
  CHECK(load.wrong == 0);
}

TEST_CASE("a replica is killed under load and nobody notices", "[stores][cluster]") {
  RedisClusterServers cluster;
  makeRows(cluster.url(), "n", 300);
  waitForReplicas(cluster);
  std::shared_ptr<Store> store = open(cluster.url("?read=replica&timeout=20s"));
  CHECK(storeOpenProblem(*store, soon()) == "");
  Load load(*store, numberedKeys("h:n", 300));
  CHECK(load.waitForWhole(20));
  cluster[4].stop();
  CHECK(load.waitForWhole(100));
  // Its master serves.
  CHECK(calls(cluster[1], "hmget") > 0);
  cluster[4].start();
  CHECK(eventually([&] { return cluster.isServing(); }));
  CHECK(load.waitForWhole(20));
  CHECK(load.part == 0);
  CHECK(load.wrong == 0);
}

TEST_CASE("a node that hangs costs its own rows", "[stores][cluster]") {
  RedisClusterServers cluster({"--cluster-replica-no-failover", "yes"});
  makeRows(cluster.url(), "n", 300);
  std::shared_ptr<Store> store = open(cluster.url("?timeout=200ms"));
  CHECK(storeOpenProblem(*store, soon()) == "");
  cluster[2].pause();
  std::vector<std::string> keys = numberedKeys("h:n", 300);
  auto foundOf = [&](size_t master) {
    FetchResult result = fetch(*store, source("hash"), keys);
    bool isFound = true;
    for (size_t i = 0; i < keys.size(); ++i)
      if (RedisClusterServers::masterOf(redisSlot(keys[i])) == master)
        isFound = isFound && result.status[i] == KeyStatus::Found;
    return isFound;
  };
  for (int i = 0; i < 5; ++i) {
    CHECK(foundOf(0));
    CHECK_FALSE(foundOf(2));
  }
  // Once it is known to hang, reads fail at once.
  CHECK(eventually([&] {
    Clock::time_point start = Clock::now();
    foundOf(1);
    return Clock::now() - start < milliseconds(100);
  }));
  cluster[2].resume();
  CHECK(eventually([&] { return foundOf(2); }));
  CHECK(foundOf(0));
}

TEST_CASE("users and passwords of a cluster", "[stores][cluster]") {
  RedisClusterServers cluster({"--requirepass", "s3cret", "--masterauth", "s3cret"});
  auto problemOf = [&](const std::string& url, const char* password) {
    password == nullptr ? unsetenv("FEATC_REDIS_PASSWORD") : setenv("FEATC_REDIS_PASSWORD", password, 1);
    return openProblem(url);
  };
  CHECK_THAT(problemOf(cluster.url("", {1}), nullptr),
             StartsWith("no node that the URL names has the cluster's map: " + cluster.address(1) + " (NOAUTH"));
  CHECK(problemOf(cluster.url("", {1}), "wr0ng") == "no node that the URL names has the cluster's map: " +
                                                        cluster.address(1) + " (the user or the password was refused)");
  CHECK(problemOf(cluster.url(), "s3cret") == "");
  makeRows(cluster.url(), "n", 100);
  waitForReplicas(cluster);

  for (size_t i = 0; i < cluster.size(); ++i)
    cluster[i].command(
        {"ACL", "SETUSER", "reader", "on", ">r3ader", "~h:*", "+@read", "+@connection", "+role", "+cluster|slots"});
  auto asReader = [&](const std::string& parameters) {
    std::string url = cluster.url(parameters);
    return url.insert(url.find("//") + 2, "reader@");
  };
  for (const char* parameters : {"", "?read=replica"}) {
    CHECK(problemOf(asReader(parameters), "s3cret").ends_with("(the user or the password was refused)"));
    CHECK(problemOf(asReader(parameters), "r3ader") == "");
    std::shared_ptr<Store> store = open(asReader(parameters));
    CHECK(storeOpenProblem(*store, soon()) == "");
    CHECK(count(fetch(*store, source("hash"), numberedKeys("h:n", 100)), KeyStatus::Found) == 100);
    // Keys that the user may not read.
    CHECK(count(fetch(*store, source("json"), numberedKeys("j:n", 100)), KeyStatus::Failed) == 100);
    CHECK_THAT(storeProblem(*store), ContainsSubstring("NOPERM"));
    CHECK(storeName(*store).find("reader") == std::string::npos);
  }
  CHECK_THROWS_WITH(makeRows(asReader(""), "n", 1), ContainsSubstring("NOPERM"));
  // A user that may not ask for the map.
  for (size_t i = 0; i < cluster.size(); ++i) cluster[i].command({"ACL", "SETUSER", "reader", "-cluster"});
  CHECK_THAT(problemOf(asReader(""), "r3ader"), ContainsSubstring("NOPERM"));
  unsetenv("FEATC_REDIS_PASSWORD");
}

TEST_CASE("a cluster that is not ready, and then is", "[stores][cluster]") {
  RedisClusterServers cluster({}, false);
  CHECK(openProblem(cluster.url()) == "16384 of its 16384 slots have no node: the cluster is not complete");
  CHECK_THROWS_WITH(makeRows(cluster.url(), "n", 1), ContainsSubstring("the cluster has no slots yet"));
  std::shared_ptr<Store> store = open(cluster.url("?timeout=20s"));
  std::vector<std::string> keys = numberedKeys("h:n", 100);
  CHECK(count(fetch(*store, source("hash"), keys), KeyStatus::Failed) == 100);
  CHECK(eventually([&] { return storeProblem(*store) == "a slot of the cluster has no node"; }));
  cluster.join();
  makeRows(cluster.url(), "n", 100);
  CHECK(eventually([&] { return count(fetch(*store, source("hash"), keys), KeyStatus::Found) == 100; }));
}

TEST_CASE("a cluster that cannot be reached is named", "[stores][cluster]") {
  CHECK(openProblem("redis-cluster://127.0.0.1:1,127.0.0.1:2") ==
        "no node that the URL names has the cluster's map: 127.0.0.1:1 (Connection refused), "
        "127.0.0.1:2 (Connection refused)");
  CHECK_THROWS_WITH(makeRows("redis-cluster://127.0.0.1:1", "n", 1),
                    ContainsSubstring("127.0.0.1:1 (Connection refused)"));
  // What is no cluster.
  SilentServer single(true, "-ERR This instance has cluster support disabled\r\n");
  CHECK_THAT(openProblem(clusterUrl(single)), ContainsSubstring("cluster support disabled)"));
  std::shared_ptr<Store> store = open(clusterUrl(single, "?timeout=20s"));
  CHECK(storeOpenProblem(*store, soon()) != "");
  Clock::time_point start = Clock::now();
  CHECK(count(fetch(*store, source("hash"), {"h:1"}), KeyStatus::Failed) == 1);
  CHECK(Clock::now() - start < seconds(10));
  // A node that keeps its map to itself, and one that says nothing at all.
  SilentServer silent(true);
  CHECK_THAT(openProblem(clusterUrl(silent)), ContainsSubstring("(no answer to CLUSTER SLOTS)"));
  SilentServer mute(false);
  CHECK_THAT(openProblem(clusterUrl(mute, "?connect_timeout=50ms")), ContainsSubstring("(no connection in time)"));
  // A node that announces one that is not there.
  SilentServer wrong(true, "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:1\r\n");
  CHECK(openProblem(clusterUrl(wrong)) == "its node 127.0.0.1:1 cannot be reached: Connection refused");
}

TEST_CASE("nodes that send keys round in circles do not keep them", "[stores][cluster]") {
  for (const char* redirect : {"MOVED 1 :", "ASK 1 :", "TRYAGAIN ", "CLUSTERDOWN ", "MOVED 1 nobody:"}) {
    SendingAway server(redirect);
    std::shared_ptr<Store> store = open(server.url("?timeout=20s"));
    CHECK(storeOpenProblem(*store, soon()) == "");
    Clock::time_point start = Clock::now();
    CHECK(count(fetch(*store, source("hash"), {"h:1", "h:2"}), KeyStatus::Failed) == 2);
    CHECK(Clock::now() - start < seconds(10));
    // Questions for the map are few, however many keys are passed on.
    for (int i = 0; i < 20; ++i) fetch(*store, source("hash"), {"h:1"});
    CHECK(server.mapsAsked() < 3 + static_cast<uint64_t>((Clock::now() - start) / milliseconds(50)));
  }
}

TEST_CASE("a row that was sent to a node that is gone begins again", "[stores][cluster]") {
  SendingAway server("ASK 1 127.0.0.1:1", 1);
  fillStore(server.url(""), sources(),
            R"({"source": "json", "k": "a", "age": 1})"
            "\n");
  CHECK(server.mapsAsked() == 2);
}
