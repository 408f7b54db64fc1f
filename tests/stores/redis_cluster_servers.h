// SPDX-License-Identifier: Apache-2.0
// A Redis Cluster of real servers on free ports of 127.0.0.1, for tests.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/stores/redis_server.h"

namespace featc::test {

// Three masters, and after them a replica of each. They end with the object.
class RedisClusterServers {
 public:
  static constexpr size_t kMasters = 3;

  // `options` of every server. With `joined` it returns when the cluster serves; else the servers know nothing of each
  // other and have no slots.
  explicit RedisClusterServers(const std::vector<std::string>& options = {}, bool joined = true);

  size_t size() const { return servers_.size(); }
  RedisServer& operator[](size_t server) { return *servers_[server]; }
  uint16_t port(size_t server) const { return ports_[server]; }
  std::string address(size_t server) const { return "127.0.0.1:" + std::to_string(ports_[server]); }
  // With the servers as seeds, by default all.
  std::string url(const std::string& parameters = "", const std::vector<size_t>& seeds = {}) const;
  // The server's name in the cluster.
  std::string id(size_t server) const { return servers_[server]->command({"CLUSTER", "MYID"}); }
  // The master that has the slot at first.
  static size_t masterOf(uint16_t slot) { return slot * kMasters / 16384; }
  // Makes a cluster of the servers, and waits until it serves.
  void join();
  // Whether this server and those that run see a cluster that serves.
  bool isServing() const;
  // Moves the slot and its keys to a master, in steps that a reader may come between.
  void beginMove(uint16_t slot, size_t from, size_t to);
  void moveKeys(uint16_t slot, size_t from, size_t to, size_t most);
  void endMove(uint16_t slot, size_t to);

 private:
  void start(const std::vector<std::string>& options);
  size_t replicasKnownTo(size_t server) const;
  void obey(size_t server, const std::vector<std::string>& words);
  std::vector<std::unique_ptr<RedisServer>> servers_;
  std::vector<uint16_t> ports_;
  std::string password_;
};

}  // namespace featc::test
