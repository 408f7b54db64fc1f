// SPDX-License-Identifier: Apache-2.0
// From a graph to object code: emitted, optimized and compiled by LLVM; or printed on the way.
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "codegen/llvm/codegen.h"
#include "codegen/llvm/embed_model.h"
#include "codegen/llvm/emit_llvm.h"
#include "codegen/llvm/object.h"
#include "codegen/llvm/target.h"
#include "support/print_error.h"
#include "support/stopwatch.h"

namespace featc {

namespace {

// What an operator's inline code emits is already what a vectorizer would aim for; a light pass removes
// repeated loads and masks. More passes cost more time than they give back: see docs/performance.md.
constexpr const char* kPasses = "function(early-cse,instsimplify,dce)";

void checkModule(const llvm::Module& module) {
  std::string problem;
  llvm::raw_string_ostream out(problem);
  if (!llvm::verifyModule(module, &out)) return;
  // A broken invariant of the compiler: show the code and stop.
  module.print(llvm::errs(), nullptr);
  printError("featc: internal error: generated code is invalid: {}\n", problem);
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

struct Module {
  std::unique_ptr<llvm::LLVMContext> context = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> module;
};

Module buildModule(const Graph& graph, const Plan& plan, const ModuleParts& parts, llvm::TargetMachine& machine) {
  Module built;
  built.module = emitModule(graph.info().model, plan, parts, hasMaskRegisters(machine), *built.context);
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
std::string writeModule(llvm::Module& module, llvm::TargetMachine& machine, llvm::CodeGenFileType type) {
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream out(bytes);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, out, nullptr, type)) {
    writeError("featc: internal error: LLVM cannot write this kind of file\n");
    std::abort();
  }
  passes.run(module);
  return bytes.str().str();
}

// One module to compile, alone or beside others.
struct Unit {
  ModuleParts parts;
  // Code that serves one shape of many features is worth LLVM's time; a loop of its own is made in
  // the fastest way (docs/performance.md).
  bool quick = false;
};

std::vector<Unit> divide(const Plan& plan, bool oneFile, uint32_t threads) {
  Unit first;
  first.parts.entry = true;
  std::vector<uint32_t> own;
  for (uint32_t i = 0; i < plan.loops.size(); ++i)
    (oneFile || plan.loops[i].instances > 1 ? first.parts.loops : own).push_back(i);
  std::vector<Unit> units{std::move(first)};
  // A unit costs some fixed time, so a thread gets no fewer loops than make up for it, and memory until it is compiled,
  // so none gets more than these.
  constexpr size_t kLoopsWorthAThread = 8;
  constexpr size_t kMostLoops = 512;
  auto unitsOf = [&](size_t loops) { return (own.size() + loops - 1) / loops; };
  size_t count = std::max(std::min<size_t>(threads, unitsOf(kLoopsWorthAThread)), unitsOf(kMostLoops));
  for (size_t u = 0; u < count; ++u) {
    Unit unit;
    unit.quick = true;
    unit.parts.loops.assign(own.begin() + static_cast<ptrdiff_t>(own.size() * u / count),
                            own.begin() + static_cast<ptrdiff_t>(own.size() * (u + 1) / count));
    units.push_back(std::move(unit));
  }
  return units;
}

std::string compileUnit(const Graph& graph, const Plan& plan, const Unit& unit, const CodegenOptions& options) {
  Target target = makeTarget(options, unit.quick ? llvm::CodeGenOptLevel::None : llvm::CodeGenOptLevel::Default);
  Module built = buildModule(graph, plan, unit.parts, *target.machine);
  if (options.embed) embedModel(*built.module, *options.embed);
  if (!unit.quick) optimizeModule(*built.module, *target.machine);
  return writeModule(*built.module, *target.machine, llvm::CodeGenFileType::ObjectFile);
}

}  // namespace

ObjectCode compilePlan(const Graph& graph, const Plan& plan, const CodegenOptions& options) {
  ObjectCode code;
  uint32_t threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  std::vector<Unit> units = divide(plan, options.oneFile || options.embed, threads);
  code.files.resize(units.size());
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr thrown;
  auto work = [&]() noexcept {
    try {
      for (size_t u = next++; u < units.size(); u = next++) code.files[u] = compileUnit(graph, plan, units[u], options);
    } catch (...) {
      next = units.size();
      std::lock_guard lock(mutex);
      thrown = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (size_t t = 1; t < std::min<size_t>(threads, units.size()); ++t) helpers.emplace_back(work);
    work();
  }
  if (thrown != nullptr) std::rethrow_exception(thrown);
  return code;
}

ObjectResult compileObject(const Graph& graph, const CodegenOptions& options) {
  ObjectResult result;
  result.error = makeTarget(options).error;
  if (!result.error.empty()) return result;
  Stopwatch watch;
  Plan plan = makePlan(graph, options.limits);
  result.times.plan = watch.lap();
  result.code = compilePlan(graph, plan, options);
  result.times.compile = watch.lap();
  return result;
}

NativeText dumpNative(const Graph& graph, NativeStage stage, const CodegenOptions& options) {
  NativeText result;
  Target target = makeTarget(options);
  result.error = target.error;
  if (!result.error.empty()) return result;
  Plan plan = makePlan(graph, options.limits);
  if (stage == NativeStage::Plan) {
    result.text = toText(graph, plan);
    return result;
  }
  ModuleParts parts = divide(plan, true, 1).front().parts;
  Module built = buildModule(graph, plan, parts, *target.machine);
  if (stage != NativeStage::Llvm) optimizeModule(*built.module, *target.machine);
  if (stage == NativeStage::Assembly) {
    result.text = writeModule(*built.module, *target.machine, llvm::CodeGenFileType::AssemblyFile);
    return result;
  }
  llvm::raw_string_ostream out(result.text);
  built.module->print(out, nullptr);
  return result;
}

}  // namespace featc
