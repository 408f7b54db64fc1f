// SPDX-License-Identifier: Apache-2.0
// Reads the limits of a run's reads and holds them against what it counted.
#include "tools/read_limits.h"

#include <fmt/format.h>

#include <algorithm>

#include "stores/store_url.h"
#include "support/suggest.h"
#include "tools/command.h"

namespace featc {

void addReadLimitOptions(Command& command, ReadLimitOptions& options) {
  command
      .option(
          "--max-failed-reads", options.maxFailed,
          "Number of keys that may fail or come too late; with more, the run ends with exit code 1 and FILE.partial")
      .placeholder("N")
      .showDefault();
  command
      .option("--max-absent", options.maxAbsent,
              "Share of a source's keys that may be absent, such as 5%; with more, the same (default: no limit)")
      .placeholder("[SOURCE=]SHARE")
      .oneValueEach();
}

Expected<ReadLimits> ReadLimits::make(const ReadLimitOptions& options, const ProgramInfo& info) {
  auto wrong = [](std::string message) { return Error(std::move(message), ErrorCode::BadArgument); };
  ReadLimits limits;
  limits.maxFailed_ = options.maxFailed;
  limits.maxAbsent_.resize(info.sources.size());
  std::vector<bool> own(info.sources.size());
  for (const std::string& text : options.maxAbsent) {
    size_t equals = text.find('=');
    std::string name = equals == std::string::npos ? "" : text.substr(0, equals);
    std::optional<double> share = parseShare(text.substr(equals == std::string::npos ? 0 : equals + 1));
    auto source = std::ranges::find(info.sources, name, &SourceInfo::name);
    if (!share)
      return wrong(fmt::format("--max-absent {}: expected a share such as 5% or 0.05, or SOURCE=SHARE", text));
    if (equals != std::string::npos && source == info.sources.end()) {
      std::vector<std::string_view> names;
      for (const SourceInfo& known : info.sources) names.push_back(known.name);
      std::optional<std::string> nearest = nearestName(name, names);
      return wrong(fmt::format("--max-absent {}: the config has no such source{}", text,
                               nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : ""));
    }
    for (size_t s = 0; s < info.sources.size(); ++s) {
      bool isNamed = equals != std::string::npos;
      if (isNamed ? info.sources[s].name != name : own[s]) continue;
      limits.maxAbsent_[s] = share;
      own[s] = own[s] || isNamed;
    }
  }
  return limits;
}

uint64_t ReadLimits::failedReads(const RunTotals& totals) {
  uint64_t failed = 0;
  for (const ReadCounts& reads : totals.reads) failed += reads.failed + reads.timedOut;
  return failed;
}

std::vector<std::string> ReadLimits::exceeded(const RunTotals& totals, const ProgramInfo& info) const {
  std::vector<std::string> lines;
  if (failed(totals)) {
    uint64_t count = failedReads(totals);
    lines.push_back(
        fmt::format("{} of stores failed: features lack values from stores; fix the store and run again, or accept "
                    "this with --max-failed-reads {}",
                    count == 1 ? "1 read" : fmt::format("{} reads", count), count));
  }
  for (size_t s = 0; s < maxAbsent_.size(); ++s) {
    const ReadCounts& reads = totals.reads[s];
    if (!maxAbsent_[s] || reads.keys == 0) continue;
    double share = static_cast<double>(reads.absent) / static_cast<double>(reads.keys);
    if (share <= *maxAbsent_[s]) continue;
    lines.push_back(fmt::format("source {}: {} of {} keys are absent, {:.1f} %, and --max-absent allows {:.6g} %",
                                info.sources[s].name, reads.absent, reads.keys, share * 100, *maxAbsent_[s] * 100));
  }
  return lines;
}

}  // namespace featc
