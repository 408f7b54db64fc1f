// SPDX-License-Identifier: Apache-2.0
// What a request may cost, as the command line says it.
#include "tools/call_limit_options.h"

#include "tools/command.h"

namespace featc {

CallLimits CallLimitOptions::limits() const {
  return {std::chrono::microseconds(computingMicroseconds), items, valueBytes, resultBytes, rowIds};
}

bool CallLimitOptions::any() const {
  return computingMicroseconds != 0 || items != 0 || valueBytes != 0 || resultBytes != 0 || memory != 0;
}

void addCallLimitOptions(Command& command, CallLimitOptions& options) {
  // A day and a terabyte are as good as no limit, and overflow nothing.
  constexpr uint64_t kMostMicroseconds = 86'400'000'000;
  constexpr uint64_t kMostBytes = uint64_t{1} << 40U;
  auto bytes = [&](const char* name, uint64_t& to, const char* help) {
    command.option(name, to, help).size().within(uint64_t{1}, kMostBytes).placeholder("SIZE");
  };
  command
      .option("--max-computing", options.computingMicroseconds,
              "Leave out requests that take longer to compute, such as 50ms")
      .duration()
      .within(uint64_t{1}, kMostMicroseconds)
      .placeholder("TIME");
  command.option("--max-items", options.items, "Leave out requests with more items").within(int64_t{1}, INT64_MAX);
  bytes("--max-value-bytes", options.valueBytes,
        "Leave out requests whose operators make more strings, lists and maps, such as 64MB");
  bytes("--max-result-bytes", options.resultBytes, "Leave out requests whose features take more memory");
  command.option("--max-row-ids", options.rowIds, "Leave out items that have more ids in all features together")
      .within(uint64_t{1}, UINT32_MAX);
  bytes("--memory", options.memory, "Memory that all requests may use together; those that get no more are left out");
}

}  // namespace featc
