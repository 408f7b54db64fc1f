// SPDX-License-Identifier: Apache-2.0
// A blocking connection to Redis, for what fills it.
#pragma once

#include <hiredis/hiredis.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program_info.h"
#include "stores/redis_slot_map.h"
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

// Reads so many answers; what the first error says, or why none came. Empty: all is well.
std::string answersProblem(redisContext& session, size_t answers);
// The map of the cluster to which the node `asked` belongs, whose session this is.
Expected<std::vector<RedisSlotRange>> readSlotMap(RedisSession session, const RedisAddress& asked);

// The commands that replace a row: how many.
uint32_t appendRow(std::string& text, const SourceInfo& source, std::string_view key, std::span<const Value> values);

// The first error of a reply, in what EXEC answers too; empty: there is none.
std::string errorOf(const redisReply& reply);

}  // namespace featc
