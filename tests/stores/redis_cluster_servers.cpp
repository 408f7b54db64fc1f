// SPDX-License-Identifier: Apache-2.0
// Starts six servers and makes a cluster of them.
#include "tests/stores/redis_cluster_servers.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "stores/redis_session.h"
#include "tests/common/eventually.h"

namespace featc::test {
namespace {

// Ports that nobody listens on, all held at once so that they differ.
std::vector<uint16_t> freePorts(size_t count) {
  std::vector<uint16_t> ports;
  std::vector<int> sockets;
  for (size_t i = 0; i < count; ++i) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    sockets.push_back(socket(AF_INET, SOCK_STREAM, 0));
    if (bind(sockets.back(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        getsockname(sockets.back(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no free port");
    ports.push_back(ntohs(address.sin_port));
  }
  for (int socket : sockets) close(socket);
  return ports;
}

}  // namespace

RedisClusterServers::RedisClusterServers(const std::vector<std::string>& options, bool joined) {
  auto password = std::ranges::find(options, "--requirepass");
  if (password != options.end()) password_ = *(password + 1);
  // Another program may take a port before its server does.
  for (int tries = 5; servers_.empty(); --tries) {
    try {
      start(options);
    } catch (const std::runtime_error&) {
      servers_.clear();
      if (tries == 0) throw;
    }
  }
  if (joined) join();
}

void RedisClusterServers::start(const std::vector<std::string>& options) {
  constexpr size_t kServers = 2 * kMasters;
  std::vector<uint16_t> free = freePorts(2 * kServers);
  ports_.assign(free.begin(), free.begin() + kServers);
  for (size_t i = 0; i < kServers; ++i) {
    std::vector<std::string> words = {"--bind",
                                      "127.0.0.1",
                                      "--port",
                                      std::to_string(ports_[i]),
                                      "--cluster-enabled",
                                      "yes",
                                      "--cluster-port",
                                      std::to_string(free[kServers + i]),
                                      "--cluster-config-file",
                                      "nodes",
                                      "--cluster-node-timeout",
                                      "1500",
                                      "--cluster-require-full-coverage",
                                      "no",
                                      "--repl-diskless-sync-delay",
                                      "0"};
    words.insert(words.end(), options.begin(), options.end());
    servers_.push_back(std::make_unique<RedisServer>(words));
  }
}

std::string RedisClusterServers::url(const std::string& parameters, const std::vector<size_t>& seeds) const {
  std::string places;
  for (size_t i = 0; i < size(); ++i)
    if (seeds.empty() || std::ranges::find(seeds, i) != seeds.end()) places += (places.empty() ? "" : ",") + address(i);
  return "redis-cluster://" + places + parameters;
}

void RedisClusterServers::join() {
  for (size_t i = 0; i < size(); ++i) {
    servers_[i]->command({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
    if (i < kMasters) {
      size_t first = (16384 * i + kMasters - 1) / kMasters;
      size_t next = (16384 * (i + 1) + kMasters - 1) / kMasters;
      servers_[i]->command({"CLUSTER", "ADDSLOTSRANGE", std::to_string(first), std::to_string(next - 1)});
    }
  }
  size_t busPort = 0;
  for (size_t i = 1; i < size(); ++i) {
    // The bus's port is not the one that Redis would take by itself.
    std::string nodes = servers_[i]->command({"CLUSTER", "NODES"});
    busPort = std::stoul(nodes.substr(nodes.find('@') + 1));
    servers_[0]->command({"CLUSTER", "MEET", "127.0.0.1", std::to_string(ports_[i]), std::to_string(busPort)});
  }
  for (size_t i = kMasters; i < size(); ++i) {
    std::string master = id(i - kMasters);
    if (!eventually([&] { return servers_[i]->command({"CLUSTER", "REPLICATE", master}) == "OK"; }))
      throw std::runtime_error("a replica does not find its master");
  }
  if (!eventually([&] { return isServing(); })) throw std::runtime_error("the cluster does not come up");
}

bool RedisClusterServers::isServing() const {
  for (const auto& server : servers_) {
    if (server->pid() == 0) continue;
    std::string info = server->command({"CLUSTER", "INFO"});
    if (info.find("cluster_state:ok") == std::string::npos ||
        info.find("cluster_slots_ok:16384") == std::string::npos ||
        info.find("cluster_known_nodes:6") == std::string::npos)
      return false;
    std::string role = server->command({"INFO", "replication"});
    if (role.find("role:slave") != std::string::npos && role.find("master_link_status:up") == std::string::npos)
      return false;
    if (replicasKnownTo(static_cast<size_t>(&server - servers_.data())) != kMasters) return false;
  }
  return true;
}

// A replica counts once others have heard that it has its master's rows.
size_t RedisClusterServers::replicasKnownTo(size_t server) const {
  StoreUrl url;
  Expected<RedisSession> session = openRedisSession(url, {"127.0.0.1", ports_[server]}, StoreOptions{}, password_);
  if (!session) return 0;
  Expected<std::vector<RedisSlotRange>> map = readSlotMap(*std::move(session), {"127.0.0.1", ports_[server]});
  if (!map) return 0;
  std::set<RedisAddress> replicas;
  for (const RedisSlotRange& range : *map) replicas.insert(range.replicas.begin(), range.replicas.end());
  return replicas.size();
}

void RedisClusterServers::obey(size_t server, const std::vector<std::string>& words) {
  std::string answer = servers_[server]->command(words);
  if (answer != "OK") throw std::runtime_error(words[0] + " " + words[1] + ": " + answer);
}

void RedisClusterServers::beginMove(uint16_t slot, size_t from, size_t to) {
  obey(to, {"CLUSTER", "SETSLOT", std::to_string(slot), "IMPORTING", id(from)});
  obey(from, {"CLUSTER", "SETSLOT", std::to_string(slot), "MIGRATING", id(to)});
}

void RedisClusterServers::moveKeys(uint16_t slot, size_t from, size_t to, size_t most) {
  std::string place = std::to_string(slot);
  for (size_t i = 0; i < most; ++i) {
    // One key each time.
    std::string key = servers_[from]->command({"CLUSTER", "GETKEYSINSLOT", place, "1"});
    if (key.empty()) return;
    std::vector<std::string> words{"MIGRATE", "127.0.0.1", std::to_string(ports_[to]), key, "0", "10000"};
    if (!password_.empty()) words.insert(words.end(), {"AUTH", password_});
    obey(from, words);
  }
}

void RedisClusterServers::endMove(uint16_t slot, size_t to) {
  std::string target = id(to);
  obey(to, {"CLUSTER", "SETSLOT", std::to_string(slot), "NODE", target});
  for (size_t i = 0; i < kMasters; ++i)
    if (i != to) obey(i, {"CLUSTER", "SETSLOT", std::to_string(slot), "NODE", target});
}

}  // namespace featc::test
