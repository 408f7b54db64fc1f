// SPDX-License-Identifier: Apache-2.0
// Hands an operator its constant arguments while compiling, so that bad ones are diagnostics.
#pragma once

#include <span>
#include <vector>

#include "frontend/ast.h"
#include "ir/constants.h"
#include "support/diagnostics.h"

namespace featc {

// `args`: nodes of the constant arguments, kNoNode for the others and what was left out. `types`:
// of all arguments, converted. `places`: where each argument stands in `ast`. False after a report.
bool prepareConstants(const Operator& op, const Resolution& resolution, std::span<const Type> types,
                      std::span<const NodeId> args, std::span<const Span> places, const Ast& ast, const Graph& graph,
                      ConstantEvaluator& evaluator, Diagnostics& diagnostics);

}  // namespace featc
