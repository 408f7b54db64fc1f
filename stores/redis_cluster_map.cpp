// SPDX-License-Identifier: Apache-2.0
// Keeps the map of a cluster and the connections to its nodes.
#include <event2/event.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "stores/redis_cluster.h"
#include "stores/redis_connection.h"
#include "stores/redis_loop.h"
#include "stores/timeval.h"
#include "support/survive.h"

namespace featc {
namespace {

// Of the last map, while no other node answers.
constexpr size_t kMostReplicasAsked = 8;

}  // namespace

template <class Body>
void RedisCluster::timed(void* cluster, Body&& body) noexcept {
  auto& self = *static_cast<RedisCluster*>(cluster);
  // What lacked memory is tried again.
  if (!survive("the map of a Redis Cluster", [&] { body(self); })) self.wantMap();
}

RedisCluster::RedisCluster(RedisLoop& loop, event_base* base) : loop_(loop), base_(base) {
  shardOf_.fill(kNoShard);
  auto assign = [&](event& timer, event_callback_fn call) { event_assign(&timer, base_, -1, EV_TIMEOUT, call, this); };
  assign(refreshTimer_, [](evutil_socket_t, short, void* c) {
    timed(c, [](RedisCluster& s) {
      s.refreshAt_ = Clock::time_point::max();
      s.askForMap();
    });
  });
  assign(answerTimer_, [](evutil_socket_t, short, void* c) {
    timed(c, [](RedisCluster& s) {
      if (s.asked_ == nullptr) return;
      if (Node* node = s.nodeOf(*s.asked_)) node->mapProblem = "no answer to CLUSTER SLOTS";
      s.notAsked();
      if (!s.hasMap_ && !s.hopesForMap()) s.failWaiting();
      s.report();
      s.wantMap();
    });
  });
  assign(applyTimer_, [](evutil_socket_t, short, void* c) { timed(c, [](RedisCluster& s) { s.applyMap(); }); });
  assign(againTimer_, [](evutil_socket_t, short, void* c) {
    timed(c, [](RedisCluster& s) {
      std::vector<RedisShare> again = std::exchange(s.again_, {});
      for (const RedisShare& share : again)
        if (!survive("a fetch of Redis", [&] { s.route(share); })) s.loop_.finish(share.fetch, KeyStatus::Failed);
    });
  });
  assign(tidyTimer_, [](evutil_socket_t, short, void* c) { timed(c, [](RedisCluster& s) { s.tidy(); }); });
  addSeeds();
}

RedisCluster::~RedisCluster() { isClosed_ = true; }

void RedisCluster::startTimer(event& timer, std::chrono::microseconds after) noexcept {
  timeval time = timevalOf(after);
  event_add(&timer, &time);
}

// -- Nodes ----------------------------------------------------------------------------------------------

RedisCluster::Node& RedisCluster::node(const RedisAddress& address) {
  std::unique_ptr<Node>& found = nodes_[address];
  if (found != nullptr) return *found;
  try {
    found = std::make_unique<Node>();
    found->address = address;
    for (uint32_t i = 0; i < loop_.shared().options.connections; ++i)
      found->connections.push_back(std::make_unique<RedisConnection>(loop_, base_, address));
  } catch (...) {
    nodes_.erase(address);
    throw;
  }
  for (auto& connection : found->connections)
    if (isRunning_) connection->connectSoon();
  return *found;
}

RedisCluster::Node* RedisCluster::nodeOf(const RedisConnection& connection) {
  auto found = nodes_.find(connection.address());
  return found == nodes_.end() ? nullptr : found->second.get();
}

void RedisCluster::addSeeds() {
  for (const RedisAddress& seed : loop_.shared().url.seeds) node(seed);
}

void RedisCluster::connect() noexcept {
  isRunning_ = true;
  for (auto& [address, node] : nodes_)
    for (auto& connection : node->connections) connection->connectSoon();
}

void RedisCluster::close() noexcept {
  isClosed_ = true;
  for (event* timer : {&refreshTimer_, &answerTimer_, &applyTimer_, &againTimer_, &tidyTimer_}) event_del(timer);
  for (const RedisShare& share : std::exchange(again_, {})) fail(share);
  failWaiting();
  auto closeAll = [](Node& node) {
    for (auto& connection : node.connections)
      RedisConnection::guarded(connection.get(), [](RedisConnection& c) { c.close(); });
  };
  for (auto& [address, node] : nodes_) closeAll(*node);
  for (auto& node : leaving_) closeAll(*node);
}

// Closes the connections of nodes that left, once they have answered.
void RedisCluster::tidy() {
  std::erase_if(leaving_, [&](std::unique_ptr<Node>& node) {
    bool isPatient = Clock::now() < node->leaveUntil;
    bool isOver = true;
    for (auto& connection : node->connections) {
      if (!connection->isOver() && (connection->load() == 0 || !isPatient))
        RedisConnection::guarded(connection.get(),
                                 [](RedisConnection& c) { c.close("the node left the cluster and does not answer"); });
      isOver = isOver && connection->isOver();
    }
    return isOver;
  });
  if (!leaving_.empty()) startTimer(tidyTimer_, Milliseconds(100));
}

void RedisCluster::onReady(RedisConnection& connection) noexcept {
  survive("the state of a cluster", [&] {
    if (Node* node = nodeOf(connection)) node->mapProblem.clear();
    report();
    if (!hasMap_ || isWantedAgain_) wantMap();
  });
}

void RedisCluster::onLost(RedisConnection& connection) noexcept {
  if (isClosed_) return;
  if (asked_ == &connection) notAsked();
  if (connection.isClosed()) return;
  if (!hasMap_ && !hopesForMap()) failWaiting();
  survive("the state of a cluster", [&] { report(); });
  wantMap();
}

// -- Asking for the map ---------------------------------------------------------------------------------

bool RedisCluster::hopesForMap() const {
  return std::ranges::any_of(
      nodes_, [](const auto& entry) { return entry.second->mapProblem.empty() && entry.second->isUsable(); });
}

void RedisCluster::wantMap() noexcept {
  isWantedAgain_ = true;
  if (asked_ != nullptr) return;
  refreshWithin(askedAt_ + refreshWait_ - Clock::now());
}

// The earlier of two times holds.
void RedisCluster::refreshWithin(Clock::duration wait) noexcept {
  wait = std::max(wait, Clock::duration::zero());
  Clock::time_point at = Clock::now() + wait;
  if (isClosed_ || refreshAt_ <= at) return;
  refreshAt_ = at;
  startTimer(refreshTimer_, std::chrono::duration_cast<std::chrono::microseconds>(wait));
}

void RedisCluster::notAsked() noexcept {
  asked_ = nullptr;
  event_del(&answerTimer_);
}

void RedisCluster::askForMap() {
  if (asked_ != nullptr) return;
  askedAt_ = Clock::now();
  refreshWait_ = std::min<std::chrono::microseconds>(refreshWait_ * 2, kRefreshSlowly);
  std::vector<Node*> ready;
  for (auto& [address, node] : nodes_)
    if (node->isReady()) ready.push_back(node.get());
  // While the map's nodes cannot be reached, those that the URL names may know of others.
  if (ready.empty()) {
    addSeeds();
    size_t more = kMostReplicasAsked;
    for (const RedisSlotRange& range : map_)
      for (const RedisAddress& replica : range.replicas)
        if (more > 0) --more, node(replica);
    return wantMap();
  }
  size_t first = turn_++;
  for (size_t i = 0; i < ready.size() && asked_ == nullptr; ++i)
    for (auto& connection : ready[(first + i) % ready.size()]->connections) {
      if (!connection->askForMap()) continue;
      asked_ = connection.get();
      break;
    }
  if (asked_ == nullptr) return wantMap();
  isWantedAgain_ = false;
  startTimer(answerTimer_, std::max<std::chrono::microseconds>(kMapPatience, loop_.shared().options.connectTimeout));
}

void RedisCluster::onMap(RedisConnection& connection, RedisSlotMapReader& map) {
  if (asked_ != &connection) return;
  notAsked();
  if (std::string problem = map.problem(); !problem.empty()) {
    if (Node* node = nodeOf(connection)) node->mapProblem = problem;
    loop_.shared().failed(fmt::format("{}: {}", connection.address().text(), problem));
    if (!hasMap_ && !hopesForMap()) failWaiting();
    report();
    return wantMap();
  }
  if (Node* node = nodeOf(connection)) node->mapProblem.clear();
  newMap_ = map.take();
  // Not in the middle of a reply: connections may end.
  startTimer(applyTimer_, {});
}

void RedisCluster::applyMap() {
  bool isNew = newMap_ != map_ || !hasMap_;
  adopt(std::exchange(newMap_, {}));
  if (isNew) refreshWait_ = kRefreshAtMost;
  for (const RedisShare& share : std::exchange(waiting_, {}))
    if (!survive("a fetch of Redis", [&] { route(share); })) loop_.finish(share.fetch, KeyStatus::Failed);
  report();
  bool isWhole = std::ranges::count(shardOf_, kNoShard) == 0 &&
                 std::ranges::all_of(shards_, [](const Shard& s) { return s.master->isUsable(); });
  if (isWhole && !isWantedAgain_) {
    refreshWait_ = kRefreshAtMost;
    refreshWithin(kRefreshAtLeast);
  } else {
    wantMap();
  }
}

// Makes the shards anew, keeps connections to nodes that stay.
void RedisCluster::adopt(std::vector<RedisSlotRange> ranges) {
  std::vector<Shard> shards;
  std::array<uint16_t, kRedisSlots> shardOf;
  shardOf.fill(kNoShard);
  std::map<RedisAddress, uint16_t> shardOfMaster;
  for (const RedisSlotRange& range : ranges) {
    auto [known, isFirst] = shardOfMaster.try_emplace(range.master, static_cast<uint16_t>(shards.size()));
    if (isFirst) {
      Shard& shard = shards.emplace_back();
      shard.master = &node(range.master);
      for (const RedisAddress& replica : range.replicas)
        if (loop_.shared().options.readReplicas) shard.replicas.push_back(&node(replica));
    }
    for (uint32_t slot = range.first; slot <= range.last; ++slot) shardOf[slot] = known->second;
  }
  std::set<const Node*> wanted;
  for (const Shard& shard : shards) {
    wanted.insert(shard.master);
    wanted.insert(shard.replicas.begin(), shard.replicas.end());
  }
  leaving_.reserve(leaving_.size() + nodes_.size());
  // From here on nothing throws.
  shards_ = std::move(shards);
  shardOf_ = shardOf;
  map_ = std::move(ranges);
  hasMap_ = true;
  for (auto it = nodes_.begin(); it != nodes_.end();) {
    // A node without slots may be the only one that knows when there will be some.
    if (wanted.empty() || wanted.contains(it->second.get())) {
      ++it;
      continue;
    }
    it->second->leaveUntil = Clock::now() + kLeavePatience;
    leaving_.push_back(std::move(it->second));
    it = nodes_.erase(it);
  }
  if (!leaving_.empty()) startTimer(tidyTimer_, Milliseconds(100));
}

// -- What the store says when it is opened --------------------------------------------------------------

void RedisCluster::report() {
  if (isReported_ || isClosed_) return;
  if (!hasMap_) {
    std::string tried;
    for (const auto& [address, node] : nodes_) {
      std::string why = node->mapProblem;
      if (why.empty() && !node->isUsable()) why = node->connections[0]->problem();
      if (why.empty()) return;  // it may still answer
      tried += fmt::format("{}{} ({})", tried.empty() ? "" : ", ", address.text(), why);
    }
    loop_.shared().clusterSettled(fmt::format("no node that the URL names has the cluster's map: {}", tried));
    return;
  }
  if (auto ownerless = std::ranges::count(shardOf_, kNoShard); ownerless > 0) {
    loop_.shared().clusterSettled(
        fmt::format("{} of its {} slots have no node: the cluster is not complete", ownerless, kRedisSlots));
    return;
  }
  for (const Shard& shard : shards_) {
    const Node& node = *shard.master;
    if (node.isReady()) continue;
    if (node.isUsable()) return;
    // Replicas serve where they are asked for.
    if (std::ranges::any_of(shard.replicas, [](const Node* n) { return n->isReady(); })) continue;
    if (std::ranges::any_of(shard.replicas, [](const Node* n) { return n->isUsable(); })) return;
    loop_.shared().clusterSettled(
        fmt::format("its node {} cannot be reached: {}", node.address.text(), node.connections[0]->problem()));
    return;
  }
  isReported_ = true;
  loop_.shared().clusterSettled({});
}

}  // namespace featc
