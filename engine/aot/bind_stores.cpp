// SPDX-License-Identifier: Apache-2.0
// Opens the stores that callers of the C interface name.
#include <fmt/format.h>

#include "data/memory/store_opener.h"
#include "engine/aot/handles.h"

namespace featc {

Expected<std::shared_ptr<Store>> openStoreOf(const std::string& name, std::string_view url,
                                             std::span<const SourceInfo> sources, std::string& warnings) {
  OpenedStore opened = storeOpener()(url, name, sources);
  for (const auto& bad : opened.report.badLines) warnings += fmt::format("{}:{}: {}\n", url, bad.line, bad.reason);
  for (const std::string& warning : opened.report.warnings) warnings += fmt::format("{}: warning: {}\n", url, warning);
  // The URL is not repeated where it is wrong: it may hold a password by mistake.
  if (opened.store == nullptr) return Error(fmt::format("store of {}: {}", name, opened.error), ErrorCode::BadStore);
  return std::move(opened.store);
}

Error bindStores(const featc_open_options& options, const ProgramInfo& info, StoreBinding& stores,
                 std::string& warnings) {
  for (const featc_store& entry : std::span(options.stores, options.store_count)) {
    Expected<std::shared_ptr<Store>> store = openStoreOf(entry.source == nullptr ? "default" : entry.source,
                                                         entry.url == nullptr ? "" : entry.url, info.sources, warnings);
    if (!store) return store.error();
    (entry.source == nullptr ? stores.fallback : stores.bySource[entry.source]) = *std::move(store);
  }
  for (const auto& [name, store] : stores.bySource) {
    bool known = false;
    for (const SourceInfo& source : info.sources) known = known || source.name == name;
    if (!known) return {fmt::format("the config has no source \"{}\"", name), ErrorCode::BadStore};
  }
  for (const SourceInfo& source : info.sources)
    if (stores.find(source.name) == nullptr)
      return {fmt::format("no store serves the source \"{}\"", source.name), ErrorCode::BadStore};
  return {};
}

}  // namespace featc
