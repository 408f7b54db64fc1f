// SPDX-License-Identifier: Apache-2.0
// What a run's reads did, by source: for --stats.
#include "tools/read_stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace featc {
namespace {

constexpr double kFirst = 1e-6;  // seconds: the upper bound of the first bucket

size_t bucketOf(double seconds, size_t buckets) {
  double steps = std::ceil(4 * std::log2(std::max(seconds, kFirst) / kFirst));
  return std::min(static_cast<size_t>(steps), buckets - 1);
}

}  // namespace

ReadStats::ReadStats(const ProgramInfo& info) {
  for (const SourceInfo& source : info.sources) {
    sources_.emplace_back();
    sources_.back().name = source.name;
  }
}

void ReadStats::onFetch(const FetchReport& report) {
  double seconds = std::chrono::duration<double>(report.took).count();
  std::lock_guard lock(mutex_);
  Source& source = sources_[report.sourceIndex];
  source.counts += report.counts;
  ++source.fetches;
  source.mostSeconds = std::max(source.mostSeconds, seconds);
  ++source.latencies[bucketOf(seconds, kBuckets)];
}

// The bound of the bucket that the fetch of that rank is in.
double ReadStats::percentile(const Source& source, double part) {
  auto rank = static_cast<uint64_t>(std::ceil(part * static_cast<double>(source.fetches)));
  size_t bucket = 0;
  for (uint64_t seen = source.latencies[0]; seen < rank; seen += source.latencies[bucket]) ++bucket;
  return std::min(kFirst * std::exp2(static_cast<double>(bucket) / 4), source.mostSeconds);
}

std::vector<std::string> ReadStats::lines() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  for (const Source& source : sources_) {
    if (source.fetches == 0) continue;
    const ReadCounts& counts = source.counts;
    std::string line = fmt::format("{}: {} fetch{} of {} keys: {} found, {} absent", source.name, source.fetches,
                                   source.fetches == 1 ? "" : "es", counts.keys, counts.found, counts.absent);
    auto part = [&](uint64_t count, const char* what) {
      if (count > 0) line += fmt::format(", {} {}", count, what);
    };
    part(counts.failed, "failed");
    part(counts.timedOut, "too late");
    part(counts.badFields, "values not of the declared type");
    line += fmt::format("; p50 {:.3g} ms, p99 {:.3g} ms, longest {:.3g} ms", percentile(source, 0.5) * 1e3,
                        percentile(source, 0.99) * 1e3, source.mostSeconds * 1e3);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace featc
