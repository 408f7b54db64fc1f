// SPDX-License-Identifier: Apache-2.0
// Opens the stores that callers of the C interface name.
#include <fmt/format.h>

#include "data/memory/memory_store.h"
#include "engine/aot/handles.h"
#include "stores/open_store.h"

namespace featc {

// Not every program that runs models has featc's stores in it, and with them hiredis, libevent and LMDB: one
// without them leaves this function out. docs/ahead-of-time.md says how a program gets it.
__attribute__((weak)) OpenedStore openStore(std::string_view, StoreOptions, std::span<const SourceInfo>);

namespace {

OpenedStore openAny(std::string_view url, const std::string& name, std::span<const SourceInfo> sources) {
  StoreOptions options;
  options.source = name;
  if (openStore != nullptr) return openStore(url, std::move(options), sources);
  OpenedStore opened;
  if (!url.starts_with(kJsonlScheme)) {
    opened.error = fmt::format("this program has none of featc's stores in it and reads {}PATH only", kJsonlScheme);
    return opened;
  }
  opened.store = MemoryStore::load(std::string(url.substr(kJsonlScheme.size())), sources, opened.report);
  opened.error = opened.report.error;
  return opened;
}

}  // namespace

std::shared_ptr<Store> openStoreOf(const std::string& name, std::string_view url, std::span<const SourceInfo> sources,
                                   std::string& warnings, std::string& error) {
  OpenedStore opened = openAny(url, name, sources);
  // The URL is not repeated where it is wrong: it may hold a password by mistake.
  if (opened.store == nullptr) error = fmt::format("store of {}: {}", name, opened.error);
  for (const auto& bad : opened.report.badLines) warnings += fmt::format("{}:{}: {}\n", url, bad.line, bad.reason);
  for (const std::string& warning : opened.report.warnings) warnings += fmt::format("{}: warning: {}\n", url, warning);
  return std::move(opened.store);
}

std::string bindStores(std::span<const featc_store> entries, const ProgramInfo& info, StoreBinding& stores,
                       std::string& warnings) {
  for (const featc_store& entry : entries) {
    std::string error;
    std::shared_ptr<Store> store = openStoreOf(entry.source == nullptr ? "default" : entry.source,
                                               entry.url == nullptr ? "" : entry.url, info.sources, warnings, error);
    if (store == nullptr) return error;
    (entry.source == nullptr ? stores.fallback : stores.bySource[entry.source]) = std::move(store);
  }
  for (const auto& [name, store] : stores.bySource) {
    bool known = false;
    for (const SourceInfo& source : info.sources) known = known || source.name == name;
    if (!known) return fmt::format("the config has no source \"{}\"", name);
  }
  for (const SourceInfo& source : info.sources)
    if (stores.find(source.name) == nullptr) return fmt::format("no store serves the source \"{}\"", source.name);
  return {};
}

}  // namespace featc
