// SPDX-License-Identifier: Apache-2.0
// Puts the reads of one source and level next to one another: they go out as one batch.
//
// Reads by the same key are one node already. The runtime asks each distinct key of a batch once.
// Between the levels of reads stands what can be computed there, in its old order.
#include "optimizer/passes.h"
#include "optimizer/rewrite.h"

namespace featc {

Graph readMerging(const Graph& graph) {
  std::vector<OrderKey> keys;
  keys.reserve(graph.size());
  for (NodeId id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    // A read's own level is that of its fields: it has to be asked before.
    bool isRead = node.kind == NodeKind::Read;
    keys.emplace_back(2 * node.level - (isRead ? 1 : 0), isRead ? node.index : 0);
  }
  return reordered(graph, keys);
}

}  // namespace featc
