// SPDX-License-Identifier: Apache-2.0
// From a URL to a store and what guards it.
#include "stores/open_store.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdlib>

#include "stores/guards.h"
#include "stores/store_kind.h"

namespace featc {

namespace {

OpenedStore openOfSource(std::string_view url, const std::string& source, std::span<const SourceInfo> sources) {
  StoreOptions options;
  options.source = source;
  return openStore(url, std::move(options), sources);
}
[[maybe_unused]] const bool kLinked = (setStoreOpener(openOfSource), true);

}  // namespace

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
  if (!options.breaker) options.breaker = url.kind->breaker;
  url.kind->open(url, options, sources, opened);
  if (url.kind->guarding != Guarding::None)
    opened.store = guardStore(std::move(opened.store), options, url.kind->guarding == Guarding::NoDeadlines);
  return opened;
}

Expected<std::unique_ptr<StoreWriter>> openStoreWriter(const StoreUrl& url, const StoreOptions& options) {
  if (url.kind->openWriter != nullptr) return url.kind->openWriter(url, options);
  return Error(fmt::format("rows are loaded into {}", fillableStoreForms()), ErrorCode::BadStore);
}

}  // namespace featc
