// SPDX-License-Identifier: Apache-2.0
// Applies the operators' own laws, those that hold bit for bit: `-(-x)` is x, `x + 0.0` stays.
//
// The laws stand in the operators' records, beside the functions whose results they must keep.
#include "optimizer/law_rewriter.h"
#include "optimizer/passes.h"

namespace featc {

Graph simplify(const Graph& graph) { return LawRewriter(graph, &Operator::simplify).run(); }

}  // namespace featc
