// SPDX-License-Identifier: Apache-2.0
// What one thread of featc run does with one piece of the input: read, extract, make what the run is for, write.
#pragma once

#include <memory>

#include "data/log/request_log.h"
#include "data/record_reader.h"
#include "data/run_totals.h"
#include "runtime/seda/seda_executor.h"
#include "tools/output_file.h"
#include "tools/pipeline.h"
#include "tools/read_stats.h"
#include "tools/run_options.h"
#include "tools/run_output.h"
#include "tools/run_stage.h"

namespace featc {

// The first piece of the input, for a look at the end.
struct InputSample {
  explicit InputSample(const ProgramInfo& info) : builder(info) {}
  Batch batch() { return columns != nullptr ? columns->batch() : builder.batch(); }

  std::shared_ptr<PieceColumns> columns;  // as ReadPiece has them
  BatchBuilder builder;
};

// What the threads of a run share. Only the one that reads, or writes, touches its part.
struct SharedRun {
  const Extractor& extractor;
  const RunOptions& options;
  const RunStage& stage;
  RecordReader& reader;
  RunOutput& output;
  Progress& progress;
  // Both null without --log.
  const CallLogger* logger;
  OutputFile* log;
  RunTotals totals;
  SedaExecutor* executor = nullptr;  // with --scheduler seda
  ReadStats* reads = nullptr;        // with --stats
  RunLimits limits;
  ReadLimits readLimits;
  std::unique_ptr<InputSample> sample = nullptr;
  bool readFailed = false;
  bool stoppedByBadRow = false;
  bool writeFailed = false;
  bool failed = false;  // by an exception, which was told

  // All of the input was read and written.
  bool complete() const { return !readFailed && !stoppedByBadRow && !writeFailed && !failed; }
};

std::unique_ptr<PipelineWorker> newRunWorker(SharedRun& run);

}  // namespace featc
