// SPDX-License-Identifier: Apache-2.0
// Takes the hash of one element from the hashes of all, where an output needs those anyway: beside `hash(tags)`,
// `hash(tags[0])` is `hash(tags)[0]`.
#include <map>
#include <vector>

#include "optimizer/passes.h"
#include "optimizer/rewrite.h"

namespace featc {

Graph hashOfElements(const Graph& graph) {
  // By all its arguments, the list first: the call that hashes a list's elements. Only where an output needs it: it
  // fails rows whose list is too long.
  std::map<std::vector<NodeId>, NodeId> hashes;
  std::vector<bool> live = liveNodes(graph);
  for (NodeId id = 0; id < graph.size(); ++id)
    if (live[id] && isCallOf(graph.node(id), "hash", true)) hashes.emplace(argsOf(graph, id), id);

  GraphRewriter rewriter(graph);
  for (NodeId id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    if (isCallOf(node, "hash", false) && isCallOf(graph.node(graph.args(id)[0]), "index", false)) {
      std::span<const NodeId> index = graph.args(graph.args(id)[0]);
      // The same family and seed too, which are nodes that are copied already.
      std::vector<NodeId> wanted = argsOf(graph, id);
      wanted[0] = index[0];
      if (auto all = hashes.find(wanted); all != hashes.end()) {
        rewriter.copy(all->second);  // it may come later; what is copied twice is one node
        NodeId args[] = {rewriter.mapped(all->second), rewriter.mapped(index[1])};
        rewriter.replace(id, rewriter.to().call(*operators().find("index"), args, node.origin));
        continue;
      }
    }
    rewriter.copy(id);
  }
  return rewriter.finish();
}

}  // namespace featc
