// SPDX-License-Identifier: Apache-2.0
// Hands fetches to event loops.
#include "stores/redis_store.h"

#include <fmt/format.h>

#include "stores/redis_url.h"
#include "stores/row_decoder.h"
#include "stores/store_kind.h"
#include "stores/writers.h"

namespace featc {

RedisStore::RedisStore(const StoreUrl& url, const StoreOptions& options, const std::string& password)
    : workers_(options.workers), shared_(url, options, password, workers_) {
  for (uint32_t i = 0; i < options.loops; ++i) loops_.push_back(std::make_unique<RedisLoop>(shared_));
}

void RedisStore::addStats(StoreStats& stats) const {
  uint64_t lost = shared_.lost;  // before those made, which are never fewer
  uint64_t made = shared_.made;
  stats.connections = {made - lost, made, lost, shared_.refused};
}

void RedisStore::fetch(const FetchRequest& request, Done done) {
  if (request.keys.empty() || request.fields.empty()) return done(answerAll(request, KeyStatus::Absent));
  if (shared_.usable.load(std::memory_order_relaxed) == 0) return done(answerAll(request, KeyStatus::Failed));
  FetchRequest bounded = request;
  if (std::chrono::microseconds timeout = shared_.options.redisTimeout(); timeout.count() > 0)
    bounded.deadline = std::min(request.deadline, std::chrono::steady_clock::now() + timeout);
  auto fetch = std::make_shared<RedisFetch>(bounded, std::move(done), shared_.options.maxValueBytes,
                                            shared_.options.maxFetchBytes);
  fetch->delivery = WorkerPool::newTask([fetch] { fetch->deliver(); });
  uint32_t loop = loops_.size() == 1 ? 0 : next_.fetch_add(1, std::memory_order_relaxed) % loops_.size();
  try {
    loops_[loop]->submit(fetch);
  } catch (...) {
    fetch->delivery.clear();  // which keeps the fetch
    throw;
  }
}

namespace {

void openRedis(const StoreUrl& url, const StoreOptions& options, std::span<const SourceInfo>, OpenedStore& opened) {
  opened.store = std::make_shared<RedisStore>(url, options, storePassword(options));
}

Expected<std::unique_ptr<StoreWriter>> openWriter(const StoreUrl& url, const StoreOptions& options) {
  return openRedisWriter(url, options, storePassword(options));
}

Expected<std::unique_ptr<StoreWriter>> openClusterWriter(const StoreUrl& url, const StoreOptions& options) {
  return openRedisClusterWriter(url, options, storePassword(options));
}

}  // namespace

constinit const StoreKind kRedisKind = {
    .scheme = "redis",
    .form = "redis://HOST:PORT/DB",
    .parse = parseRedisServer,
    .name =
        [](const StoreUrl& url) {
          return fmt::format("redis://{}/{}", RedisAddress{url.host, url.port}.text(), url.database);
        },
    .open = openRedis,
    .openWriter = openWriter,
    // By its event loop's timers.
    .guarding = Guarding::NoDeadlines,
    .hasDatabases = true,
    .takesPasswords = true,
};

constinit const StoreKind kRedisSocketKind = {
    .scheme = "redis+unix",
    .form = "redis+unix:///SOCKET?db=N",
    .parse = parseRedisSocket,
    .name = [](const StoreUrl& url) { return fmt::format("redis+unix://{}?db={}", url.path, url.database); },
    .open = openRedis,
    .openWriter = openWriter,
    .guarding = Guarding::NoDeadlines,
    .hasDatabases = true,
    .takesPasswords = true,
};

constinit const StoreKind kRedisClusterKind = {
    .scheme = "redis-cluster",
    .form = "redis-cluster://HOST:PORT,...",
    .parse = parseRedisCluster,
    .name =
        [](const StoreUrl& url) {
          std::string name = "redis-cluster://";
          for (const RedisAddress& seed : url.seeds) name += (&seed == url.seeds.data() ? "" : ",") + seed.text();
          return name;
        },
    .open = openRedis,
    .openWriter = openClusterWriter,
    .guarding = Guarding::NoDeadlines,
    // One node that is down must not cost the rows of others. Reads of its keys fail at once anyway.
    .breaker = 0,
    .hasReplicas = true,
    .takesPasswords = true,
};

}  // namespace featc
