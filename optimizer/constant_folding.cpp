// SPDX-License-Identifier: Apache-2.0
// Computes what no input reaches, once instead of at every load.
//
// A call that passes a limit stays (the front end refuses a config that has one). Weighted ids stay
// too, since no constant holds them.
#include "ir/constants.h"
#include "optimizer/passes.h"
#include "optimizer/rewrite.h"

namespace featc {

Graph constantFolding(const Graph& graph) {
  GraphRewriter rewriter(graph);
  ConstantEvaluator evaluator(graph);
  for (NodeId id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    if (isConstantCall(graph, id) && !evaluator.failed(id)) {
      rewriter.replace(id, rewriter.to().addConstant(evaluator.value(id), node.type, node.origin));
    } else {
      rewriter.copy(id);
    }
  }
  return rewriter.finish();
}

}  // namespace featc
