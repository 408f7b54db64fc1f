// SPDX-License-Identifier: Apache-2.0
#include "data/log/replay_scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

namespace featc {
namespace {

namespace dom = simdjson::dom;

std::string tablesText(std::string_view epoch, uint64_t delta) {
  return epoch.empty() ? std::string("no tables") : fmt::format("epoch {}, delta {}", epoch, delta);
}

// The numbers of one item: one alone, or a list of as many as the output is wide.
std::optional<std::vector<dom::element>> numbersOf(dom::element item, uint32_t width) {
  dom::array list;
  if (item.get(list) != simdjson::SUCCESS)
    return width == 1 ? std::optional(std::vector<dom::element>{item}) : std::nullopt;
  std::vector<dom::element> numbers(list.begin(), list.end());
  return numbers.size() == width ? std::optional(std::move(numbers)) : std::nullopt;
}

}  // namespace

std::string ScoreComparison::compare(dom::object line, const Result& result, const std::string& place,
                                     ReplayReport& report) {
  dom::object logged;
  if (line["scores"].get(logged) != simdjson::SUCCESS) return {};  // features were the answer
  if (Error error = scorer_.score(result, scores_)) return error.message;
  std::string_view epoch;
  uint64_t delta = 0;
  if (line["epoch"].get(epoch) != simdjson::SUCCESS) epoch = {};
  if (line["delta"].get(delta) != simdjson::SUCCESS) delta = 0;
  if (epoch != scores_.epoch || delta != scores_.delta) {
    report.note(report.otherTables, fmt::format("{}: {} in the log, {} now", place, tablesText(epoch, delta),
                                                tablesText(scores_.epoch, scores_.delta)));
    return {};
  }
  for (const CallScoreColumn& column : scores_.columns) {
    dom::array values;
    if (logged[column.name].get(values) != simdjson::SUCCESS) {
      report.note(report.scores[std::string(column.name)], fmt::format("{}: nothing in the log", place));
      continue;
    }
    if (values.size() != scores_.present.size())
      return fmt::format("it has {} items and {} values of {}", scores_.present.size(), values.size(), column.name);
    compareColumn(column, values, place, report);
  }
  for (auto [name, values] : logged)
    if (std::ranges::find(scores_.columns, name, &CallScoreColumn::name) == scores_.columns.end())
      report.note(report.scores[std::string(name)], fmt::format("{}: nothing now", place));
  report.scoredItems += scores_.present.size();
  return {};
}

void ScoreComparison::compareColumn(const CallScoreColumn& column, dom::array logged, const std::string& place,
                                    ReplayReport& report) const {
  size_t item = 0;
  for (dom::element each : logged) {
    if (std::string text = difference(column, item, each); !text.empty())
      report.note(report.scores[std::string(column.name)], fmt::format("{}, item {}: {}", place, item, text));
    ++item;
  }
}

std::string ScoreComparison::difference(const CallScoreColumn& column, size_t item, dom::element logged) const {
  const std::string different = fmt::format("{} in the log, {} now", std::string(simdjson::minify(logged)),
                                            scores_.present[item] ? textOf(column, item) : "nothing");
  if (logged.is_null() || !scores_.present[item])
    return logged.is_null() && !scores_.present[item] ? std::string() : different;
  const std::optional<std::vector<dom::element>> numbers = numbersOf(logged, column.width);
  if (!numbers) return different;
  for (size_t i = 0; i < column.width; ++i) {
    const size_t at = item * column.width + i;
    const dom::element was = (*numbers)[i];
    int64_t whole = 0;
    double number = 0;
    if (!column.ints.empty()) {
      if (was.get(whole) != simdjson::SUCCESS || whole != column.ints[at]) return different;
    } else if (was.get(number) != simdjson::SUCCESS ||
               std::fabs(number - double{column.floats[at]}) > tolerance_ * std::max(1.0, std::fabs(number))) {
      return different;
    }
  }
  return {};
}

std::string ScoreComparison::textOf(const CallScoreColumn& column, size_t item) const {
  const size_t begin = item * column.width;
  auto joined = [&](const auto& values) {
    return fmt::format("{}", fmt::join(values.subspan(begin, column.width), ","));
  };
  std::string text = column.ints.empty() ? joined(column.floats) : joined(column.ints);
  return column.width == 1 ? text : "[" + text + "]";
}

}  // namespace featc
