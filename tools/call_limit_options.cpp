// SPDX-License-Identifier: Apache-2.0
// What a request may cost, as the command line says it.
#include "tools/call_limit_options.h"

#include <map>
#include <string>

namespace featc {

CallLimits CallLimitOptions::limits() const {
  return {std::chrono::microseconds(computingMicroseconds), items, valueBytes, resultBytes, rowIds};
}

bool CallLimitOptions::any() const {
  return computingMicroseconds != 0 || items != 0 || valueBytes != 0 || resultBytes != 0 || memory != 0;
}

void addCallLimitOptions(CLI::App& command, CallLimitOptions& options) {
  // A day and a terabyte are as good as no limit, and overflow nothing.
  constexpr uint64_t kMostMicroseconds = 86'400'000'000;
  constexpr uint64_t kMostBytes = uint64_t{1} << 40U;
  static const std::map<std::string, uint64_t> kUnits = {{"us", 1}, {"ms", 1000}, {"s", 1'000'000}};
  auto bytes = [&](const char* name, uint64_t& to, const char* help) {
    command.add_option(name, to, help)
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(uint64_t{1}, kMostBytes))
        ->type_name("SIZE");
  };
  command
      .add_option("--max-computing", options.computingMicroseconds,
                  "Leave out requests that take longer to compute, such as 50ms")
      ->transform(CLI::AsNumberWithUnit(kUnits, CLI::AsNumberWithUnit::UNIT_REQUIRED))
      ->check(CLI::Range(uint64_t{1}, kMostMicroseconds))
      ->type_name("TIME");
  command.add_option("--max-items", options.items, "Leave out requests with more items")
      ->check(CLI::Range(int64_t{1}, INT64_MAX));
  bytes("--max-value-bytes", options.valueBytes,
        "Leave out requests whose operators make more strings, lists and maps, such as 64MB");
  bytes("--max-result-bytes", options.resultBytes, "Leave out requests whose features take more memory");
  command.add_option("--max-row-ids", options.rowIds, "Leave out items that have more ids in all features together")
      ->check(CLI::Range(1U, UINT32_MAX));
  bytes("--memory", options.memory, "Memory that all requests may use together; those that get no more are left out");
}

}  // namespace featc
