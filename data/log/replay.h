// SPDX-License-Identifier: Apache-2.0
// Replays logged calls: the same requests on the rows that stores gave then, and every difference by feature.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/log/call_scores.h"
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
  Differences statuses;                       // items that failed then and not now, or the other way
  Differences unreadable;                     // lines that are not log lines, or whose requests this config refuses
  Differences incomplete;                     // lines that cannot be replayed, as the log itself says
  Differences redacted;                       // lines that cannot be replayed, since fields of theirs were left out
  Differences unknownKeys;                    // keys asked for that the line has no row of
  uint64_t scoredItems = 0;                   // whose scores were compared
  std::map<std::string, Differences> scores;  // as `features`, by output of the network
  Differences otherTables;                    // lines whose scores were made with other tables or deltas
  std::map<std::string, uint64_t> otherFingerprints;  // lines of other configs, by fingerprint
  std::map<uint64_t, uint64_t> otherSemantics;        // lines of other versions of the meaning

  size_t mostExamples = 3;  // of each kind
  bool same() const;
  // Counts one of this report's differences, and keeps the example while it has few of that kind.
  void note(Differences& differences, std::string example) {
    ++differences.count;
    if (differences.examples.size() < mostExamples) differences.examples.push_back(std::move(example));
  }
};

// What a line says of where it comes from; what it does not say is empty.
struct LogHead {
  std::string servedAs;
  std::string version;
  std::string model;
};
// Nothing where the text is no line of a log.
std::optional<LogHead> readLogHead(std::string_view line);

// Scores replayed calls as the server did that logged them.
class ReplayScorer {
 public:
  virtual ~ReplayScorer() = default;
  // What `scores` borrows stays until the next call. Fails where the network cannot compute them.
  virtual Error score(const Result& result, CallScores& scores) = 0;
};

class LogReplayer {
 public:
  explicit LogReplayer(const std::vector<SourceInfo>& sources);
  ~LogReplayer();
  LogReplayer(const LogReplayer&) = delete;
  LogReplayer& operator=(const LogReplayer&) = delete;

  // For the extractor that replay() gets: they answer from the line that is replayed.
  StoreBinding stores() const;
  // From here on scores are compared too, which may differ by `tolerance` times the larger of 1 and the logged score:
  // joined requests are rounded otherwise. The scorer must outlive this.
  void useScorer(ReplayScorer& scorer, double tolerance);
  // Takes one line of a log, number `number` from 1; the extractor is the same for all lines.
  void replay(const Extractor& extractor, std::string_view line, uint64_t number, ReplayReport& report);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace featc
