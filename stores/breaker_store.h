// SPDX-License-Identifier: Apache-2.0
// A circuit breaker: a store that has failed some times in a row is left alone for a while.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "stores/described_store.h"

namespace featc {

// Closed: all fetches pass. After `failures` of them in a row it opens: fetches fail at once, in
// microseconds. After a wait one fetch passes as a probe; the others still fail. An answer closes the breaker,
// another failure doubles the wait, up to five times the first. A fetch fails when no key has an answer.
class BreakerStore final : public DescribedStore {
 public:
  BreakerStore(std::shared_ptr<Store> store, uint32_t failures, std::chrono::microseconds wait)
      : mostFailures_(failures), firstWait_(wait), store_(std::move(store)) {}
  void fetch(const FetchRequest& request, Done done) override;
  std::string name() const override { return storeName(*store_); }
  std::string problem() const override { return storeProblem(*store_); }
  std::string openProblem(std::chrono::steady_clock::time_point until) override {
    return storeOpenProblem(*store_, until);
  }
  void addStats(StoreStats& stats) const override {
    stats.breaker = {isOpen(), trips_, refused_};
    addStoreStats(*store_, stats);
  }
  bool isOpen() const { return openUntil_.load(std::memory_order_relaxed) != 0; }

 private:
  // Whether a fetch may pass.
  bool admit();
  void passed(bool failed);

  const uint32_t mostFailures_;
  const std::chrono::microseconds firstWait_;
  std::atomic<uint32_t> failures_ = 0;  // in a row
  std::atomic<int64_t> openUntil_ = 0;  // the next probe, microseconds of the steady clock; 0: closed
  std::atomic<uint64_t> trips_ = 0;
  std::atomic<uint64_t> refused_ = 0;
  std::shared_ptr<Store> store_;
};

}  // namespace featc
