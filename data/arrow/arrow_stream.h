// SPDX-License-Identifier: Apache-2.0
// A stream of record batches through an Extractor: a stream of their features comes out, in order, computed on
// many threads, with no more in memory than a few pieces.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/arrow/arrow_batch.h"
#include "data/arrow/arrow_result.h"
#include "data/run_totals.h"
#include "runtime/calls/extractor.h"

namespace featc {

struct ArrowStreamOptions {
  ArrowExport output;
  uint32_t threads = 0;       // that compute; 0: one a core
  int64_t pieceRows = 8'192;  // requests that are computed and handed out together, a multiple of 8
};

// What a stream has met so far; whole once the stream has ended.
struct ArrowStreamReport {
  RunTotals totals;
  std::shared_ptr<const ArrowBatch> sample;  // the first of the input; null where there was none
  std::vector<std::string> warnings;         // what the caller put there, then on the columns (ArrowBinding::warnings)
};

// Makes `out` the features of `in`, which is taken over whatever comes of it. `in` is read, and its arrays are
// released, only on the thread that calls `out`. Not empty: why there is no stream, and `out` is untouched.
std::string extractArrowStream(const Extractor& extractor, ArrowArrayStream* in, const ArrowStreamOptions& options,
                               ArrowArrayStream* out, std::shared_ptr<ArrowStreamReport> report = nullptr);

}  // namespace featc
