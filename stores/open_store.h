// SPDX-License-Identifier: Apache-2.0
// Opens the store that a URL names, with its guards around it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "data/memory/store_opener.h"
#include "stores/store_options.h"

namespace featc {

// `url` as in store_url.h; what it sets goes before `options`. A server or a file of LMDB that is not there is
// no error: its reads fail until it is. Rows of jsonl are those of `sources`, which only it needs.
// A password comes from the environment: FEATC_REDIS_PASSWORD_NAME of the source that options.source names
// (`user_profile`: FEATC_REDIS_PASSWORD_USER_PROFILE), else FEATC_REDIS_PASSWORD.
OpenedStore openStore(std::string_view url, StoreOptions options = {}, std::span<const SourceInfo> sources = {});

// Does nothing. A program whose linker is told to want it (`-Wl,-u,featc_link_stores`) has this file in it: its
// storeOpener() is openStore, and the program has all stores, though nothing else may name them.
extern "C" void featc_link_stores();

// The password that the environment has for a store; empty: none.
std::string storePassword(const StoreOptions& options);

}  // namespace featc
