// SPDX-License-Identifier: Apache-2.0
#include "server/log/scores_of_call.h"

#include <vector>

namespace featc {

namespace {

template <class T>
std::vector<T> part(const std::vector<T>& all, size_t first, size_t count) {
  if (all.empty()) return {};
  auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
  return std::vector<T>(begin, begin + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

CallScores scoresOfCall(const Scores& scores) {
  CallScores out;
  for (const ScoreColumn& column : scores.columns) {
    const bool areInts = column.type == TensorType::Int64;
    CallScoreColumn& made = out.columns.emplace_back(CallScoreColumn{column.name, column.width, {}, {}});
    if (areInts)
      made.ints = column.ints;
    else
      made.floats = column.floats;
  }
  for (ScoreStatus status : scores.status) out.present.push_back(status == ScoreStatus::Ok);
  out.epoch = scores.epoch;
  out.delta = scores.delta;
  return out;
}

Scores copyScores(const Scores& scores, size_t first, size_t count) {
  Scores out;
  out.status = part(scores.status, first, count);
  for (const ScoreColumn& column : scores.columns)
    out.columns.push_back({column.name, column.type, column.width,
                           part(column.floats, first * column.width, count * column.width),
                           part(column.ints, first * column.width, count * column.width)});
  out.epoch = scores.epoch;
  out.delta = scores.delta;
  return out;
}

}  // namespace featc
