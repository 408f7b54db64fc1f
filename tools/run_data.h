// SPDX-License-Identifier: Apache-2.0
// The data of a run on its way: read, extracted, made into what the run is for, and written, on many threads.
#pragma once

#include "engine/open_config.h"
#include "tools/run_options.h"
#include "tools/run_stage.h"

namespace featc {

// What was opened for the run.
struct RunParts {
  ExtractorResult made;  // with an extractor
  StoreBinding stores;
  Graph graph;  // that it computes
};

// Works through --input. The exit code; what is wrong was printed.
int runData(const RunOptions& options, const RunParts& parts, const RunStage& stage);

}  // namespace featc
