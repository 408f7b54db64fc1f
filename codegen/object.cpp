// SPDX-License-Identifier: Apache-2.0
// From a graph to object code: emitted, optimized and compiled by LLVM; or printed on the way.
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "codegen/codegen.h"
#include "codegen/emit_llvm.h"
#include "codegen/target.h"

namespace featc {

namespace {

// What an operator's lowering emits is already what a vectorizer would aim for; a light pass removes
// repeated loads and masks. More passes cost more time than they give back: see docs/performance.md.
constexpr const char* kPasses = "function(early-cse,instsimplify,dce)";

class Stopwatch {
 public:
  double lap() {
    auto now = std::chrono::steady_clock::now();
    double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

void checkModule(const llvm::Module& module) {
  std::string problem;
  llvm::raw_string_ostream out(problem);
  if (!llvm::verifyModule(module, &out)) return;
  // A broken invariant of the compiler: show the code and stop.
  module.print(llvm::errs(), nullptr);
  std::fprintf(stderr, "featc: internal error: generated code is invalid: %s\n", problem.c_str());
  std::abort();
}

void optimizeModule(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  llvm::cantFail(builder.parsePassPipeline(passes, kPasses));
  passes.run(module, modules);
}

// A module with the context it lives in.
struct Built {
  std::unique_ptr<llvm::LLVMContext> context = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> module;
};

Built buildModule(const Graph& graph, const Plan& plan, llvm::TargetMachine& machine) {
  Built built;
  built.module = emitModule(graph, plan, *built.context);
  built.module->setTargetTriple(machine.getTargetTriple().str());
  built.module->setDataLayout(machine.createDataLayout());
  for (llvm::Function& function : *built.module) {
    if (function.isDeclaration()) continue;
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    if (!machine.getTargetFeatureString().empty()) {
      function.addFnAttr("target-features", machine.getTargetFeatureString());
    }
  }
  checkModule(*built.module);
  return built;
}

// The module as an object file or as assembly text.
std::string compileModule(llvm::Module& module, llvm::TargetMachine& machine, llvm::CodeGenFileType type) {
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream out(bytes);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, out, nullptr, type)) {
    std::fprintf(stderr, "featc: internal error: LLVM cannot write this kind of file\n");
    std::abort();
  }
  passes.run(module);
  return bytes.str().str();
}

}  // namespace

ObjectResult compileObject(const Graph& graph, const CodegenOptions& options) {
  ObjectResult result;
  Target target = makeTarget(options);
  result.error = target.error;
  if (!result.error.empty()) return result;
  Stopwatch watch;
  Plan plan = makePlan(graph, options.limits);
  result.times.plan = watch.lap();
  Built built = buildModule(graph, plan, *target.machine);
  result.times.emit = watch.lap();
  optimizeModule(*built.module, *target.machine);
  result.times.optimize = watch.lap();
  result.code.files.push_back(compileModule(*built.module, *target.machine, llvm::CodeGenFileType::ObjectFile));
  result.times.compile = watch.lap();
  return result;
}

NativeText dumpNative(const Graph& graph, NativeStage stage, const CodegenOptions& options) {
  NativeText result;
  Target target = makeTarget(options);
  if (!target.error.empty()) {
    result.error = target.error;
    return result;
  }
  Plan plan = makePlan(graph, options.limits);
  Built built = buildModule(graph, plan, *target.machine);
  if (stage != NativeStage::Llvm) optimizeModule(*built.module, *target.machine);
  if (stage == NativeStage::Assembly) {
    result.text = compileModule(*built.module, *target.machine, llvm::CodeGenFileType::AssemblyFile);
    return result;
  }
  llvm::raw_string_ostream out(result.text);
  built.module->print(out, nullptr);
  return result;
}

}  // namespace featc
