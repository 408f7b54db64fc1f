// SPDX-License-Identifier: Apache-2.0
// What a run counted, and how it is told at the end.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/record_reader.h"
#include "runtime/calls/extractor.h"
#include "runtime/result.h"

namespace featc {

struct RunTotals {
  uint64_t written = 0;     // items
  uint64_t failedRows = 0;  // read well, failed when computed
  std::vector<OutputCounts> counts;
  DataEvents events;
  std::vector<ReadCounts> reads;  // by source
  // By output, 1 once a row had something else than what stands for a missing value.
  std::vector<uint64_t> valued;
  double extractSeconds = 0;  // of all threads together

  RunTotals() = default;
  explicit RunTotals(const ProgramInfo& info)
      : counts(info.outputs.size()), reads(info.sources.size()), valued(info.outputs.size()) {}
  // What the result, which is of `info`, tells of outputs, events and reads.
  void add(const Result& result, const ProgramInfo& info);
  // Its items, by whether they failed.
  void countRows(const Result& result);
};

// `ok`, `bad_input` ...: in logs, Arrow columns and tests.
std::string_view statusName(RowStatus status);
// Why a row has no features: `an output made more than 65536 ids`.
std::string statusText(RowStatus status, const RunLimits& limits);

// A line for each thing in the data that is worth a look; empty when there is none.
std::vector<std::string> dataWarnings(const RunTotals& totals, const ProgramInfo& info);
// `12 bad rows were left out: ...`; empty when all rows were good.
std::string badDataSummary(const RunTotals& totals, const InputCounts& input);

}  // namespace featc
