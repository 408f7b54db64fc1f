// SPDX-License-Identifier: Apache-2.0
// Splits fetches over a cluster's nodes, and follows redirections.
#include "stores/redis_cluster.h"

#include <event2/event.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stores/redis_connection.h"
#include "stores/redis_loop.h"
#include "support/survive.h"

namespace featc {

bool RedisCluster::Node::isReady() const {
  return std::ranges::any_of(connections, [](const auto& c) { return c->isReady(); });
}

bool RedisCluster::Node::isUsable() const {
  return std::ranges::any_of(connections, [](const auto& c) { return c->usable(); });
}

void RedisCluster::start(const std::shared_ptr<RedisFetch>& fetch) {
  isPumpDue_ = true;  // the loop does it behind all fetches
  RedisShare all{.fetch = fetch, .end = static_cast<uint32_t>(fetch->keys().size())};
  if (!hasMap_) {
    if (!hopesForMap()) return loop_.finish(fetch, KeyStatus::Failed);
    waiting_.push_back(std::move(all));
    return;
  }
  route(std::move(all));
}

// Keys of the same node go to the same connection, in one share.
void RedisCluster::route(RedisShare share, const RedisConnection* except) {
  const std::shared_ptr<RedisFetch>& fetch = share.fetch;
  if (fetch->finished()) return;
  parts_.resize(shards_.size());
  std::vector<uint16_t> used;
  bool isOwnerless = false;
  auto take = [&](uint32_t key) {
    uint16_t shard = shardOf_[redisSlot(fetch->keys()[key])];
    if (shard == kNoShard) {
      fetch->failed(key);
      isOwnerless = true;
      return;
    }
    RedisShare& part = parts_[shard];
    if (part.fetch == nullptr) {
      part.fetch = fetch;
      part.hops = share.hops;
      used.push_back(shard);
    }
    part.scattered.push_back(key);
  };
  try {
    // Shares give their last key first.
    for (uint32_t key = share.end; key > share.next; --key) take(key - 1);
    for (uint32_t key : share.scattered) take(key);
    for (uint16_t shard : used) {
      RedisConnection* reader = readerOf(shards_[shard], except);
      RedisShare part = std::exchange(parts_[shard], {});
      if (reader != nullptr)
        send(*reader, std::move(part));
      else
        fail(part);
    }
  } catch (...) {
    parts_.clear();
    throw;
  }
  if (isOwnerless) {
    loop_.shared().failed("a slot of the cluster has no node");
    wantMap();
  }
  if (!fetch->finished() && fetch->isComplete()) loop_.finish(fetch, KeyStatus::Failed);
}

RedisConnection* RedisCluster::readerOf(const Shard& shard, const RedisConnection* except) {
  RedisConnection* best = nullptr;
  auto consider = [&](const Node& node) {
    for (const auto& connection : node.connections)
      if (connection.get() != except && connection->usable() && (best == nullptr || connection->load() < best->load()))
        best = connection.get();
  };
  // Replicas take turns where they have the same load.
  if (loop_.shared().options.readReplicas && !shard.replicas.empty()) {
    size_t first = turn_++ % shard.replicas.size();
    for (size_t i = 0; i < shard.replicas.size(); ++i) consider(*shard.replicas[(first + i) % shard.replicas.size()]);
  }
  if (best == nullptr) consider(*shard.master);
  return best;
}

void RedisCluster::send(RedisConnection& to, RedisShare share) {
  to.add(std::move(share));
  // From the loop, since a connection may be lost while it sends.
  if (!std::exchange(isPumpDue_, true)) loop_.wake();
}

void RedisCluster::pump() noexcept {
  isPumpDue_ = false;
  auto pumpAll = [](Node& node) {
    for (auto& connection : node.connections)
      RedisConnection::guarded(connection.get(), [](RedisConnection& c) { c.pump(); });
  };
  for (auto& [address, node] : nodes_) pumpAll(*node);
  for (auto& node : leaving_) pumpAll(*node);
}

// -- Keys that a node did not answer --------------------------------------------------------------------

void RedisCluster::fail(const RedisShare& share) noexcept {
  RedisFetch& fetch = *share.fetch;
  if (fetch.finished()) return;
  for (uint32_t key = share.next; key < share.end; ++key) fetch.failed(key);
  for (uint32_t key : share.scattered) fetch.failed(key);
  if (fetch.isComplete()) loop_.finish(share.fetch, KeyStatus::Failed);
}

void RedisCluster::failWaiting() noexcept {
  for (const RedisShare& share : std::exchange(waiting_, {})) fail(share);
}

void RedisCluster::giveUp(RedisConnection& from, RedisShare share) noexcept {
  bool isElsewhere = !isClosed_ && hasMap_ && loop_.shared().options.readReplicas && share.hops < kMaxHops &&
                     !share.isAsking &&
                     survive(
                         "reading from another replica",
                         [&] {
                           ++share.hops;
                           route(share, &from);
                         });
  if (!isElsewhere) fail(share);
}

bool RedisCluster::takesOver(RedisConnection& from, const RedisShare& share, std::string_view error) noexcept {
  bool isTaken = false;
  bool isDone = survive("an answer of a cluster", [&] {
    std::optional<RedisRedirect> redirect = parseRedirect(error);
    // A node that cannot read now: there may be a better one.
    if (redirect || isUnfit(error)) wantMap();
    if (share.hops >= kMaxHops) return;
    RedisShare next = share;
    ++next.hops;
    if (redirect) {
      follow(from, std::move(next), *redirect);
      isTaken = true;
    } else if (error.starts_with("TRYAGAIN")) {
      again_.push_back(std::move(next));
      startTimer(againTimer_, kTryAgain);
      isTaken = true;
    } else if (isUnfit(error) && loop_.shared().options.readReplicas) {
      Node* node = nodeOf(from);
      bool isReplica =
          node != nullptr && std::ranges::none_of(shards_, [&](const Shard& s) { return s.master == node; });
      if (!isReplica) return;
      route(std::move(next), &from);
      isTaken = true;
    }
  });
  if (!isDone) loop_.finish(share.fetch, KeyStatus::Failed);
  return isTaken || !isDone;
}

void RedisCluster::follow(RedisConnection& from, RedisShare share, const RedisRedirect& redirect) {
  RedisAddress address = redirect.to;
  if (address.host.empty()) address.host = from.address().host;
  if (!nodes_.contains(address) && nodes_.size() >= map_.size() + kMaxStrangers) return fail(share);
  Node& owner = node(address);
  share.isAsking = redirect.isAsk;
  if (!redirect.isAsk && hasMap_) {
    // The map that comes soon says it for all slots.
    auto known = std::ranges::find(shards_, &owner, &Shard::master);
    if (known == shards_.end() && shards_.size() < kNoShard) {
      shards_.push_back({&owner, {}});
      known = shards_.end() - 1;
    }
    if (known != shards_.end()) shardOf_[redirect.slot] = static_cast<uint16_t>(known - shards_.begin());
  }
  RedisConnection* reader = RedisConnection::leastLoaded(owner.connections);
  if (reader != nullptr)
    send(*reader, std::move(share));
  else
    fail(share);
}

}  // namespace featc
