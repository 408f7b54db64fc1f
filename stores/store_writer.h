// SPDX-License-Identifier: Apache-2.0
// Filling a store: rows in, written in batches.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runtime/program_info.h"
#include "stores/store_options.h"
#include "stores/store_url.h"
#include "support/error.h"
#include "values/value.h"

namespace featc {

// Not thread-safe. A row replaces what its key had before, whole. After an error nothing more is written.
class StoreWriter {
 public:
  virtual ~StoreWriter() = default;
  // `values` has one a field of `source`, missing where the row has none. False on failure.
  [[nodiscard]] virtual bool write(const SourceInfo& source, std::string_view key, std::span<const Value> values) = 0;
  // Writes what is still held back. Without it the last rows may be lost.
  [[nodiscard]] virtual bool flush() = 0;
  // Why writing failed; empty: it did not.
  virtual const std::string& error() const = 0;
};

// Fails where the store cannot be reached or takes no rows.
Expected<std::unique_ptr<StoreWriter>> openStoreWriter(const StoreUrl& url, const StoreOptions& options);

}  // namespace featc
