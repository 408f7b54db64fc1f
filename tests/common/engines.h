// SPDX-License-Identifier: Apache-2.0
// Every way that a graph can be computed: the ways that must agree.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "runtime/executable.h"

namespace featc {

// The CPU settings that this machine can run: x86-64, x86-64-v3 ..., the poorest first.
const std::vector<std::string>& testedCpus();

// A way to make native code: for a CPU; quickly, or as code that is kept (one file, small loops).
struct NativeForm {
  std::string cpu;
  bool kept = false;
};
// Both ways for each of the tested CPUs.
std::vector<NativeForm> testedForms();

struct TestedEngine {
  std::string name;  // `optimized, x86-64-v3`
  std::shared_ptr<const Executable> executable;
  // The graph's: optimizing may find that an output depends on the request only, so that it has fewer
  // rows (and counts what does not fit less often).
  const ProgramInfo* info = nullptr;
};
// Both graphs must outlive the result. The raw graph interpreted (first: the meaning), the optimized one interpreted,
// and the optimized one as native code in each of `forms`.
std::vector<TestedEngine> testedEngines(const Graph& raw, const Graph& optimized, const std::vector<NativeForm>& forms);

}  // namespace featc
