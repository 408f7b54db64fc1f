// SPDX-License-Identifier: Apache-2.0
// What a run's stores counted of themselves: for --stats.
#include "tools/store_stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "stores/described_store.h"

namespace featc {
namespace {

std::string counted(uint64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::vector<std::string> partsOf(const StoreStats& stats) {
  std::vector<std::string> parts;
  if (stats.breaker)
    parts.push_back(fmt::format("breaker {}, opened {}, {} without asking", stats.breaker->open ? "open" : "closed",
                                counted(stats.breaker->trips, "time", "times"),
                                counted(stats.breaker->refused, "fetch failed", "fetches failed")));
  if (stats.secondReads)
    parts.push_back(fmt::format("{}, {} answered first",
                                counted(stats.secondReads->sent, "second read", "second reads"),
                                stats.secondReads->won));
  if (stats.cache)
    parts.push_back(fmt::format("cache {}, {}, {} joined, {}, {} bytes", counted(stats.cache->hits, "hit", "hits"),
                                counted(stats.cache->misses, "miss", "misses"), stats.cache->joined,
                                counted(stats.cache->evictions, "eviction", "evictions"), stats.cache->bytes));
  if (stats.connections)
    parts.push_back(fmt::format("{} ready, {} made, {} lost, {} failed",
                                counted(stats.connections->ready, "connection", "connections"), stats.connections->made,
                                stats.connections->lost, counted(stats.connections->failed, "try", "tries")));
  if (stats.absent)
    parts.push_back(fmt::format("too many absent keys of {}, {}", counted(stats.absent->sources, "source", "sources"),
                                counted(stats.absent->rises, "rise", "rises")));
  return parts;
}

}  // namespace

std::vector<std::string> storeLines(const StoreBinding& stores) {
  std::vector<std::pair<std::shared_ptr<Store>, std::string>> named;
  auto add = [&](const std::string& name, const std::shared_ptr<Store>& store) {
    auto at = std::ranges::find(named, store, [](const auto& n) { return n.first; });
    if (at == named.end())
      named.emplace_back(store, name);
    else
      at->second += ", " + name;
  };
  for (const auto& [name, store] : stores.bySource) add(name, store);
  if (stores.fallback != nullptr) add("default", stores.fallback);
  std::vector<std::string> lines;
  for (const auto& [store, names] : named)
    if (std::vector<std::string> parts = partsOf(storeStats(*store)); !parts.empty())
      lines.push_back(fmt::format("{}: {}: {}", names, storeName(*store), fmt::join(parts, "; ")));
  return lines;
}

}  // namespace featc
