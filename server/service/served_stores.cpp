// SPDX-License-Identifier: Apache-2.0
// The stores that the command line names.
#include "server/service/served_stores.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stores/open_store.h"
#include "stores/store_kind.h"
#include "stores/store_states.h"
#include "support/print_error.h"

namespace featc {

namespace {

constexpr std::string_view kDefault = "default";

Expected<std::shared_ptr<Store>> open(const KeptStores::Entry& entry, std::span<const SourceInfo> sources) {
  StoreOptions options;
  options.source = entry.source.empty() ? kDefault : entry.source;
  OpenedStore opened = openStore(entry.url, options, sources);
  for (const auto& bad : opened.report.badLines) printError("{}:{}: {}\n", entry.url, bad.line, bad.reason);
  for (const std::string& warning : opened.report.warnings) printError("{}: warning: {}\n", entry.url, warning);
  if (opened.store == nullptr)
    return Error(fmt::format("--store {}=...: {}", options.source, opened.error), ErrorCode::BadStore);
  return std::move(opened.store);
}

// What is wrong with one option; never repeats a URL, which may hold a password by mistake.
std::string parse(const std::string& option, std::vector<KeptStores::Entry>& entries) {
  size_t equals = option.find('=');
  std::string name = option.substr(0, equals);
  if (equals == std::string::npos || name.empty() || name.find(':') != std::string::npos)
    return fmt::format("--store: expected NAME=URL, or default=URL for all sources; the URL is {}", storeForms());
  std::string url = option.substr(equals + 1);
  StoreUrl parsed;
  StoreOptions ignored;
  if (std::string problem = parseStoreUrl(url, parsed, ignored); !problem.empty())
    return fmt::format("--store {}=...: {}", name, problem);
  if (name == kDefault) name.clear();
  if (std::ranges::find(entries, name, &KeptStores::Entry::source) != entries.end())
    return fmt::format("--store {}=... is given twice", name.empty() ? kDefault : name);
  entries.push_back({name, url});
  return {};
}

}  // namespace

Expected<std::shared_ptr<KeptStores>> keptStores(const std::vector<std::string>& options) {
  std::vector<KeptStores::Entry> entries;
  for (const std::string& option : options)
    if (std::string problem = parse(option, entries); !problem.empty())
      return Error(std::move(problem), ErrorCode::BadArgument);
  return std::make_shared<KeptStores>(std::move(entries), open);
}

namespace {

constexpr const char* kAway = "reads fail: ";
constexpr const char* kLost = "rows may be lost: ";

// Which of a store's troubles it is, without the numbers that change all the time.
std::string kindOf(const StoreState& store) {
  const StoreStats& stats = store.stats;
  if ((stats.breaker && stats.breaker->open) || (stats.connections && stats.connections->ready == 0)) return kAway;
  return stats.absent && stats.absent->sources > 0 ? kLost : "";
}

}  // namespace

std::string troubleOf(const StoreState& store) {
  std::string kind = kindOf(store);
  return kind.empty() ? kind : kind + store.problem;
}

void StoreLog::look() {
  for (const StoreState& store : storeStates(stores_)) {
    std::string kind = kindOf(store);
    std::string before = std::exchange(troubles_[store.store], kind);
    if (before == kind) continue;
    const char* well = before == kLost ? "its rows are back" : "it answers again";
    printError("store {}, {}: {}\n", store.store, store.url, kind.empty() ? well : kind + store.problem);
  }
}

}  // namespace featc
