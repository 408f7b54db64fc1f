// SPDX-License-Identifier: Apache-2.0
// The order of a store's guards.
#include "stores/guards.h"

#include "stores/absent_store.h"
#include "stores/breaker_store.h"
#include "stores/cache_store.h"
#include "stores/deadline_store.h"
#include "stores/hedge_store.h"

namespace featc {

std::shared_ptr<Store> guardStore(std::shared_ptr<Store> store, const StoreOptions& options, bool keepsDeadlines) {
  if (!keepsDeadlines)
    store = std::make_shared<DeadlineStore>(std::move(store), options.timeout.value_or(std::chrono::microseconds(0)));
  if (options.hedgePercentile > 0) store = std::make_shared<HedgeStore>(std::move(store), options.hedgePercentile);
  if (options.breaker.value_or(0) > 0)
    store = std::make_shared<BreakerStore>(std::move(store), *options.breaker, options.breakerWait);
  if (options.cacheBytes > 0)
    store = std::make_shared<CacheStore>(std::move(store), options.cacheBytes, options.cacheTtl);
  // Around the cache, which may hold absent rows: what requests got is what counts.
  if (options.maxAbsent) store = std::make_shared<AbsentStore>(std::move(store), *options.maxAbsent);
  return store;
}

}  // namespace featc
