// SPDX-License-Identifier: Apache-2.0
// Orders the arguments of commutative operators, so that calls that compute the same become one node.
//
// Equal calls are one node as soon as they are built. What is left are calls of commutative
// operators whose arguments stand in another order: the argument that comes first in the graph goes
// first. Floats commute too: the sum and the product of two are the same bits either way but for
// the payload of a NaN, which the language never shows. `min` and `max` do not: of -0 and 0 they
// return the first.
#include <utility>

#include "optimizer/passes.h"
#include "optimizer/rewrite.h"

namespace featc {

Graph argumentOrder(const Graph& graph) {
  GraphRewriter rewriter(graph);
  for (NodeId id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    bool commutes = node.kind == NodeKind::Call && node.op->commutative;
    std::vector<NodeId> args = rewriter.mappedArgs(id);
    if (!commutes || args[0] <= args[1]) {
      rewriter.copy(id);
      continue;
    }
    std::swap(args[0], args[1]);
    CallResolution resolution = node.resolution;
    for (uint64_t* mask : {&resolution.liftMask, &resolution.mapMask}) *mask = (*mask & 1U) << 1U | (*mask >> 1U & 1U);
    rewriter.replace(id, rewriter.to().addCall(*node.op, resolution, args, node.origin));
  }
  return rewriter.finish();
}

}  // namespace featc
