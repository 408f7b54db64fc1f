// SPDX-License-Identifier: Apache-2.0
// The writers of each kind of store, for openStoreWriter.
#pragma once

#include "stores/store_writer.h"

namespace featc {

Expected<std::unique_ptr<StoreWriter>> openLmdbWriter(const std::string& path);
// `password` may be empty: none.
Expected<std::unique_ptr<StoreWriter>> openRedisWriter(const StoreUrl& url, const StoreOptions& options,
                                                       const std::string& password);

Expected<std::unique_ptr<StoreWriter>> openRedisClusterWriter(const StoreUrl& url, const StoreOptions& options,
                                                              const std::string& password);

}  // namespace featc
