// SPDX-License-Identifier: Apache-2.0
// What a compiled model carries beside its machine code: who made it, for which CPU, and the program
// itself, from which the runtime sets up everything that is not machine code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"
#include "ops/extern_fn.h"
#include "support/error.h"

namespace featc {

// The machine that code was made for.
struct ImageTarget {
  std::string triple;  // LLVM's, normalized
  std::string cpu;
  std::vector<std::string> features;  // those of the CPU that isKnownCpuFeature
};

struct ProgramImage {
  ImageTarget target;
  Graph graph;  // optimized
};

// The image as bytes: lines of text, then the graph's text form, under a checksum.
std::string writeImage(const ImageTarget& target, const Graph& graph);

// Fails where the bytes are damaged (BadModel), were written by another featc (OtherBuild), or are for a CPU with more
// features than this machine's (OtherMachine), or where an extern fn cannot be had from `plugins` (BadModel).
Expected<ProgramImage> readImage(std::string_view bytes, const PluginFolders& plugins = {});

}  // namespace featc
