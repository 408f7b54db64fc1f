// SPDX-License-Identifier: Apache-2.0
// An event loop on a thread of its own, with its connections to one Redis, or to the nodes of a cluster.
#pragma once

#include <event2/event.h>
#include <sys/eventfd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "stores/redis_fetch.h"
#include "stores/store_options.h"
#include "stores/store_url.h"
#include "stores/worker_pool.h"

struct evdns_base;

namespace featc {

class RedisCluster;
class RedisConnection;

// What all loops of a store share.
struct RedisShared {
  StoreUrl url;
  StoreOptions options;
  std::string password;
  WorkerPool& workers;
  std::atomic<uint32_t> usable = 0;  // connections that may hope for an answer
  // Connections that became ready, such that were lost, and tries that failed.
  std::atomic<uint64_t> made = 0;
  std::atomic<uint64_t> lost = 0;
  std::atomic<uint64_t> refused = 0;

  RedisShared(StoreUrl u, StoreOptions o, std::string p, WorkerPool& w)
      : url(std::move(u)), options(std::move(o)), password(std::move(p)), workers(w) {}

  void failed(std::string_view why) noexcept;
  std::string problem() const;
  // A connection became ready, or is not to be hoped for any more.
  void settled();
  // A cluster can be read, where `problem` is empty; else why not. Once it could, it stays so.
  void clusterSettled(std::string problem);
  // Waits for the first connection, of a cluster for one to each node; or until there is none to hope for.
  std::string openProblem(std::chrono::steady_clock::time_point until);

 private:
  mutable std::mutex mutex_;
  std::condition_variable settled_;
  std::string problem_;
  std::optional<std::string> clusterProblem_;  // nothing: it is not known yet
};

class RedisLoop {
 public:
  explicit RedisLoop(RedisShared& shared);
  // Fails what is in flight.
  ~RedisLoop();
  RedisLoop(const RedisLoop&) = delete;
  RedisLoop& operator=(const RedisLoop&) = delete;

  // Thread-safe.
  void submit(std::shared_ptr<RedisFetch> fetch);

  // -- For its connections, on its thread ---------------------------------------------------------------
  RedisShared& shared() { return shared_; }
  // Null: a single server.
  RedisCluster* cluster() { return cluster_.get(); }
  // Finishes a fetch once: keys without an answer count as `rest`.
  void finish(const std::shared_ptr<RedisFetch>& fetch, KeyStatus rest) noexcept;
  // Pumps all connections soon, from the loop.
  void wake() { eventfd_write(wake_, 1); }
  // Looks names up; null where the system has no name servers.
  evdns_base* names();
  std::minstd_rand& random() { return random_; }

 private:
  void run() noexcept;
  void release() noexcept;
  void takeSubmitted() noexcept;
  void start(const std::shared_ptr<RedisFetch>& fetch);
  static void woken(evutil_socket_t wake, short, void* loop);
  static void timedOut(evutil_socket_t, short, void* fetch);

  RedisShared& shared_;
  event_base* base_ = nullptr;
  evdns_base* names_ = nullptr;
  int wake_ = -1;
  event* wakeEvent_ = nullptr;
  std::minstd_rand random_;
  std::vector<std::unique_ptr<RedisConnection>> connections_;  // to a single server
  std::unique_ptr<RedisCluster> cluster_;

  std::mutex mutex_;
  std::vector<std::shared_ptr<RedisFetch>> submitted_;
  bool stopping_ = false;
  std::vector<std::shared_ptr<RedisFetch>> taken_;
  std::thread thread_;
};

}  // namespace featc
