// SPDX-License-Identifier: Apache-2.0
// Orders each level so that what the next reads' keys need comes first, then those reads, then
// everything else, which is computed while the reads are in flight.
//
// Within each of the three, requests come before items, and reads stand by source.
#include "optimizer/passes.h"
#include "optimizer/rewrite.h"

namespace featc {
namespace {

// By node: whether a read of the level right after the node's own needs it.
std::vector<bool> neededByNextRead(const Graph& graph) {
  std::vector<bool> needed(graph.size());
  for (auto id = static_cast<NodeId>(graph.size()); id-- > 0;) {
    const Node& node = graph.node(id);
    bool isRead = node.kind == NodeKind::Read;
    if (!isRead && !needed[id]) continue;
    uint32_t level = isRead ? node.level - 1 : node.level;
    for (NodeId arg : graph.args(id)) {
      if (graph.node(arg).level == level) needed[arg] = true;
    }
  }
  return needed;
}

}  // namespace

Graph readFirstOrdering(const Graph& graph) {
  std::vector<bool> needed = neededByNextRead(graph);
  std::vector<OrderKey> keys;
  keys.reserve(graph.size());
  for (NodeId id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    if (node.kind == NodeKind::Read) {
      keys.emplace_back(3 * (node.level - 1) + 1, node.index);
    } else {
      keys.emplace_back(3 * node.level + (needed[id] ? 0 : 2), static_cast<uint32_t>(node.scope));
    }
  }
  return reordered(graph, keys);
}

}  // namespace featc
