// SPDX-License-Identifier: Apache-2.0
// Keeps deadlines for a store that does not: what has not come in time is answered as timed out.
#pragma once

#include <atomic>
#include <memory>

#include "stores/described_store.h"
#include "stores/owned_request.h"
#include "stores/timers.h"

namespace featc {

class DeadlineStore final : public DescribedStore {
 public:
  // `timeout`: of each fetch; 0: only the request's own deadline counts.
  DeadlineStore(std::shared_ptr<Store> store, std::chrono::microseconds timeout)
      : timeout_(timeout), store_(std::move(store)) {}
  void fetch(const FetchRequest& request, Done done) override;
  std::string name() const override { return storeName(*store_); }
  std::string problem() const override;
  std::string openProblem(std::chrono::steady_clock::time_point until) override {
    return storeOpenProblem(*store_, until);
  }
  void addStats(StoreStats& stats) const override { addStoreStats(*store_, stats); }

 private:
  std::chrono::microseconds timeout_;
  std::atomic<bool> late_ = false;  // the last answer was
  SourceCopies sources_;
  Timers timers_;
  std::shared_ptr<Store> store_;  // last: ends first
};

}  // namespace featc
