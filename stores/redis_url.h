// SPDX-License-Identifier: Apache-2.0
// The URLs of Redis.
#pragma once

#include <string>
#include <string_view>

#include "stores/store_url.h"

namespace featc {

// What stands between the scheme and the options: `//[USER@]HOST[:PORT][/DB]`. As StoreKind::parse.
std::string parseRedisServer(std::string_view rest, StoreUrl& url);
// `//[USER@]HOST[:PORT],HOST[:PORT]...`
std::string parseRedisCluster(std::string_view rest, StoreUrl& url);
// `//[USER@]/PATH`
std::string parseRedisSocket(std::string_view rest, StoreUrl& url);

}  // namespace featc
