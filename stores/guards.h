// SPDX-License-Identifier: Apache-2.0
// Puts around a store what its options ask for.
#pragma once

#include <memory>

#include "runtime/reads/store.h"
#include "stores/store_options.h"

namespace featc {

// From the inside out: deadlines, unless the store keeps them itself; the second read; the breaker; the cache; too many
// absent rows.
std::shared_ptr<Store> guardStore(std::shared_ptr<Store> store, const StoreOptions& options, bool keepsDeadlines);

}  // namespace featc
