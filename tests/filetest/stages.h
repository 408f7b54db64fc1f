// SPDX-License-Identifier: Apache-2.0
// What each stage of a file test puts out.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "ir/graph.h"
#include "tests/filetest/test_file.h"

namespace featc {

struct StageOutput {
  std::string text;
  // Something that no expected text can excuse: engines that disagree, a graph that does not parse
  // back. Empty: fine.
  std::string failure;
  bool importRefused = false;  // with errors that are not diagnostics
};

// Kinds of diagnostics that came out are added to `kinds`.
StageOutput runStage(const TestFile& test, std::set<std::string>& kinds);

// The optimized graph of a run test; nothing where its config has errors.
std::optional<Graph> optimizedGraph(const TestFile& test);

// Stage run of a graph that is there already: every engine, every batching, compared.
StageOutput runGraph(const TestFile& test, const Graph& graph);

}  // namespace featc
