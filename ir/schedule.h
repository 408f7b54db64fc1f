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
// reads are not among them. Constant-scope calls run once, when the program is loaded.
struct ScheduleStep {
  std::vector<NodeId> nodes;
  std::vector<uint32_t> outputs;  // emitted in this step (all of them in the last phase)
};

struct Schedule {
  ProgramLayout layout;
  // Call column of a node, kNoColumn when its value lives within a block only.
  std::vector<uint32_t> columnOf;
  std::vector<NodeId> constants;  // live constant-scope calls, in order
  // [phase][0: request scope, 1: item scope]
  std::vector<std::array<ScheduleStep, 2>> steps;

  const ScheduleStep& step(uint32_t phase, Scope scope) const { return steps[phase][scope == Scope::Item ? 1 : 0]; }
};

// Every node runs in the phase of its level (Node::level) or, with no user before it, in the
// earliest phase: reads are asked as soon as their keys exist.
Schedule makeSchedule(const Graph& graph);

}  // namespace featc
