// SPDX-License-Identifier: Apache-2.0
// Whether two graphs are the same, node by node.
#pragma once

#include "ir/graph.h"

namespace featc {

// Equal in everything but where nodes came from. Order counts: the same nodes in another order differ.
bool equalGraphs(const Graph& a, const Graph& b);

}  // namespace featc
