// SPDX-License-Identifier: Apache-2.0
// Whether a node can be computed in vector registers, and how many operations that takes.
#pragma once

#include <cstdint>

#include "ir/constants.h"

namespace featc {

struct InlineCost {
  bool possible = false;
  uint32_t operations = 0;
};

// Tries the operator's lowering on a builder that only counts.
InlineCost inlineCost(const Graph& graph, NodeId node, ConstantEvaluator& evaluator);

// Applies the lowering of a call to its value arguments: presence of strict arguments joined,
// non-finite floats counted as missing. A null value handle: the lowering declines.
InlineTerm lowerInline(Inline& builder, const Graph& graph, NodeId call, const InlineTerm* args);

}  // namespace featc
