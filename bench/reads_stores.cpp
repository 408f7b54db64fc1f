// SPDX-License-Identifier: Apache-2.0
// Fills Redis and LMDB as `featc load` does.
#include "bench/reads_stores.h"

#include <string_view>

#include "bench/suite.h"
#include "runtime/io/store_rows.h"
#include "runtime/stores/open_store.h"
#include "runtime/stores/row_writer.h"

namespace featc::bench {

namespace {

std::shared_ptr<Store> openOrThrow(const std::string& url) {
  OpenedStore opened = openStore(url);
  if (opened.store == nullptr) throw Broken(opened.error);
  return opened.store;
}

void fill(const std::string& text, std::span<const SourceInfo> sources) {
  StoreUrl url;
  StoreOptions options;
  std::string error = parseStoreUrl(text, url, options);
  std::unique_ptr<RowWriter> writer = error.empty() ? openRowWriter(url, options, error) : nullptr;
  if (writer == nullptr) throw Broken(error);
  StoreRowReader rows(sources);
  std::string lines = readsRows();
  for (std::string_view rest = lines; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
    if (rows.read(rest.substr(0, rest.find('\n'))) != StoreRowReader::Row::Taken ||
        !writer->write(sources[rows.source()], rows.key(), rows.values()))
      throw Broken("a row cannot be loaded");
  }
  if (!writer->flush()) throw Broken(writer->error());
}

}  // namespace

ReadsStores::ReadsStores(const ReadsSubject& subject) : sources_(subject.config.optimized.info().sources) {
  fillRedis();
  fill("lmdb:" + folder_.path("rows"), sources_);
}

void ReadsStores::fillRedis() const { fill(server.url(), sources_); }

std::shared_ptr<Store> ReadsStores::redis(const std::string& parameters) const {
  return openOrThrow(server.url(parameters));
}

std::shared_ptr<Store> ReadsStores::lmdb() const { return openOrThrow("lmdb:" + folder_.path("rows")); }

}  // namespace featc::bench
