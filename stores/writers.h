// SPDX-License-Identifier: Apache-2.0
// The writers of each kind of store, for openRowWriter.
#pragma once

#include "stores/row_writer.h"

namespace featc {

std::unique_ptr<RowWriter> openLmdbWriter(const std::string& path, std::string& error);
// `password` may be empty: none.
std::unique_ptr<RowWriter> openRedisWriter(const StoreUrl& url, const StoreOptions& options,
                                           const std::string& password, std::string& error);

std::unique_ptr<RowWriter> openRedisClusterWriter(const StoreUrl& url, const StoreOptions& options,
                                                  const std::string& password, std::string& error);

}  // namespace featc
