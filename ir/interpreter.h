// SPDX-License-Identifier: Apache-2.0
// The plain interpreter of a graph: node by node, a column at a time. It is the meaning.
#pragma once

#include <memory>

#include "ir/graph.h"
#include "runtime/executable.h"

namespace featc {

// Keeps its own copy of what it needs of `graph`.
std::shared_ptr<const Executable> makeInterpreter(const Graph& graph);

// The value of a constant-scope node, computed by its operator's kernel: what constant folding and
// the doc-examples' tests use. Missing where the kernel fails the row.
Value evaluateConstant(const Graph& graph, NodeId node);

}  // namespace featc
