// SPDX-License-Identifier: Apache-2.0
// The reply to CLUSTER SLOTS: which nodes serve which slots.
#pragma once

#include <hiredis/hiredis.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stores/redis_slots.h"

namespace featc {

// Slots `first` to `last` and who has their rows.
struct RedisSlotRange {
  uint16_t first = 0;
  uint16_t last = 0;
  RedisAddress master;
  std::vector<RedisAddress> replicas;

  bool operator==(const RedisSlotRange&) const = default;
};

// Takes the reply part by part, as useReplyParts hands them on. Bounded: what a server sends costs no more memory than
// a cluster of kMostNodes has.
class RedisSlotMapReader {
 public:
  static constexpr size_t kMostNodes = 50'000;  // entries, over all ranges

  // `asked` is the host that answers: nodes without a host have its.
  explicit RedisSlotMapReader(std::string asked) : asked_(std::move(asked)) {}

  void onArray(const redisReadTask& task, size_t elements);
  void onText(const redisReadTask& task, std::string_view text);
  void onInteger(const redisReadTask& task, long long number);
  void onNil(const redisReadTask& task);
  void* replyPart() { return this; }

  // After the last part: what is wrong with the reply; empty: `take` has the ranges.
  std::string problem();
  std::vector<RedisSlotRange> take();

 private:
  // A part's place: ranges[range][field][member].
  struct Place {
    size_t depth = 0;
    size_t range = 0;
    size_t field = 0;
    size_t member = 0;
  };
  static Place placeOf(const redisReadTask& task);
  void host(std::string_view text);
  void finishNode();
  void finishRange();

  std::string asked_;
  std::string error_;
  bool isArray_ = false;
  bool isStrange_ = false;
  bool hasRange_ = false;
  bool hasNode_ = false;
  size_t nodes_ = 0;
  int64_t first_ = -1;
  int64_t last_ = -1;
  std::vector<RedisAddress> ofRange_;  // the first is the master; one that cannot be reached has port 0
  RedisAddress node_;
  std::vector<RedisSlotRange> ranges_;
};

}  // namespace featc
