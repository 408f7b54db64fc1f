// SPDX-License-Identifier: Apache-2.0
// Object code put into this process, ready to run.
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/TargetParser/Host.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "codegen/llvm/codegen.h"
#include "codegen/llvm/object.h"
#include "codegen/llvm/target.h"
#include "codegen/plan/native_executable.h"
#include "support/stopwatch.h"

namespace featc {

namespace {

std::string takeError(llvm::Error error) { return llvm::toString(std::move(error)); }

NativeResult failed(std::string error) {
  NativeResult result;
  result.error = std::move(error);
  return result;
}

// Why code for the options cannot run here; empty: it can. Found out once for each CPU that is asked for: what a target
// machine is made of takes LLVM a good part of a millisecond.
std::string whyNotHere(const CodegenOptions& options) {
  static std::mutex mutex;
  static std::map<std::string, std::string> known;
  std::string identity = targetIdentity(options);
  std::lock_guard lock(mutex);
  auto [found, isNew] = known.try_emplace(std::move(identity));
  if (isNew) {
    Target target = makeTarget(options);
    found->second = target.error.empty() ? whyNotHere(options, *target.machine) : target.error;
  }
  return found->second;
}

// Object files are all that is ever added.
class NoCompiler : public llvm::orc::IRCompileLayer::IRCompiler {
 public:
  NoCompiler() : IRCompiler({}) {}
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> operator()(llvm::Module&) override {
    return llvm::createStringError("modules are compiled before they are loaded");
  }
};

// With what LLJIT would otherwise find out each time: the host's CPU, its data layout, a target machine to compile
// with.
llvm::Expected<std::unique_ptr<llvm::orc::LLJIT>> makeJit() {
  static const llvm::orc::JITTargetMachineBuilder kHost{llvm::Triple(llvm::sys::getProcessTriple())};
  static const std::string kLayout = [] {
    llvm::orc::JITTargetMachineBuilder host = kHost;
    return llvm::cantFail(host.getDefaultDataLayoutForTarget()).getStringRepresentation();
  }();
  return llvm::orc::LLJITBuilder()
      .setJITTargetMachineBuilder(kHost)
      .setDataLayout(llvm::DataLayout(kLayout))
      .setCompileFunctionCreator([](const llvm::orc::JITTargetMachineBuilder&)
                                     -> llvm::Expected<std::unique_ptr<llvm::orc::IRCompileLayer::IRCompiler>> {
        return std::make_unique<NoCompiler>();
      })
      .create();
}

NativeResult load(const Graph& graph, Plan plan, const ObjectCode& code) {
  auto jit = makeJit();
  if (!jit) return failed(takeError(jit.takeError()));
  for (const std::string& file : code.files) {
    auto buffer = llvm::MemoryBuffer::getMemBufferCopy(file, "featc");
    if (auto error = (*jit)->addObjectFile(std::move(buffer))) return failed(takeError(std::move(error)));
  }
  auto entry = (*jit)->lookup(kNativeEntryName);
  if (!entry) return failed(takeError(entry.takeError()));
  NativeResult result;
  result.executable = makeNativeExecutable(graph, std::move(plan), entry->toPtr<NativeEntry>(),
                                           std::shared_ptr<llvm::orc::LLJIT>(std::move(*jit)));
  return result;
}

}  // namespace

NativeResult loadObject(const Graph& graph, const ObjectCode& code, const CodegenOptions& options) {
  if (std::string why = whyNotHere(options); !why.empty()) return failed(why);
  Stopwatch watch;
  Plan plan = makePlan(graph, options.limits);
  double planned = watch.lap();
  NativeResult result = load(graph, std::move(plan), code);
  result.times.plan = planned;
  result.times.load = watch.lap();
  return result;
}

NativeResult compileNative(const Graph& graph, const CodegenOptions& options) {
  if (std::string why = whyNotHere(options); !why.empty()) return failed(why);
  Stopwatch watch;
  CodegenTimes times;
  Plan plan = makePlan(graph, options.limits);
  times.plan = watch.lap();
  ObjectCode code = compilePlan(graph, plan, options);
  times.compile = watch.lap();
  NativeResult result = load(graph, std::move(plan), code);
  times.load = watch.lap();
  result.times = times;
  return result;
}

}  // namespace featc
