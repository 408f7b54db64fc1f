// SPDX-License-Identifier: Apache-2.0
// Replays logged calls: the same requests on the rows that stores gave then, and every difference by feature.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/calls/extractor.h"

namespace featc {

// What verifying a log found, over all its lines.
struct ReplayReport {
  // How often a feature came out otherwise, and where at first.
  struct Differences {
    uint64_t count = 0;
    std::vector<std::string> examples;
  };
  uint64_t lines = 0;
  uint64_t requests = 0;
  uint64_t items = 0;           // compared
  uint64_t differentItems = 0;  // with any difference
  std::map<std::string, Differences> features;
  Differences statuses;     // items that failed then and not now, or the other way
  Differences unreadable;   // lines that are not log lines, or whose requests this config refuses
  Differences incomplete;   // lines that cannot be replayed, as the log itself says
  Differences unknownKeys;  // keys asked for that the line has no row of
  std::map<std::string, uint64_t> otherFingerprints;  // lines of other configs, by fingerprint
  std::map<uint64_t, uint64_t> otherSemantics;        // lines of other versions of the meaning

  static constexpr size_t kExamples = 3;
  bool same() const;
};

class LogReplayer {
 public:
  explicit LogReplayer(const std::vector<SourceInfo>& sources);
  ~LogReplayer();
  LogReplayer(const LogReplayer&) = delete;
  LogReplayer& operator=(const LogReplayer&) = delete;

  // For the extractor that replay() gets: they answer from the line that is replayed.
  StoreBinding stores() const;
  // Takes one line of a log, number `number` from 1; the extractor is the same for all lines.
  void replay(const Extractor& extractor, std::string_view line, uint64_t number, ReplayReport& report);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace featc
