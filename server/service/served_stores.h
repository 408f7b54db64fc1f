// SPDX-License-Identifier: Apache-2.0
// The stores that the command line names.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/reads/store_stats.h"
#include "stores/kept_stores.h"
#include "support/error.h"

namespace featc {

// From `NAME=URL` each, `default` for all other sources; fails with BadArgument. Each is opened when a config first
// reads it, and once for all configs.
Expected<std::shared_ptr<KeptStores>> keptStores(const std::vector<std::string>& options);

// What makes answers of the store worthless at this moment; empty: nothing.
std::string troubleOf(const StoreState& store);

// Logs stores that go and come back, or lose their rows, one line each time.
class StoreLog {
 public:
  explicit StoreLog(const KeptStores& stores) : stores_(stores) {}
  void look();

 private:
  const KeptStores& stores_;
  std::map<std::string, std::string> troubles_;  // by name, the kind of each
};

}  // namespace featc
