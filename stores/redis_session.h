// SPDX-License-Identifier: Apache-2.0
// A blocking connection to Redis, for what fills it.
#pragma once

#include <hiredis/hiredis.h>

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runtime/program_info.h"
#include "stores/redis_slots.h"
#include "stores/store_options.h"
#include "stores/store_url.h"
#include "support/error.h"
#include "values/value.h"

namespace featc {

struct RedisContextFree {
  void operator()(redisContext* context) const { redisFree(context); }
};
using RedisSession = std::unique_ptr<redisContext, RedisContextFree>;

// Connects to `address`, or the URL's socket, and greets. `password` may be empty: none.
Expected<RedisSession> openRedisSession(const StoreUrl& url, const RedisAddress& address, const StoreOptions& options,
                                        const std::string& password);
// Why nothing came from it.
std::string sessionProblem(const redisContext& session);

// A command in Redis's protocol, appended to `text`.
void appendCommand(std::string& text, std::span<const std::string_view> words);
void appendCommand(std::string& text, std::initializer_list<std::string_view> words);
// The commands that replace a row: how many.
uint32_t appendRow(std::string& text, const SourceInfo& source, std::string_view key, std::span<const Value> values);

// The first error of a reply, in what EXEC answers too; empty: there is none.
std::string errorOf(const redisReply& reply);

}  // namespace featc
