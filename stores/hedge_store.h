// SPDX-License-Identifier: Apache-2.0
// Hedged reads: what takes longer than most fetches do is asked a second time, and the first answer counts.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>

#include "stores/described_store.h"
#include "stores/owned_request.h"
#include "stores/timers.h"

namespace featc {

// The delay is a percentile of the last kWindow latencies. At most twice the share of fetches that lie beyond it
// are asked twice, so that a store that is slow altogether does not get double load.
class HedgeStore final : public DescribedStore {
 public:
  HedgeStore(std::shared_ptr<Store> store, uint32_t percentile) : percentile_(percentile), store_(std::move(store)) {}
  // The timers' calls ask the store, whose answers cancel timers.
  ~HedgeStore() override { timers_.finish(); }
  void fetch(const FetchRequest& request, Done done) override;
  std::string name() const override { return storeName(*store_); }
  std::string problem() const override { return storeProblem(*store_); }
  std::string openProblem(std::chrono::steady_clock::time_point until) override {
    return storeOpenProblem(*store_, until);
  }
  void addStats(StoreStats& stats) const override {
    stats.secondReads = {hedges_, won_};
    addStoreStats(*store_, stats);
  }

 private:
  static constexpr size_t kWindow = 256;
  static constexpr uint64_t kRefresh = 32;  // fetches between looks at the window
  struct Race;
  void send(const std::shared_ptr<Race>& race, bool isSecond);
  void answer(Race& race, FetchResult result, bool isSecond);
  void record(std::chrono::microseconds latency);
  // False when there were too many lately.
  bool spend();

  const uint32_t percentile_;
  std::mutex mutex_;
  std::array<int64_t, kWindow> latencies_{};  // microseconds
  uint64_t recorded_ = 0;
  double credit_ = 0;               // second reads that may be made
  std::atomic<int64_t> delay_ = 0;  // microseconds; 0: not known yet
  std::atomic<uint64_t> hedges_ = 0;
  std::atomic<uint64_t> won_ = 0;  // second reads whose answer counted
  SourceCopies sources_;
  Timers timers_;
  std::shared_ptr<Store> store_;  // last: ends first
};

}  // namespace featc
