// SPDX-License-Identifier: Apache-2.0
// Reads bytes as a server's reply to CLUSTER SLOTS, for tests and fuzzing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stores/redis_reply.h"
#include "stores/redis_slot_map.h"

namespace featc::test {

struct ReadSlotMap {
  bool whole = false;  // the bytes have a reply, and not only its beginning
  std::string problem;
  std::vector<RedisSlotRange> ranges;
};

inline ReadSlotMap readSlotMap(std::string_view bytes, const std::string& asked) {
  RedisSlotMapReader map(asked);
  redisReader* reader = redisReaderCreate();
  useReplyParts(*reader, map);
  redisReaderFeed(reader, bytes.data(), bytes.size());
  void* reply = nullptr;
  ReadSlotMap read;
  read.whole = redisReaderGetReply(reader, &reply) == REDIS_OK && reply != nullptr;
  redisReaderFree(reader);
  read.problem = map.problem();
  read.ranges = map.take();
  return read;
}

}  // namespace featc::test
