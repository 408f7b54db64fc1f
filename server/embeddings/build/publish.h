// SPDX-License-Identifier: Apache-2.0
// Writes an epoch's rows into a key-value store, or the deltas that the store does not have yet.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/reads/store.h"
#include "server/embeddings/epoch.h"
#include "stores/store_writer.h"
#include "support/error.h"

namespace featc {

struct Published {
  uint64_t rows = 0;      // written
  uint64_t deleted = 0;   // by deltas
  uint64_t sequence = 0;  // that the store now has
};

// Rows come first, then what says that they are there; of deltas one after the other. So whoever reads meanwhile, or
// after this process died, sees rows that are at least as new as the store says.
// With `all` rows are written again although the store has the epoch; rows of deleted ids that it has stay.
// An error: the store has another epoch of this name, or lacks deltas that are no longer there.
Expected<Published> publishToStore(const EmbeddingEpoch& epoch, Store& store, StoreWriter& writer, bool all);

}  // namespace featc
