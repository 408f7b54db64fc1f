// SPDX-License-Identifier: Apache-2.0
// From a URL to a store and what guards it.
#include "runtime/stores/open_store.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdlib>

#include "runtime/reads/memory_store.h"
#include "runtime/stores/guards.h"
#include "runtime/stores/lmdb_store.h"
#include "runtime/stores/memory_table.h"
#include "runtime/stores/redis_store.h"
#include "runtime/stores/row_writer.h"
#include "runtime/stores/store_url.h"
#include "runtime/stores/writers.h"

namespace featc {

void featc_link_stores() {}

std::string storePassword(const StoreOptions& options) {
  std::string variable = "FEATC_REDIS_PASSWORD";
  std::string own = variable + "_";
  for (char c : options.source)
    own += std::isalnum(static_cast<unsigned char>(c)) != 0 ? static_cast<char>(std::toupper(c)) : '_';
  const char* password = options.source.empty() ? nullptr : std::getenv(own.c_str());
  if (password == nullptr) password = std::getenv(variable.c_str());
  return password == nullptr ? "" : password;
}

OpenedStore openStore(std::string_view text, StoreOptions options, std::span<const SourceInfo> sources) {
  OpenedStore opened;
  StoreUrl url;
  opened.error = parseStoreUrl(text, url, options);
  opened.badUrl = !opened.error.empty();
  if (opened.badUrl) return opened;
  // A second read must not queue up behind the first.
  if (options.hedgePercentile > 0 && options.loops * options.connections == 1) options.connections = 2;
  switch (url.kind) {
    case StoreKind::Memory: opened.store = std::make_shared<MemoryTable>(); break;
    case StoreKind::Jsonl:
      opened.store = MemoryStore::load(url.path, sources, opened.report);
      opened.error = opened.report.error;
      break;
    case StoreKind::Lmdb: opened.store = std::make_shared<LmdbStore>(url.path, options); break;
    case StoreKind::Redis: opened.store = std::make_shared<RedisStore>(url, options, storePassword(options)); break;
  }
  // Redis keeps deadlines by its event loop's timers; what is in memory is there at once.
  if (url.kind == StoreKind::Lmdb || url.kind == StoreKind::Redis)
    opened.store = guardStore(std::move(opened.store), options, url.kind == StoreKind::Redis);
  return opened;
}

std::unique_ptr<RowWriter> openRowWriter(const StoreUrl& url, const StoreOptions& options, std::string& error) {
  switch (url.kind) {
    case StoreKind::Lmdb: return openLmdbWriter(url.path, error);
    case StoreKind::Redis: return openRedisWriter(url, options, storePassword(options), error);
    case StoreKind::Memory:
    case StoreKind::Jsonl: break;
  }
  error = "rows are loaded into lmdb:PATH, redis://HOST:PORT/DB or redis+unix:///SOCKET?db=N";
  return nullptr;
}

}  // namespace featc
