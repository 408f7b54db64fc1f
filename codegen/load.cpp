// SPDX-License-Identifier: Apache-2.0
// Object code put into this process, ready to run.
#include <llvm/ExecutionEngine/Orc/LLJIT.h>

#include "codegen/codegen.h"
#include "codegen/native_executable.h"
#include "codegen/object.h"
#include "codegen/stopwatch.h"
#include "codegen/target.h"

namespace featc {

namespace {

std::string takeError(llvm::Error error) { return llvm::toString(std::move(error)); }

NativeResult failed(std::string error) {
  NativeResult result;
  result.error = std::move(error);
  return result;
}

// Whether code for the options can run here; an error when not.
std::string whyNotHere(const CodegenOptions& options) {
  Target target = makeTarget(options);
  return target.error.empty() ? whyNotHere(options, *target.machine) : target.error;
}

NativeResult load(const Graph& graph, Plan plan, const ObjectCode& code) {
  auto jit = llvm::orc::LLJITBuilder().create();
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
