// SPDX-License-Identifier: Apache-2.0
// One row's way from the request to its ids, in words.
#pragma once

#include <string>

#include "engine/compile.h"
#include "engine/explain/trace_row.h"

namespace featc {

// Every input, read and step of `graph` with its value, then what each output emits.
std::string explainSteps(const Graph& graph, const StoreBinding& stores, const ExplainedRow& row);
// A line a feature of `graph` (not optimized): slot, name, what it emits, and the expression and value
// that this came from.
std::string explainBrief(const Graph& graph, const CompiledConfig& config, const StoreBinding& stores,
                         const ExplainedRow& row);

}  // namespace featc
