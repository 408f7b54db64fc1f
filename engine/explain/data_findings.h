// SPDX-License-Identifier: Apache-2.0
// What a run's data made of a config that no single row tells: features without a value, words that are never found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/run_totals.h"
#include "ir/graph.h"
#include "runtime/calls/extractor.h"

namespace featc {

// `sample` is some of the run's input, of which `rows` items were read in all; `graph` is what `totals` were counted
// of. Looks at the sample once more, through the interpreter, where there is something to look at. A line each:
// features that no row has, with the reason, and calls that are odd in the data (ops/oddity.h). Without `ofFields`
// nothing is said where the reason is a field that is never there.
std::vector<std::string> dataFindings(const Graph& graph, const StoreBinding& stores, const Batch& sample,
                                      const RunTotals& totals, uint64_t rows, bool ofFields = true);

}  // namespace featc
