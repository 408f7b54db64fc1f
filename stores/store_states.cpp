// SPDX-License-Identifier: Apache-2.0
// Asks open stores what they have counted.
#include "stores/store_states.h"

#include "stores/described_store.h"

namespace featc {

std::vector<StoreState> storeStates(const KeptStores& stores) {
  std::vector<StoreState> states;
  for (const auto& [name, store] : stores.opened())
    if (std::string url = storeName(*store); !url.empty())
      states.push_back({name, url, storeProblem(*store), storeStats(*store)});
  return states;
}

}  // namespace featc
