// SPDX-License-Identifier: Apache-2.0
// Rows in memory, kept as bytes.
#include "stores/memory_table.h"

#include <mutex>
#include <new>
#include <vector>

#include "stores/row_format.h"
#include "stores/store_kind.h"

namespace featc {

void MemoryTable::put(const SourceInfo& source, std::string_view key, std::span<const Value> values) {
  putBytes(key, encodeRow(source, values));
}

void MemoryTable::putBytes(std::string_view key, std::string bytes) {
  auto row = std::make_shared<const std::string>(std::move(bytes));
  std::unique_lock lock(mutex_);
  rows_[std::string(key)] = std::move(row);
}

void MemoryTable::fetch(const FetchRequest& request, Done done) {
  // Strings of the answer stay where the rows are: both live as long as its arena.
  struct Holder {
    Arena arena{SIZE_MAX};
    std::vector<std::shared_ptr<const std::string>> rows;
  };
  FetchResult result;
  try {
    auto holder = std::make_shared<Holder>();
    holder->rows.resize(request.keys.size());
    {
      std::shared_lock lock(mutex_);
      for (size_t k = 0; k < request.keys.size(); ++k)
        if (auto at = rows_.find(request.keys[k]); at != rows_.end()) holder->rows[k] = at->second;
    }
    RowDecoder decoder(request, std::shared_ptr<Arena>(holder, &holder->arena));
    std::vector<Str> texts;
    for (size_t k = 0; k < request.keys.size(); ++k)
      if (holder->rows[k] != nullptr) decodeRow(*holder->rows[k], request, k, decoder, texts);
    result = decoder.take();
  } catch (const std::bad_alloc&) {
    result = {};
  }
  done(std::move(result));
}

constinit const StoreKind kMemoryKind = {
    .scheme = "memory",
    .form = "memory:",
    .parse = [](std::string_view rest, StoreUrl&) -> std::string {
      return rest.empty() ? "" : "only options may follow memory:";
    },
    .name = [](const StoreUrl&) -> std::string { return "memory:"; },
    .open = [](const StoreUrl&, const StoreOptions&, std::span<const SourceInfo>,
               OpenedStore& opened) { opened.store = std::make_shared<MemoryTable>(); },
    .guarding = Guarding::None,
};

}  // namespace featc
