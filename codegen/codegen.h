// SPDX-License-Identifier: Apache-2.0
// Native code for a graph: compiled in memory and ready to run, or printed.
#pragma once

#include <memory>
#include <string>

#include "codegen/plan.h"
#include "runtime/executable.h"

namespace featc {

struct CodegenOptions {
  // An LLVM CPU name such as `x86-64-v3`; empty: this machine's.
  std::string cpu;
  PlanLimits limits;
};

// Seconds spent in each part of code generation.
struct CodegenTimes {
  double plan = 0;
  double emit = 0;
  double optimize = 0;
  double compile = 0;
};

struct NativeResult {
  std::shared_ptr<const Executable> executable;
  std::string error;  // not empty: this machine cannot run code for that CPU, or no such CPU
  CodegenTimes times;
};

// Compiles for running in this process.
NativeResult compileNative(const Graph& graph, const CodegenOptions& options = {});

enum class NativeStage { Llvm, LlvmOptimized, Assembly };

struct NativeText {
  std::string text;
  std::string error;
};
// What dump --stage llvm|llvm-opt|asm shows.
NativeText dumpNative(const Graph& graph, NativeStage stage, const CodegenOptions& options = {});

}  // namespace featc
