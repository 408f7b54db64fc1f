// SPDX-License-Identifier: Apache-2.0
// A cache of rows in this process: absent rows are kept too, failures never.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "stores/described_store.h"
#include "stores/row_cache.h"
#include "stores/timers.h"

namespace featc {

// Answers what it has, on the caller's thread where it has all, and asks the store for the rest. Results are those
// of the store, as old as `ttl` at most. A key that another fetch has asked the store for already is waited for, until
// the fetch's own deadline; where the other one's answer is of no use to it (late, or with values that do not parse,
// which must be counted each time) it asks itself.
class CacheStore final : public DescribedStore {
 public:
  CacheStore(std::shared_ptr<Store> store, size_t bytes, std::chrono::microseconds ttl);
  ~CacheStore() override;
  void fetch(const FetchRequest& request, Done done) override;
  std::string name() const override { return storeName(*store_); }
  std::string problem() const override { return storeProblem(*store_); }
  std::string openProblem(std::chrono::steady_clock::time_point until) override {
    return storeOpenProblem(*store_, until);
  }

  void addStats(StoreStats& stats) const override {
    stats.cache = {hits_, misses_, joined_, rows_.evictions(), rows_.bytes()};
    addStoreStats(*store_, stats);
  }

 private:
  class Merge;
  struct Asked;
  // A key of a fetch that waits for another fetch's answer.
  struct Waiter {
    std::shared_ptr<Merge> merge;
    size_t place = 0;  // in the request
  };
  struct Joined {
    bool joined = false;                       // there is a fetch to wait for, or the row
    std::shared_ptr<const RowCache::Row> row;  // that has come meanwhile
  };

  // A number for a source and the fields that are read of it: rows of another choice are other rows.
  uint32_t spaceOf(const FetchRequest& request);
  Joined join(const Waiter& waiter, const std::string& text, RowCache::Time now);
  std::vector<Waiter> land(const std::string& text);
  void ask(const std::shared_ptr<Asked>& asked, uint32_t space);
  void landed(const Asked& asked, uint32_t space, const FetchResult& result);
  void askAgain(std::vector<Waiter> waiters, uint32_t space);
  static RowCache::Row rowOf(const FetchRequest& request, const FetchResult& result, size_t key);
  void keep(uint32_t space, const FetchRequest& request, const FetchResult& result);

  struct Space {
    SourceInfo source;
    std::vector<uint32_t> fields;
  };
  std::mutex mutex_;
  std::vector<Space> spaces_;
  std::mutex flightsMutex_;
  std::unordered_map<std::string, std::vector<Waiter>> flights_;  // by text in the cache: who waits for the key
  std::atomic<uint64_t> hits_ = 0;
  std::atomic<uint64_t> misses_ = 0;
  std::atomic<uint64_t> joined_ = 0;
  RowCache rows_;
  // Asking again ends before the store does.
  std::mutex endingMutex_;
  std::condition_variable asked_;
  size_t asking_ = 0;
  bool ending_ = false;
  Timers timers_;
  std::shared_ptr<Store> store_;  // last: ends first
};

}  // namespace featc
