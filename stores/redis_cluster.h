// SPDX-License-Identifier: Apache-2.0
// A Redis Cluster on an event loop: which node has which slots, connections to the nodes, and where keys go that a
// node does not have.
#pragma once

#include <event2/event_struct.h>

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stores/redis_fetch.h"
#include "stores/redis_slot_map.h"

namespace featc {

class RedisConnection;
class RedisLoop;

// Everything happens on the loop's thread.
//
// The map (CLUSTER SLOTS) comes from one of the nodes that the URL names. It is asked for again when a node passes a
// key on (MOVED), is lost or refuses, and every kRefreshAtLeast: one question at a time, and between two of them at
// least kRefreshAtMost, which doubles up to kRefreshSlowly while nothing changes.
class RedisCluster {
 public:
  RedisCluster(RedisLoop& loop, event_base* base);
  ~RedisCluster();
  RedisCluster(const RedisCluster&) = delete;
  RedisCluster& operator=(const RedisCluster&) = delete;

  // To the nodes that the URL names.
  void connect() noexcept;
  // Fails everything and stays closed.
  void close() noexcept;
  // Splits the fetch's keys by slot and hands them to the nodes' connections.
  void start(const std::shared_ptr<RedisFetch>& fetch);
  // Sends what was handed to connections.
  void pump() noexcept;

  // -- Called by its connections ------------------------------------------------------------------------
  void onReady(RedisConnection& connection) noexcept;
  // It was lost, or could not be made.
  void onLost(RedisConnection& connection) noexcept;
  void onMap(RedisConnection& connection, RedisSlotMapReader& map);
  // An error that came instead of rows. Whether the keys go elsewhere, or out again; else they failed.
  bool takesOver(RedisConnection& from, const RedisShare& share, std::string_view error) noexcept;
  // The connection is gone: another replica, or the keys fail.
  void giveUp(RedisConnection& from, RedisShare share) noexcept;

 private:
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::milliseconds;
  static constexpr Milliseconds kRefreshAtMost{50};
  static constexpr Milliseconds kRefreshSlowly{1000};
  static constexpr Milliseconds kRefreshAtLeast{30'000};
  // A node that has the map and does not send it in this time is not waited for.
  static constexpr Milliseconds kMapPatience{500};
  // A node that left the map answers what it was asked.
  static constexpr Milliseconds kLeavePatience{5000};
  // Before keys go out again that a node cannot answer while their slot moves.
  static constexpr Milliseconds kTryAgain{10};
  // How often keys may be passed on.
  static constexpr uint8_t kMaxHops = 16;
  // Of addresses that nodes have named in redirections, beyond the map's.
  static constexpr size_t kMaxStrangers = 1024;
  static constexpr uint16_t kNoShard = UINT16_MAX;

  struct Node {
    RedisAddress address;
    std::vector<std::unique_ptr<RedisConnection>> connections;
    std::string mapProblem;        // why it gave no map; empty: it did, or was not asked
    Clock::time_point leaveUntil;  // of one that has left the map
    bool isReady() const;
    bool isUsable() const;
  };
  // The nodes that have the same rows.
  struct Shard {
    Node* master = nullptr;
    std::vector<Node*> replicas;
  };

  Node& node(const RedisAddress& address);
  Node* nodeOf(const RedisConnection& connection);
  void addSeeds();
  // Whether some node may still send the map.
  bool hopesForMap() const;
  // The connection to read a shard's keys from, but not `except`; null: there is none.
  RedisConnection* readerOf(const Shard& shard, const RedisConnection* except = nullptr);
  void send(RedisConnection& to, RedisShare share);
  void route(RedisShare share, const RedisConnection* except = nullptr);
  void fail(const RedisShare& share) noexcept;
  void failWaiting() noexcept;
  void follow(RedisConnection& from, RedisShare share, const RedisRedirect& redirect);

  void wantMap() noexcept;
  void refreshWithin(Clock::duration wait) noexcept;
  void notAsked() noexcept;
  void askForMap();
  void applyMap();
  void adopt(std::vector<RedisSlotRange> ranges);
  void tidy();
  void report();

  void startTimer(event& timer, std::chrono::microseconds after) noexcept;
  template <class Body>
  static void timed(void* cluster, Body&& body) noexcept;

  RedisLoop& loop_;
  event_base* base_;
  event refreshTimer_{};    // asks for the map
  event answerTimer_{};     // the map is late
  event applyTimer_{};      // the map has come
  event againTimer_{};      // keys go out again
  event tidyTimer_{};       // nodes that left
  bool isRunning_ = false;  // connections are made
  bool isClosed_ = false;
  bool isPumpDue_ = false;  // pump() comes

  std::map<RedisAddress, std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<Node>> leaving_;
  std::vector<Shard> shards_;
  std::array<uint16_t, kRedisSlots> shardOf_;
  bool hasMap_ = false;
  bool isReported_ = false;  // that the cluster can be read

  std::vector<RedisSlotRange> map_;   // what the shards are made of
  RedisConnection* asked_ = nullptr;  // for the map; null: nobody is
  bool isWantedAgain_ = false;        // since it was asked
  std::vector<RedisSlotRange> newMap_;
  Clock::time_point askedAt_{};
  Clock::time_point refreshAt_ = Clock::time_point::max();  // refreshTimer_; max: it does not run
  std::chrono::microseconds refreshWait_ = kRefreshAtMost;
  size_t turn_ = 0;  // whom to ask next

  std::vector<RedisShare> waiting_;  // for the map
  std::vector<RedisShare> again_;    // for againTimer_
  // Of the fetch that is being split, by shard.
  std::vector<RedisShare> parts_;
};

}  // namespace featc
