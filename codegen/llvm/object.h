// SPDX-License-Identifier: Apache-2.0
// Compiling a plan that was made before. Private to code generation.
#pragma once

#include "codegen/llvm/codegen.h"

namespace featc {

// The object code of `plan`, which was made of `graph` under the options' limits, for a target that
// there is.
ObjectCode compilePlan(const Graph& graph, const Plan& plan, const CodegenOptions& options);

}  // namespace featc
