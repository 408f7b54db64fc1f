// SPDX-License-Identifier: Apache-2.0
// What a run's reads did, by source: for --stats.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/run_observer.h"

namespace featc {

class ReadStats final : public RunObserver {
 public:
  explicit ReadStats(const ProgramInfo& info);
  void onFetch(const FetchReport& report) override;
  // A line a source that was asked: `user: 3 fetches of 40 keys: 38 found, 2 absent; p50 0.2 ms, ...`
  std::vector<std::string> lines() const;

 private:
  // Four buckets an octave from a microsecond on: a percentile is off by less than a fifth.
  static constexpr size_t kBuckets = 128;
  struct Source {
    std::string name;
    ReadCounts counts;
    uint64_t fetches = 0;
    double mostSeconds = 0;
    std::array<uint64_t, kBuckets> latencies{};
  };
  static double percentile(const Source& source, double part);

  mutable std::mutex mutex_;
  std::vector<Source> sources_;
};

}  // namespace featc
