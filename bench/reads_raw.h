// SPDX-License-Identifier: Apache-2.0
// The rival of reads from Redis: plain hiredis, pipelined on one connection, replies as typed values.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program_info.h"

namespace featc::bench {

// One field of the rows; texts stay in the replies. What the field is not is empty.
struct RawColumn {
  std::vector<uint8_t> present;
  std::vector<int64_t> integers;
  std::vector<double> floats;
  std::vector<std::string_view> strings;
  std::vector<std::vector<std::string>> lists;
};

// One blocking connection, used as hiredis' README shows it: redisAppendCommandArgv for each key, then
// redisGetReply for each.
class RawRedis {
 public:
  RawRedis(const std::string& socket, int database);
  ~RawRedis();
  RawRedis(const RawRedis&) = delete;
  RawRedis& operator=(const RawRedis&) = delete;

  void ask(const SourceInfo& source, std::span<const std::string> keys);
  // A column a field, with a row a key in the order of asking. What is there already is overwritten; texts are valid
  // until forget().
  void answers(const SourceInfo& source, size_t keys, std::vector<RawColumn>& columns);
  void forget();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace featc::bench
