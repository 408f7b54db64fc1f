// SPDX-License-Identifier: Apache-2.0
// From a plan to LLVM IR. Private to code generation.
#pragma once

#include <llvm/IR/Module.h>

#include <memory>
#include <string>
#include <vector>

#include "codegen/plan/plan.h"

namespace featc {

// What one module of a plan's code holds; modules find each other's loops by name when they are linked.
struct ModuleParts {
  bool entry = false;           // the exported function
  std::vector<uint32_t> loops;  // of the plan
};

std::unique_ptr<llvm::Module> emitModule(const std::string& name, const Plan& plan, const ModuleParts& parts,
                                         bool maskRegisters, llvm::LLVMContext& context);

}  // namespace featc
