// SPDX-License-Identifier: Apache-2.0
// Checks what every pass and engine relies on; what it finds is a mistake of the compiler.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace featc {

// Every broken rule, each with the node or output that breaks it; empty when all hold.
std::vector<std::string> verify(const Graph& graph);

// Prints the problems and the whole graph to stderr and aborts when there are problems. `when` says
// after what: `pass simplify`.
void verifyOrDie(const Graph& graph, const char* when);

// What is wrong with an output's clauses or with a value of type `value` in it; nothing when fine.
std::optional<std::string> outputProblem(const OutputInfo& output, Type value);
// Whether a field of the schema or of a source may have this type.
bool isFieldType(Type type);

}  // namespace featc
