// SPDX-License-Identifier: Apache-2.0
// Compares the scores of a log's line with those that its features get now.
#pragma once

#include <simdjson.h>

#include <string>

#include "data/log/replay.h"

namespace featc {

class ScoreComparison {
 public:
  ScoreComparison(ReplayScorer& scorer, double tolerance) : scorer_(scorer), tolerance_(tolerance) {}

  // `line` was replayed and gave `result`; `place` says which line it is. What is wrong with the line; empty: nothing.
  std::string compare(simdjson::dom::object line, const Result& result, const std::string& place, ReplayReport& report);

 private:
  void compareColumn(const CallScoreColumn& column, simdjson::dom::array logged, const std::string& place,
                     ReplayReport& report) const;
  // How one item's numbers differ; empty: they do not.
  std::string difference(const CallScoreColumn& column, size_t item, simdjson::dom::element logged) const;
  std::string textOf(const CallScoreColumn& column, size_t item) const;

  ReplayScorer& scorer_;
  const double tolerance_;
  CallScores scores_;
};

}  // namespace featc
