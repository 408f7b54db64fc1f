// SPDX-License-Identifier: Apache-2.0
// Native code for a graph: optimized and compiled by LLVM, in memory or as text.
#include <fmt/format.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "codegen/codegen.h"
#include "codegen/emit_llvm.h"
#include "codegen/native_executable.h"

namespace featc {

namespace {

// What an operator's lowering emits is already what a vectorizer would aim for; a light pass removes
// repeated loads and masks. More passes cost more time than they give back: see docs/performance.md.
constexpr const char* kPasses = "function(early-cse,instsimplify,dce)";

void initializeLlvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
  });
}

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

// The first instruction-set feature that `cpu` has and this machine lacks.
std::string missingFeature(const llvm::TargetMachine& machine) {
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  for (const auto& feature : machine.getMCSubtargetInfo()->getAllProcessorFeatures()) {
    auto found = host.find(feature.Key);
    if (found == host.end() || found->second) continue;
    if (machine.getMCSubtargetInfo()->getFeatureBits().test(feature.Value)) return feature.Key;
  }
  return {};
}

struct Target {
  std::unique_ptr<llvm::TargetMachine> machine;
  std::string error;
};

Target makeTarget(const CodegenOptions& options) {
  initializeLlvm();
  Target target;
  std::string triple = llvm::sys::getProcessTriple();
  const llvm::Target* backend = llvm::TargetRegistry::lookupTarget(triple, target.error);
  if (backend == nullptr) return target;
  std::string cpu = options.cpu;
  std::string features;
  if (cpu.empty()) {
    cpu = llvm::sys::getHostCPUName().str();
    for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
      if (!features.empty()) features += ',';
      features += feature.second ? '+' : '-';
      features += feature.first();
    }
  }
  llvm::TargetOptions machineOptions;
  machineOptions.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  target.machine.reset(backend->createTargetMachine(triple, cpu, features, machineOptions, llvm::Reloc::PIC_,
                                                    llvm::CodeModel::Small, llvm::CodeGenOptLevel::Less, true));
  if (!options.cpu.empty() && !target.machine->getMCSubtargetInfo()->isCPUStringValid(cpu)) {
    target.error = fmt::format("there is no CPU \"{}\"; try x86-64, x86-64-v3 or x86-64-v4", cpu);
  }
  return target;
}

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

// Compiles with a target machine that was made before.
class SharedCompiler final : public llvm::orc::SimpleCompiler {
 public:
  explicit SharedCompiler(std::shared_ptr<llvm::TargetMachine> machine)
      : SimpleCompiler(*machine), machine_(std::move(machine)) {}

 private:
  std::shared_ptr<llvm::TargetMachine> machine_;
};

std::string takeError(llvm::Error error) { return llvm::toString(std::move(error)); }

}  // namespace

NativeResult compileNative(const Graph& graph, const CodegenOptions& options) {
  NativeResult result;
  Target target = makeTarget(options);
  if (!target.error.empty()) {
    result.error = target.error;
    return result;
  }
  if (std::string feature = missingFeature(*target.machine); !feature.empty()) {
    result.error = fmt::format("this machine cannot run code for \"{}\": it lacks {}", options.cpu, feature);
    return result;
  }
  Stopwatch watch;
  Plan plan = makePlan(graph, options.limits);
  result.times.plan = watch.lap();
  Built built = buildModule(graph, plan, *target.machine);
  result.times.emit = watch.lap();
  optimizeModule(*built.module, *target.machine);
  result.times.optimize = watch.lap();

  llvm::orc::LLJITBuilder builder;
  std::shared_ptr<llvm::TargetMachine> machine = std::move(target.machine);
  builder.setCompileFunctionCreator([machine](const llvm::orc::JITTargetMachineBuilder&)
                                        -> llvm::Expected<std::unique_ptr<llvm::orc::IRCompileLayer::IRCompiler>> {
    return std::make_unique<SharedCompiler>(machine);
  });
  auto jit = builder.create();
  if (!jit) {
    result.error = takeError(jit.takeError());
    return result;
  }
  if (auto error = (*jit)->addIRModule({std::move(built.module), std::move(built.context)})) {
    result.error = takeError(std::move(error));
    return result;
  }
  auto entry = (*jit)->lookup(kNativeEntryName);
  if (!entry) {
    result.error = takeError(entry.takeError());
    return result;
  }
  auto function = entry->toPtr<NativeEntry>();
  result.executable =
      makeNativeExecutable(graph, std::move(plan), function, std::shared_ptr<llvm::orc::LLJIT>(std::move(*jit)));
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
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream out(text);
  if (stage == NativeStage::Assembly) {
    llvm::legacy::PassManager passes;
    if (target.machine->addPassesToEmitFile(passes, out, nullptr, llvm::CodeGenFileType::AssemblyFile)) {
      result.error = "this target prints no assembly";
      return result;
    }
    passes.run(*built.module);
  } else {
    built.module->print(out, nullptr);
  }
  result.text = text.str().str();
  return result;
}

}  // namespace featc
