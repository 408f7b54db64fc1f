// SPDX-License-Identifier: Apache-2.0
// Makes hiredis hand a reply's parts to the connection as it reads them, instead of building a tree of them.
#pragma once

#include <hiredis/hiredis.h>

namespace featc {

class RedisConnection;

// A tree costs an allocation a value; its arrays are as long as the server says. Values go from the reader's
// buffer into the fetch that waits for them.
void useReplyParts(redisReader& reader, RedisConnection& connection);

}  // namespace featc
