// SPDX-License-Identifier: Apache-2.0
// Native code for a graph: compiled in memory and ready to run, or printed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codegen/plan/plan.h"
#include "runtime/executable.h"

namespace featc {

// Object code that is kept as a file and linked: see codegen/plan/built_model.h.
struct EmbeddedModel {
  std::string name;   // a C identifier
  std::string image;  // the program, for whoever runs the code
};

struct CodegenOptions {
  // An LLVM CPU name such as `x86-64-v3`; empty: this machine's, or the plainest of `triple`.
  std::string cpu;
  // An LLVM target triple such as `aarch64-linux-gnu`; empty: this process's.
  std::string triple;
  PlanLimits limits;
  // Threads that compile at the same time; 0: as many as the machine has cores.
  uint32_t threads = 1;
  // All code in one object file, made with more optimization: for code that is kept.
  bool oneFile = false;
  // Makes compileObject write one file that exports nothing but the model.
  std::optional<EmbeddedModel> embed;
};

// Seconds spent in each part of code generation.
struct CodegenTimes {
  double plan = 0;
  double compile = 0;  // LLVM IR and machine code
  double load = 0;
};

struct NativeResult {
  std::shared_ptr<const Executable> executable;
  std::string error;  // not empty: this machine cannot run code for that CPU, or no such CPU
  CodegenTimes times;
};

// Relocatable object files that together are a graph's native code. Position-independent; what they
// need from outside is libm's at most. The first one defines kNativeEntryName.
struct ObjectCode {
  std::vector<std::string> files;
};
struct ObjectResult {
  ObjectCode code;
  std::string error;  // not empty: no such CPU or triple
  CodegenTimes times;
};
ObjectResult compileObject(const Graph& graph, const CodegenOptions& options = {});

// Puts object code that was made for the same graph and targetIdentity() into this process.
NativeResult loadObject(const Graph& graph, const ObjectCode& code, const CodegenOptions& options = {});

// What object code depends on besides the graph and featc's version: LLVM's version, triple, CPU and
// its features, as text.
std::string targetIdentity(const CodegenOptions& options);

// The machine that `options` name, as far as code for it is concerned.
struct TargetDescription {
  std::string triple;        // normalized: `aarch64-unknown-linux-gnu`
  std::string architecture;  // `x86_64`, `aarch64` ...
  std::string cpu;
  std::vector<std::string> features;  // LLVM's names of all that the CPU has, tuning hints included
  std::string error;                  // not empty: no such CPU or triple, or code cannot be made for it
};
TargetDescription describeTarget(const CodegenOptions& options);

// Compiles for running in this process: compileObject and loadObject in one.
NativeResult compileNative(const Graph& graph, const CodegenOptions& options = {});

enum class NativeStage { Plan, Llvm, LlvmOptimized, Assembly };

struct NativeText {
  std::string text;
  std::string error;
};
// What dump --stage plan|llvm|llvm-opt|asm shows.
NativeText dumpNative(const Graph& graph, NativeStage stage, const CodegenOptions& options = {});

}  // namespace featc
