// SPDX-License-Identifier: Apache-2.0
// Adds up what a run met and puts it into words.
#include "data/run_totals.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "runtime/calls/emit.h"

namespace featc {
namespace {

std::string counted(uint64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

// Whether a row of an output has something else than what stands for a missing value.
bool hasValue(const OutputColumn& column, const OutputInfo& output) {
  auto places =
      static_cast<size_t>(column.perElement ? column.elementOffsets[static_cast<size_t>(column.rows)] : column.rows);
  if (output.kind == OutputKind::Dense) {
    float missing = denseValue({}, output);
    std::span<const float> numbers = column.dense.first(places * column.width);
    return std::ranges::any_of(numbers, [&](float v) { return std::memcmp(&v, &missing, sizeof v) != 0; });
  }
  uint64_t missing = sparseId({}, output);
  size_t ids = column.ragged ? static_cast<size_t>(column.offsets[places]) : places;
  return std::ranges::any_of(column.ids.first(ids), [&](uint64_t id) { return id != 0 && id != missing; });
}

}  // namespace

void RunTotals::add(const Result& result, const ProgramInfo& info) {
  for (size_t i = 0; i < valued.size(); ++i)
    if (valued[i] == 0) valued[i] = hasValue(result.output(i), info.outputs[i]) ? 1 : 0;
  for (size_t i = 0; i < counts.size(); ++i) counts[i] += result.counts(i);
  events.unequalLengths += result.events().unequalLengths;
  for (size_t i = 0; i < reads.size(); ++i) reads[i] += result.reads(i);
}

void RunTotals::countRows(const Result& result) {
  for (int64_t item = 0; item < result.items(); ++item) ++(result.status(item) == RowStatus::Ok ? written : failedRows);
}

std::string_view statusName(RowStatus status) {
  switch (status) {
    case RowStatus::Ok: return "ok";
    case RowStatus::BadInput: return "bad_input";
    case RowStatus::TooManyIds: return "too_many_ids";
    case RowStatus::ValueTooLarge: return "value_too_large";
    case RowStatus::OutOfMemory: return "out_of_memory";
  }
  return "unknown";
}

std::string statusText(RowStatus status, const RunLimits& limits) {
  switch (status) {
    case RowStatus::Ok: return "fine";
    case RowStatus::BadInput: return "a required field is missing or malformed";
    case RowStatus::TooManyIds: {
      std::string text = fmt::format("an output made more than {} ids", limits.maxIdsPerRow);
      if (limits.call.rowIds != 0) text += fmt::format(", or all outputs together more than {}", limits.call.rowIds);
      return text;
    }
    case RowStatus::ValueTooLarge:
      return fmt::format(
          "an operator made a list of more than {} elements or a string of more than {} bytes, or had too much to "
          "compare",
          kMaxElements, kMaxStringBytes);
    case RowStatus::OutOfMemory: return "its values need more memory than a row may have";
  }
  return "unknown status";
}

std::vector<std::string> dataWarnings(const RunTotals& totals, const ProgramInfo& info) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < totals.counts.size(); ++i) {
    const OutputCounts& counts = totals.counts[i];
    const std::string& name = info.outputs[i].name;
    if (counts.lostBits > 0)
      lines.push_back(
          fmt::format("{}: {} outside 0 to 2^44-1 cut to the low 44 bits; write hash(...) to keep them apart", name,
                      counted(counts.lostBits, "integer", "integers")));
    if (counts.droppedWeights > 0)
      lines.push_back(fmt::format("{}: {} dropped because the weight is missing or beyond float32", name,
                                  counted(counts.droppedWeights, "id", "ids")));
    if (counts.cutDense > 0)
      lines.push_back(fmt::format("{}: {} longer than its width of {} and cut", name,
                                  counted(counts.cutDense, "list was", "lists were"), info.outputs[i].width));
    if (counts.largeDense > 0)
      lines.push_back(fmt::format(
          "{}: {} from 2^24 on, where a float32 does not hold every integer, and may be rounded; an id is a "
          "sparse output",
          name, counted(counts.largeDense, "integer", "integers")));
  }
  if (totals.events.unequalLengths > 0)
    lines.push_back(fmt::format("lists of different lengths were paired {}; the rest is missing",
                                counted(totals.events.unequalLengths, "time", "times")));
  for (size_t i = 0; i < totals.reads.size(); ++i) {
    const ReadCounts& reads = totals.reads[i];
    if (!reads.degraded()) continue;
    std::string text = fmt::format("source {}: of {}, ", info.sources[i].name, counted(reads.keys, "key", "keys"));
    if (reads.failed > 0) text += fmt::format("{} failed, ", reads.failed);
    if (reads.timedOut > 0) text += fmt::format("{} timed out, ", reads.timedOut);
    text += fmt::format("{} absent", reads.absent);
    if (reads.badFields > 0)
      text += fmt::format("; {} not of the declared type", counted(reads.badFields, "value is", "values are"));
    lines.push_back(text + "; their values are missing");
  }
  return lines;
}

std::string badDataSummary(const RunTotals& totals, const InputCounts& input) {
  std::string text;
  auto part = [&](uint64_t n, std::string_view one, std::string_view many) {
    if (n > 0) text += (text.empty() ? "" : ", ") + counted(n, one, many);
  };
  part(input.badRequests, "bad request", "bad requests");
  part(input.lostItems, "item of bad requests", "items of bad requests");
  part(input.badItems, "bad item", "bad items");
  part(totals.failedRows, "item that failed when computed", "items that failed when computed");
  return text.empty() ? "" : fmt::format("left out: {}; {} written", text, counted(totals.written, "item", "items"));
}

}  // namespace featc
