// SPDX-License-Identifier: Apache-2.0
// Drops what no output needs, reads and their fields included: nothing is fetched in vain.
//
// The schema stays whole: it is what callers supply, used or not.
#include "optimizer/passes.h"
#include "optimizer/rewrite.h"

namespace featc {

Graph deadNodes(const Graph& graph) {
  GraphRewriter rewriter(graph);
  std::vector<bool> live = liveNodes(graph);
  for (NodeId id = 0; id < graph.size(); ++id) {
    if (live[id]) rewriter.copy(id);
  }
  return rewriter.finish();
}

}  // namespace featc
