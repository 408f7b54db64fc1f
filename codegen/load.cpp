// SPDX-License-Identifier: Apache-2.0
// Object code put into this process, ready to run.
#include <llvm/ExecutionEngine/Orc/LLJIT.h>

#include <chrono>

#include "codegen/codegen.h"
#include "codegen/native_executable.h"
#include "codegen/target.h"

namespace featc {

namespace {

std::string takeError(llvm::Error error) { return llvm::toString(std::move(error)); }

NativeResult failed(std::string error) {
  NativeResult result;
  result.error = std::move(error);
  return result;
}

}  // namespace

NativeResult loadObject(const Graph& graph, const ObjectCode& code, const CodegenOptions& options) {
  auto start = std::chrono::steady_clock::now();
  Target target = makeTarget(options);
  if (!target.error.empty()) return failed(target.error);
  if (std::string why = whyNotHere(options, *target.machine); !why.empty()) return failed(why);
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit) return failed(takeError(jit.takeError()));
  for (const std::string& file : code.files) {
    auto buffer = llvm::MemoryBuffer::getMemBufferCopy(file, "featc");
    if (auto error = (*jit)->addObjectFile(std::move(buffer))) return failed(takeError(std::move(error)));
  }
  auto entry = (*jit)->lookup(kNativeEntryName);
  if (!entry) return failed(takeError(entry.takeError()));
  auto function = entry->toPtr<NativeEntry>();
  NativeResult result;
  result.executable = makeNativeExecutable(graph, makePlan(graph, options.limits), function,
                                           std::shared_ptr<llvm::orc::LLJIT>(std::move(*jit)));
  result.times.load = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

NativeResult compileNative(const Graph& graph, const CodegenOptions& options) {
  Target target = makeTarget(options);
  if (!target.error.empty()) return failed(target.error);
  if (std::string why = whyNotHere(options, *target.machine); !why.empty()) return failed(why);
  ObjectResult compiled = compileObject(graph, options);
  if (!compiled.error.empty()) return failed(compiled.error);
  NativeResult result = loadObject(graph, compiled.code, options);
  double load = result.times.load;
  result.times = compiled.times;
  result.times.load = load;
  return result;
}

}  // namespace featc
