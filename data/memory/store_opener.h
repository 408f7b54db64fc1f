// SPDX-License-Identifier: Apache-2.0
// How a program opens the store that a URL names. Not every program that runs models has the library of stores in it,
// with hiredis, libevent and LMDB; where it is linked in, it takes over here.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "data/memory/store_rows.h"
#include "runtime/reads/store.h"

namespace featc {

struct OpenedStore {
  std::shared_ptr<Store> store;  // null: `error` says why
  std::string error;
  bool badUrl = false;     // the error is in the URL, not in what lies there
  StoreLoadReport report;  // of jsonl: its rows
};

// `source` names the store in messages and metrics.
using StoreOpener = OpenedStore (*)(std::string_view url, const std::string& source,
                                    std::span<const SourceInfo> sources);

// What the program opens stores with: `jsonl:PATH` alone, unless the library of stores was linked in.
StoreOpener storeOpener();
// For that library, before main().
void setStoreOpener(StoreOpener opener);

}  // namespace featc
