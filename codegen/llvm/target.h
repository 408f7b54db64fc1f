// SPDX-License-Identifier: Apache-2.0
// The machine that code is made for. Private to code generation.
#pragma once

#include <llvm/Support/CodeGen.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>

#include "codegen/llvm/codegen.h"

namespace featc {

struct Target {
  std::unique_ptr<llvm::TargetMachine> machine;
  std::string error;
};

// The machine that `options` name; an error when there is no such triple or CPU. `level`: how much
// time its instruction selection and register allocation take.
Target makeTarget(const CodegenOptions& options, llvm::CodeGenOptLevel level = llvm::CodeGenOptLevel::Default);

// Whether the CPU has registers for masks (AVX-512).
bool hasMaskRegisters(const llvm::TargetMachine& machine);

// Why code for `options` cannot run in this process; empty: it can.
std::string whyNotHere(const CodegenOptions& options, const llvm::TargetMachine& machine);

}  // namespace featc
