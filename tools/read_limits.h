// SPDX-License-Identifier: Apache-2.0
// How many of its reads a run may miss before what it made does not count as whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/run_totals.h"
#include "support/error.h"

namespace featc {

class Command;

struct ReadLimitOptions {
  uint64_t maxFailed = 0;
  std::vector<std::string> maxAbsent;  // SHARE or SOURCE=SHARE
};

// --max-failed-reads, --max-absent.
void addReadLimitOptions(Command& command, ReadLimitOptions& options);

class ReadLimits {
 public:
  // Fails with BadArgument where the options are wrong.
  static Expected<ReadLimits> make(const ReadLimitOptions& options, const ProgramInfo& info);

  // Whether more reads failed or came too late than may: no more rows change that.
  bool failed(const RunTotals& totals) const { return failedReads(totals) > maxFailed_; }
  // A line for each limit that the whole run exceeded; of absent rows only the end can tell.
  std::vector<std::string> exceeded(const RunTotals& totals, const ProgramInfo& info) const;

 private:
  static uint64_t failedReads(const RunTotals& totals);

  uint64_t maxFailed_ = 0;
  std::vector<std::optional<double>> maxAbsent_;  // by source: a share of its keys
};

}  // namespace featc
