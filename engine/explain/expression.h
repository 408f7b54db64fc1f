// SPDX-License-Identifier: Apache-2.0
// A graph's node written as a config would write it.
#pragma once

#include <functional>
#include <string>

#include "ir/graph.h"

namespace featc {

// Of one node, with `name(argument)` in the place of each argument: `cross(%3, item.category)`.
std::string expressionOf(const Graph& graph, NodeId id, const std::function<std::string(NodeId)>& name);

}  // namespace featc
