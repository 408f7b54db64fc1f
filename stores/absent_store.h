// SPDX-License-Identifier: Apache-2.0
// Notices that a store lost its rows: it answers, and all of a sudden most keys are absent.
#pragma once

#include <bitset>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "stores/described_store.h"

namespace featc {

// While more than `mostAbsent` of the last keys of a source were absent, its absent keys count as failed: their values
// are missing as before, and whoever looks for failed reads sees it. Each source is counted by itself.
class AbsentStore final : public DescribedStore {
 public:
  AbsentStore(std::shared_ptr<Store> store, double mostAbsent) : mostAbsent_(mostAbsent), store_(std::move(store)) {}
  void fetch(const FetchRequest& request, Done done) override;
  std::string name() const override { return storeName(*store_); }
  std::string problem() const override;
  std::string openProblem(std::chrono::steady_clock::time_point until) override {
    return storeOpenProblem(*store_, until);
  }
  void addStats(StoreStats& stats) const override;

 private:
  // Fewer keys say nothing: a server's first users may all be new.
  static constexpr size_t kFewest = 64;
  static constexpr size_t kWindow = 512;
  struct Watch {
    std::bitset<kWindow> absent;  // of the last keys
    size_t next = 0;
    size_t keys = 0;  // in the window
    bool isHigh = false;
  };
  // Counts the answer's keys; whether too many were absent lately.
  bool count(const std::string& source, const FetchResult& result);

  const double mostAbsent_;
  mutable std::mutex mutex_;
  std::map<std::string, Watch> sources_;
  uint64_t rises_ = 0;
  std::string problem_;           // of the last rise
  std::shared_ptr<Store> store_;  // last: ends first
};

}  // namespace featc
