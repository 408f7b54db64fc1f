// SPDX-License-Identifier: Apache-2.0
// Rows in Redis: hashes read with HMGET, JSON texts with MGET, pipelined.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "stores/described_store.h"
#include "stores/redis_loop.h"
#include "stores/store_options.h"
#include "stores/store_url.h"
#include "stores/worker_pool.h"

namespace featc {

// Keeps deadlines itself. `done` comes on a worker's thread or, where there is little to do, on an event loop's, or on
// the caller's where no connection is to be hoped for: a store that is down costs microseconds. Destroying it fails
// what is in flight; not to be done by `done`.
class RedisStore final : public DescribedStore {
 public:
  // Starts to connect. `password` may be empty: none.
  RedisStore(const StoreUrl& url, const StoreOptions& options, const std::string& password);
  void fetch(const FetchRequest& request, Done done) override;
  std::string name() const override { return shared_.url.name(); }
  std::string problem() const override { return shared_.problem(); }
  std::string openProblem(std::chrono::steady_clock::time_point until) override { return shared_.openProblem(until); }
  void addStats(StoreStats& stats) const override;

 private:
  WorkerPool workers_;
  RedisShared shared_;
  std::vector<std::unique_ptr<RedisLoop>> loops_;  // last: end first
  std::atomic<uint32_t> next_ = 0;
};

}  // namespace featc
