// SPDX-License-Identifier: Apache-2.0
// A graph as Graphviz draws it.
#pragma once

#include <string>

#include "ir/graph.h"

namespace featc {

// One box a node, with arrows from arguments to what uses them, grouped by scope.
std::string toDot(const Graph& graph);

}  // namespace featc
