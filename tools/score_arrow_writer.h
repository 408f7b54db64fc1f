// SPDX-License-Identifier: Apache-2.0
// Scores as Arrow IPC and Parquet files.
#pragma once

#include "tools/score_writer.h"

namespace featc {

// int64 `row`, `request`, `item`, then a column an output of the network: float or int64, of several numbers an item a
// list of fixed size. Fails with BadArgument where an output has no fixed size, or this featc cannot write such files.
Expected<std::unique_ptr<ScoreWriter>> newArrowScores(std::string_view format, const ModelScorer& scorer,
                                                      const WriterOptions& options);

}  // namespace featc
