// SPDX-License-Identifier: Apache-2.0
#include "data/memory/store_opener.h"

#include <fmt/format.h>

#include "data/memory/memory_store.h"

namespace featc {

namespace {

OpenedStore openJsonl(std::string_view url, const std::string& /*source*/, std::span<const SourceInfo> sources) {
  OpenedStore opened;
  if (!url.starts_with(kJsonlScheme)) {
    opened.error = fmt::format("this program has none of featc's stores in it and reads {}PATH only", kJsonlScheme);
    return opened;
  }
  opened.store = MemoryStore::load(std::string(url.substr(kJsonlScheme.size())), sources, opened.report);
  opened.error = opened.report.error;
  return opened;
}

StoreOpener& current() {
  static StoreOpener opener = openJsonl;
  return opener;
}

}  // namespace

StoreOpener storeOpener() { return current(); }
void setStoreOpener(StoreOpener opener) { current() = opener; }

}  // namespace featc
