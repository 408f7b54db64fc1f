// SPDX-License-Identifier: Apache-2.0
// Slots of keys, redirections, and the reply to CLUSTER SLOTS.
#include "stores/redis_slot_map.h"
#include "tests/common/catch.h"
#include "tests/stores/slot_map_parts.h"

using namespace featc;
using namespace featc::test;

TEST_CASE("slots of keys are those of Redis", "[stores][cluster]") {
  // What CLUSTER KEYSLOT says.
  CHECK(redisSlot("") == 0);
  CHECK(redisSlot("123456789") == 12739);
  CHECK(redisSlot("foo") == 12182);
  CHECK(redisSlot("user:42") == 15880);
  CHECK(redisSlot(std::string("nul\0inside", 10)) == 5323);
  CHECK(redisSlot("\xE7\x81\xAB\xE9\x94\x85") == 5171);
  // Hash tags: the first `{` and the `}` after it, with something between.
  CHECK(redisSlot("{foo}.a") == redisSlot("foo"));
  CHECK(redisSlot("a{foo}b{bar}") == redisSlot("foo"));
  CHECK(redisSlot("a}{foo}") == redisSlot("foo"));
  CHECK(redisSlot("{{foo}}") == redisSlot("{foo"));
  CHECK(redisSlot("{}{foo}") == 2263);
  CHECK(redisSlot("{foo") == 13308);
}

TEST_CASE("redirections are read, and damaged ones are not", "[stores][cluster]") {
  std::optional<RedisRedirect> moved = parseRedirect("MOVED 3999 127.0.0.1:6381");
  REQUIRE(moved);
  CHECK((!moved->isAsk && moved->slot == 3999 && moved->to == RedisAddress{"127.0.0.1", 6381}));
  std::optional<RedisRedirect> ask = parseRedirect("ASK 16383 ::1:7000 extra");
  REQUIRE(ask);
  CHECK((ask->isAsk && ask->slot == 16383 && ask->to == RedisAddress{"::1", 7000}));
  CHECK(ask->to.text() == "[::1]:7000");
  CHECK(parseRedirect("MOVED 0 :6381")->to == RedisAddress{"", 6381});
  for (const char* damaged :
       {"", "MOVED", "MOVED ", "MOVED 1", "MOVED 1 ", "MOVED 1 host", "MOVED 1 host:", "MOVED 1 host:0",
        "MOVED 1 host:65536", "MOVED 16384 host:1", "MOVED -1 host:1", "MOVED x host:1", "MOVED  1 host:1",
        "MOVED 1 ?:6379", "ASKING 1 host:1", "ERR MOVED 1 host:1", "moved 1 host:1"}) {
    INFO(damaged);
    CHECK_FALSE(parseRedirect(damaged));
  }
  CHECK_FALSE(parseRedirect("MOVED 1 " + std::string(300, 'x') + ":1"));
}

TEST_CASE("the reply to CLUSTER SLOTS is read in all its versions", "[stores][cluster]") {
  // Redis 7: an id and further names behind each address; Redis 3: host and port alone.
  ReadSlotMap map = readSlotMap(
      "*3\r\n"
      "*4\r\n:0\r\n:5460\r\n"
      "*4\r\n$9\r\n127.0.0.1\r\n:7001\r\n$2\r\nid\r\n*2\r\n$8\r\nhostname\r\n$1\r\nh\r\n"
      "*4\r\n$9\r\n127.0.0.1\r\n:7004\r\n$2\r\nid\r\n*0\r\n"
      "*3\r\n:5461\r\n:5461\r\n*2\r\n$0\r\n\r\n:7002\r\n"
      "*3\r\n:5462\r\n:16383\r\n*3\r\n$-1\r\n:7003\r\n$2\r\nid\r\n",
      "asked");
  CHECK(map.whole);
  CHECK(map.problem == "");
  CHECK(map.ranges == std::vector<RedisSlotRange>{{0, 5460, {"127.0.0.1", 7001}, {{"127.0.0.1", 7004}}},
                                                  {5461, 5461, {"asked", 7002}, {}},
                                                  {5462, 16383, {"asked", 7003}, {}}});
  // No cluster yet.
  map = readSlotMap("*0\r\n", "asked");
  CHECK((map.whole && map.problem.empty() && map.ranges.empty()));
  // Nodes whose names nobody knows.
  map = readSlotMap(
      "*2\r\n*4\r\n:0\r\n:1\r\n*2\r\n$1\r\na\r\n:1\r\n*2\r\n$1\r\n?\r\n:2\r\n"
      "*4\r\n:2\r\n:3\r\n*2\r\n$1\r\n?\r\n:1\r\n*2\r\n$1\r\nb\r\n:2\r\n",
      "asked");
  CHECK(map.problem == "");
  CHECK(map.ranges == std::vector<RedisSlotRange>{{0, 1, {"a", 1}, {}}});
}

TEST_CASE("a damaged reply to CLUSTER SLOTS is an error", "[stores][cluster]") {
  CHECK(readSlotMap("-ERR This instance has cluster support disabled\r\n", "").problem ==
        "ERR This instance has cluster support disabled");
  CHECK(readSlotMap("-\r\n", "").problem == "an error without a message");
  const std::string node = "*2\r\n$1\r\na\r\n:1\r\n";
  for (const std::string& damaged : {
           std::string("+OK\r\n"),
           std::string(":1\r\n"),
           std::string("$-1\r\n"),
           std::string("*1\r\n:1\r\n"),
           std::string("*1\r\n-ERR x\r\n"),
           "*1\r\n*3\r\n:0\r\n:16384\r\n" + node,
           "*1\r\n*3\r\n:2\r\n:1\r\n" + node,
           "*1\r\n*3\r\n:-1\r\n:1\r\n" + node,
           "*1\r\n*3\r\n$1\r\n0\r\n:1\r\n" + node,
           std::string("*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n:1\r\n:1\r\n"),
           std::string("*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$1\r\na\r\n:65536\r\n"),
           std::string("*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n"),
           "*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$300\r\n" + std::string(300, 'a') + "\r\n:1\r\n",
           "*1\r\n*2\r\n" + node + node,
       }) {
    INFO(damaged);
    ReadSlotMap map = readSlotMap(damaged, "asked");
    CHECK(map.whole);
    CHECK(map.problem == "an unexpected reply to CLUSTER SLOTS");
  }
  // More nodes than any cluster has.
  std::string many = "*1\r\n*60002\r\n:0\r\n:1\r\n";
  for (int i = 0; i < 60'000; ++i) many += node;
  CHECK_FALSE(readSlotMap(many, "").problem.empty());
}
