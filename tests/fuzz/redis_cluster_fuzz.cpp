// SPDX-License-Identifier: Apache-2.0
// Fuzzes what nodes of a Redis Cluster say about where keys are: the reply to CLUSTER SLOTS, and MOVED and ASK.
// Whatever it is, a map names slots and nodes that can exist.
#include <hiredis/hiredis.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stores/redis_slot_map.h"
#include "tests/fuzz/require.h"
#include "tests/stores/slot_map_parts.h"

namespace {

using namespace featc;

void requireAddress(const RedisAddress& address, bool mayBeEmpty) {
  require(address.port > 0 && address.host.size() <= 255 && address.host != "?");
  require(mayBeEmpty || !address.host.empty());
}

}  // namespace

// The first byte says which of the two the rest is.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] == 'e') {
    std::optional<RedisRedirect> redirect = parseRedirect(text);
    if (redirect) requireAddress(redirect->to, true);
    if (redirect) require(redirect->slot < kRedisSlots);
    require(redisSlot(text) < kRedisSlots);
    return 0;
  }
  test::ReadSlotMap map = test::readSlotMap(text, "asked");
  size_t nodes = 0;
  for (const RedisSlotRange& range : map.ranges) {
    require(range.first <= range.last && range.last < kRedisSlots);
    requireAddress(range.master, false);
    for (const RedisAddress& replica : range.replicas) requireAddress(replica, false);
    nodes += 1 + range.replicas.size();
  }
  require(nodes <= RedisSlotMapReader::kMostNodes);
  return 0;
}
