// SPDX-License-Identifier: Apache-2.0
// Fills Redis and LMDB as `featc load` does.
#include "bench/reads_stores.h"

#include "bench/suite.h"
#include "stores/open_store.h"
#include "tests/stores/fill_store.h"

namespace featc::bench {

namespace {

std::shared_ptr<Store> openOrThrow(const std::string& url) {
  OpenedStore opened = openStore(url);
  if (opened.store == nullptr) throw Broken(opened.error);
  return opened.store;
}

}  // namespace

ReadsStores::ReadsStores(const ReadsSubject& subject) : sources_(subject.config.optimized.info().sources) {
  fillRedis();
  test::fillStore("lmdb:" + folder_.path("rows"), sources_, readsRows());
}

void ReadsStores::fillRedis() const { test::fillStore(server.url(), sources_, readsRows()); }

std::shared_ptr<Store> ReadsStores::redis(const std::string& parameters) const {
  return openOrThrow(server.url(parameters));
}

std::shared_ptr<Store> ReadsStores::lmdb() const { return openOrThrow("lmdb:" + folder_.path("rows")); }

}  // namespace featc::bench
