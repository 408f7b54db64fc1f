// SPDX-License-Identifier: Apache-2.0
// Takes `cross` apart into one `hash` an argument and what combines them, so that a field that is
// hashed once serves every cross and every output that uses it.
//
// Crosses that begin alike share the hashes combined so far as well.
#include "optimizer/passes.h"
#include "optimizer/rewrite.h"

namespace featc {

Graph hashSharing(const Graph& graph) { return rewriteCalls(graph, &Operator::shareHashes); }

}  // namespace featc
