// SPDX-License-Identifier: Apache-2.0
// Stage run: the graph and its optimized form, interpreted and compiled for every CPU.
#include "optimizer/pass.h"
#include "tests/common/engines.h"
#include "tests/filetest/run_engines.h"
#include "tests/filetest/stages.h"

namespace featc {

StageOutput runGraph(const TestFile& test, const Graph& graph) {
  Graph optimized = optimize(graph);
  return runEngines(test, graph.info(), testedEngines(graph, optimized, testedForms()));
}

}  // namespace featc
