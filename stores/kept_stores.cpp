// SPDX-License-Identifier: Apache-2.0
// Stores that live on from version to version of a config.
#include "stores/kept_stores.h"

#include <fmt/format.h>

#include <algorithm>

#include "stores/store_kind.h"

namespace featc {

KeptStores::KeptStores(std::vector<Entry> entries, Open open) : open_(std::move(open)) {
  for (Entry& entry : entries) kept_.emplace_back().entry = std::move(entry);
}

std::string KeptStores::bind(const ProgramInfo& info, StoreBinding& binding) {
  for (Kept& kept : kept_) {
    const std::string& name = kept.entry.source;
    if (!name.empty() && std::ranges::find(info.sources, name, &SourceInfo::name) == info.sources.end()) continue;
    Expected<std::shared_ptr<Store>> store = storeOf(kept, info);
    if (!store) return store.error().message;
    (name.empty() ? binding.fallback : binding.bySource[name]) = *std::move(store);
  }
  for (const SourceInfo& source : info.sources)
    if (binding.find(source.name) == nullptr) return fmt::format("no store serves the source \"{}\"", source.name);
  return {};
}

std::vector<std::pair<std::string, std::shared_ptr<const Store>>> KeptStores::opened() const {
  std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, std::shared_ptr<const Store>>> stores;
  for (const Kept& kept : kept_)
    for (const Opened& opened : kept.opened)
      if (std::shared_ptr<const Store> store = opened.store.lock())
        stores.emplace_back(kept.entry.source.empty() ? "default" : kept.entry.source, std::move(store));
  return stores;
}

Expected<std::shared_ptr<Store>> KeptStores::storeOf(Kept& kept, const ProgramInfo& info) {
  std::lock_guard opening(kept.opening);
  if (std::shared_ptr<Store> store = find(kept, info)) return store;
  Expected<std::shared_ptr<Store>> store = open_(kept.entry, info.sources);
  if (!store) return store;
  std::lock_guard lock(mutex_);
  kept.opened.push_back({*store, info.sources});
  return store;
}

// One that is open and fits.
std::shared_ptr<Store> KeptStores::find(Kept& kept, const ProgramInfo& info) {
  std::vector<std::shared_ptr<Store>> others;  // ends after the lock: freeing a large store takes its time
  std::lock_guard lock(mutex_);
  std::erase_if(kept.opened, [](const Opened& opened) { return opened.store.expired(); });
  const StoreKind* kind = storeKindOf(kept.entry.url);
  bool anyFits = kind == nullptr || !kind->isOfDeclarations;
  for (const Opened& opened : kept.opened) {
    std::shared_ptr<Store> store = opened.store.lock();
    if (store != nullptr && (anyFits || opened.sources == info.sources)) return store;
    if (store != nullptr) others.push_back(std::move(store));
  }
  return nullptr;
}

}  // namespace featc
