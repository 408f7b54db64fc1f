// SPDX-License-Identifier: Apache-2.0
// In which order and phase a graph's nodes are computed, and which values outlive their block: the
// plan that the interpreter and the code generator share.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "ir/graph.h"
#include "runtime/executable.h"

namespace featc {

inline constexpr uint32_t kNoColumn = UINT32_MAX;

// The live nodes of one phase and scope in topological order; leaves (constants, inputs, fields) and
// reads are not among them.
struct ScheduleStep {
  std::vector<NodeId> nodes;
  std::vector<uint32_t> outputs;  // emitted when the nodes are computed
};

struct Schedule {
  ProgramLayout layout;
  // Call column of a node, kNoColumn when its value lives within a block only.
  std::vector<uint32_t> columnOf;
  // Live constants and constant-scope calls in order: computed once, when the program is loaded.
  std::vector<NodeId> constants;
  // Constants that are keys of reads: their call columns (scope Request) are filled in phase 0.
  std::vector<NodeId> constantKeys;
  // [phase][0: request scope, 1: item scope]
  std::vector<std::array<ScheduleStep, 2>> steps;

  const ScheduleStep& step(uint32_t phase, Scope scope) const { return steps[phase][scope == Scope::Item ? 1 : 0]; }
};

// With reads on L levels there are 2 L + 1 phases: phase 2 l computes the keys of level l, phase
// 2 l + 1 what else can be computed without a further read (while those of level l are in flight),
// phase 2 L the rest.
Schedule makeSchedule(const Graph& graph);

// The scope in which a node runs: its own, but weighted ids have no constant form and run per request.
Scope runScope(const Node& node);

}  // namespace featc
