// SPDX-License-Identifier: Apache-2.0
// How a graph becomes native code: which nodes are fused into vector loops, which call kernels, which
// values pass through memory, and which loops are one loop with other columns and constants. Knows
// nothing of LLVM.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "codegen/plan/vector_code.h"
#include "ir/schedule.h"

namespace featc {

// Rows that one step of a vector loop computes: the rows of one byte of a bitmap.
inline constexpr uint32_t kVectorRows = 8;

struct PlanLimits {
  // Bounds on one loop of its own: LLVM's time grows faster than a function's size, and loops that
  // write many columns at once are slow over many rows.
  uint32_t loopStores = 32;
  uint32_t loopOperations = 400;
  // A shape that occurs at least so often becomes one loop with a table.
  uint32_t shapeInstances = 4;
};

// One outlined loop, run once for each of its instances.
struct VectorLoop {
  Scope scope = Scope::Item;
  VectorCode code;
  std::vector<bool> varies;  // by constant of the code: differs between instances
  uint32_t instances = 1;
  // By instance, then by place of the code: slot, or output.
  std::vector<uint32_t> places;
  // By instance, then by varying constant in order: bits.
  std::vector<uint64_t> constants;
};

// A value that passes through memory, as the code sees it.
struct Slot {
  NodeId node = 0;
  // A request's value as the items see it: the same for all, or gathered.
  bool spread = false;
};

inline constexpr uint32_t kNoSlot = UINT32_MAX;

struct PlanAction {
  enum class Kind : uint8_t { Loop, Kernel, Emit };
  Kind kind = Kind::Loop;
  uint32_t index = 0;  // Loop: in loops. Kernel: node. Emit: output that the runtime emits.
};

struct Plan {
  Schedule schedule;
  std::vector<VectorLoop> loops;
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

// The loops and the order of a plan's actions, for people.
std::string toText(const Graph& graph, const Plan& plan);

}  // namespace featc
