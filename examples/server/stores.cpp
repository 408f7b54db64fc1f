// SPDX-License-Identifier: Apache-2.0
// The stores that the command line names.
#include "stores.h"

#include <fmt/format.h>

#include "runtime/memory_store.h"

namespace server {

using namespace featc;

namespace {

constexpr std::string_view kJsonl = "jsonl:";

std::shared_ptr<Store> openStore(const KeptStores::Entry& entry, std::span<const SourceInfo> sources,
                                 std::string& error) {
  StoreLoadReport report;
  std::string path = entry.url.substr(kJsonl.size());
  std::shared_ptr<Store> store = MemoryStore::load(path, sources, report);
  if (store == nullptr) error = fmt::format("{}: {}", path, report.error);
  for (const auto& bad : report.badLines) fmt::print(stderr, "{}:{}: {}\n", path, bad.line, bad.reason);
  return store;
}

}  // namespace

std::shared_ptr<KeptStores> keptStores(const std::vector<std::string>& options, std::string& error) {
  std::vector<KeptStores::Entry> entries;
  for (const std::string& option : options) {
    size_t equals = option.find('=');
    std::string name = option.substr(0, equals);
    std::string url = equals == std::string::npos ? "" : option.substr(equals + 1);
    if (name.empty() || !url.starts_with(kJsonl)) error = fmt::format("--store {}: expected NAME=jsonl:PATH", option);
    entries.push_back({name == "default" ? "" : name, url});
  }
  return std::make_shared<KeptStores>(std::move(entries), openStore);
}

}  // namespace server
