// SPDX-License-Identifier: Apache-2.0
// From a plan to LLVM IR: one loop over groups of rows for each part, one entry that calls them.
#pragma once

#include <llvm/IR/Module.h>

#include <memory>

#include "codegen/plan.h"

namespace featc {

// The module exports kNativeEntryName and refers to nothing outside but the C math library.
std::unique_ptr<llvm::Module> emitModule(const Graph& graph, const Plan& plan, llvm::LLVMContext& context);

}  // namespace featc
