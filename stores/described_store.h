// SPDX-License-Identifier: Apache-2.0
// A store that can say where its rows come from, why reads failed, and what it counted.
#pragma once

#include <string>

#include "runtime/reads/store.h"
#include "runtime/reads/store_stats.h"

namespace featc {

class DescribedStore : public Store {
 public:
  // Without secrets: `redis://127.0.0.1:6379/0`.
  virtual std::string name() const = 0;
  // The last reason: `Connection refused`; empty when no read has failed.
  virtual std::string problem() const = 0;
  // Waits, until `until` at the latest, until it is known whether the store can be read. Why it cannot; empty: it can.
  virtual std::string openProblem(std::chrono::steady_clock::time_point /*until*/) { return {}; }
  // Fills in its part, and those of the stores inside of it.
  virtual void addStats(StoreStats& /*stats*/) const {}
};

// The same of any store; empty where it cannot say.
inline std::string storeName(const Store& store) {
  const auto* described = dynamic_cast<const DescribedStore*>(&store);
  return described == nullptr ? "" : described->name();
}
inline std::string storeProblem(const Store& store) {
  const auto* described = dynamic_cast<const DescribedStore*>(&store);
  return described == nullptr ? "" : described->problem();
}
inline std::string storeOpenProblem(Store& store, std::chrono::steady_clock::time_point until) {
  auto* described = dynamic_cast<DescribedStore*>(&store);
  return described == nullptr ? "" : described->openProblem(until);
}
inline void addStoreStats(const Store& store, StoreStats& stats) {
  const auto* described = dynamic_cast<const DescribedStore*>(&store);
  if (described != nullptr) described->addStats(stats);
}
inline StoreStats storeStats(const Store& store) {
  StoreStats stats;
  addStoreStats(store, stats);
  return stats;
}

}  // namespace featc
