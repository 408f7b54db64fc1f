// SPDX-License-Identifier: Apache-2.0
// How a graph becomes native code: which nodes are fused into vector loops, which call kernels, and
// which values pass through memory. Knows nothing of LLVM.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "ir/schedule.h"

namespace featc {

// Rows that one step of a vector loop computes: the rows of one byte of a bitmap.
inline constexpr uint32_t kVectorRows = 8;

// Bounds on one outlined part: LLVM's time grows faster than a function's size, and loops that write
// many columns at once are slow over many rows.
struct PlanLimits {
  uint32_t partStores = 32;
  uint32_t partOperations = 400;
};

// One outlined vector loop: nodes computed in registers, in order, and outputs emitted from them.
struct VectorPart {
  Scope scope = Scope::Item;
  std::vector<NodeId> nodes;
  std::vector<uint32_t> outputs;
};

// A value that passes through memory, as the code sees it.
struct Slot {
  NodeId node = 0;
  // A request's value as the items see it: the same for all, or gathered.
  bool spread = false;
};

inline constexpr uint32_t kNoSlot = UINT32_MAX;

struct PlanAction {
  enum class Kind : uint8_t { Part, Kernel, Emit };
  Kind kind = Kind::Part;
  uint32_t index = 0;  // Part: in parts. Kernel: node. Emit: output that the runtime emits.
};

struct Plan {
  Schedule schedule;
  std::vector<VectorPart> parts;
  std::vector<Slot> slots;
  std::vector<uint32_t> slotOf;        // by node: its own slot
  std::vector<uint32_t> spreadSlotOf;  // by node
  // [phase][0: request scope, 1: item scope]
  std::vector<std::array<std::vector<PlanAction>, 2>> actions;

  // The slot from which a step of `scope` reads a node that passes through memory.
  uint32_t slotFor(const Graph& graph, NodeId node, Scope scope) const {
    return runScope(graph.node(node)) == scope ? slotOf[node] : spreadSlotOf[node];
  }
};

Plan makePlan(const Graph& graph, const PlanLimits& limits = {});

}  // namespace featc
