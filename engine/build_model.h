// SPDX-License-Identifier: Apache-2.0
// Ahead-of-time compilation: from a graph to object code and the header that declares it.
#pragma once

#include <string>

#include "codegen/llvm/codegen.h"

namespace featc {

struct BuildOptions {
  // As CodegenOptions' triple; empty: this machine's kind.
  std::string triple;
  // An LLVM CPU name; `native`: this machine's; empty: the plainest of the target.
  std::string cpu;
};

struct BuiltObject {
  std::string object;  // an object file
  std::string name;    // of the model, as a C identifier
  std::string target;  // as toolchains and folders are called: `aarch64-linux-gnu`
  bool reads = false;  // it has sources, and a library of it needs stores
  std::string error;   // not empty: no such CPU or target
};

// Object code of an optimized graph with its program image. The same graph, options and featc give the
// same bytes.
BuiltObject buildObject(const Graph& graph, const BuildOptions& options = {});

// A C and C++ header for programs that use the model: its symbol, where its inputs and outputs are, and
// all of include/featc/run.h.
std::string modelHeader(const ProgramInfo& info);

// `name` as a C identifier: what may not stand in one becomes `_`.
std::string identifierOf(const std::string& name);

}  // namespace featc
