// SPDX-License-Identifier: Apache-2.0
// Building the engines of one graph.
#include "tests/common/engines.h"

#include <stdexcept>

#include "codegen/llvm/codegen.h"
#include "ir/interpreter.h"

namespace featc {

const std::vector<std::string>& testedCpus() {
  static const std::vector<std::string> kCpus = [] {
    std::vector<std::string> cpus;
    for (const char* cpu : {"x86-64", "x86-64-v3", "x86-64-v4"}) {
      CodegenOptions options;
      options.cpu = cpu;
      if (compileNative(Graph(), options).error.empty()) cpus.emplace_back(cpu);
    }
    // Another architecture: this machine's own CPU.
    if (cpus.empty()) cpus.emplace_back();
    return cpus;
  }();
  return kCpus;
}

std::vector<NativeForm> testedForms() {
  std::vector<NativeForm> forms;
  for (const std::string& cpu : testedCpus())
    for (bool kept : {false, true}) forms.push_back({cpu, kept});
  return forms;
}

std::vector<TestedEngine> testedEngines(const Graph& raw, const Graph& optimized,
                                        const std::vector<NativeForm>& forms) {
  std::vector<TestedEngine> engines;
  engines.push_back({"raw, interpreted", makeInterpreter(raw), &raw.info()});
  engines.push_back({"optimized, interpreted", makeInterpreter(optimized), &optimized.info()});
  for (const NativeForm& form : forms) {
    CodegenOptions options;
    options.cpu = form.cpu;
    std::string name = "native" + (form.cpu.empty() ? "" : ", " + form.cpu);
    if (form.kept) {
      name += ", as code that is kept, in small loops";
      options.oneFile = true;
      options.limits = {.loopStores = 3, .loopOperations = 60, .shapeInstances = 2};
    }
    NativeResult native = compileNative(optimized, options);
    if (!native.error.empty()) throw std::runtime_error("no native code: " + native.error);
    engines.push_back({name, native.executable, &optimized.info()});
  }
  return engines;
}

}  // namespace featc
