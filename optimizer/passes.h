// SPDX-License-Identifier: Apache-2.0
// Every pass, each in the file of its name; the table in pass.cpp has their order and says what they do.
#pragma once

#include "ir/graph.h"

namespace featc {

Graph constantFolding(const Graph& graph);
Graph simplify(const Graph& graph);
Graph hashSharing(const Graph& graph);
Graph argumentOrder(const Graph& graph);
Graph hashOfElements(const Graph& graph);
Graph textNumbers(const Graph& graph);
Graph scopeHoisting(const Graph& graph);
Graph deadNodes(const Graph& graph);
Graph readFirstOrdering(const Graph& graph);

}  // namespace featc
