// SPDX-License-Identifier: Apache-2.0
// Makes a module that stands alone as an object file: named, with its program image beside the code.
#pragma once

#include <llvm/IR/Module.h>

#include "codegen/llvm/codegen.h"

namespace featc {

// Everything of the module becomes invisible from outside but the featc_built that is added.
void embedModel(llvm::Module& module, const EmbeddedModel& model);

}  // namespace featc
