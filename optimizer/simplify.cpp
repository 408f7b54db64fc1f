// SPDX-License-Identifier: Apache-2.0
// Applies the operators' own laws, those that hold bit for bit: `-(-x)` is x, `x + 0.0` stays.
//
// The laws stand in the operators' records, beside the functions whose results they must keep.
#include "optimizer/passes.h"
#include "optimizer/rewrite.h"

namespace featc {

Graph simplify(const Graph& graph) { return rewriteCalls(graph, &Operator::simplify); }

}  // namespace featc
