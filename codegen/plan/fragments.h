// SPDX-License-Identifier: Apache-2.0
// The pieces of a step that could each be a loop of its own, and the shapes that many of them share.
#pragma once

#include <vector>

#include "codegen/plan/inline_code.h"
#include "codegen/plan/loop_recorder.h"

namespace featc {

inline constexpr uint32_t kNoShape = UINT32_MAX;
inline constexpr uint32_t kNoFragment = UINT32_MAX;

// Nodes that only each other use, down to one that is written to memory or to an output.
struct Fragment {
  std::vector<NodeId> nodes;  // operands first, in the order in which the last one reaches them
  uint32_t output = UINT32_MAX;
  uint32_t operations = 0;
  uint32_t shape = kNoShape;
  // Where it has a shape: what differs from its sisters.
  std::vector<uint64_t> constants;
  std::vector<PlaceTarget> targets;
};

// What is computed in one step and scope.
struct StepNodes {
  Scope scope = Scope::Item;
  const std::vector<NodeId>& nodes;
  const std::vector<uint32_t>& inlineOutputs;  // those that a loop can emit
  const std::vector<bool>& emitted;            // by node: an output that the runtime emits reads it
  const std::vector<InlineCost>& costs;        // by node
};

struct ShapeLimits {
  uint32_t minInstances = 4;     // a shape that fewer fragments have is not shared
  uint32_t maxOperations = 400;  // larger fragments are not compared
};

class Fragments {
 public:
  Fragments() = default;
  Fragments(InlineContext& context, const Schedule& schedule, const StepNodes& step, const ShapeLimits& limits);

  size_t size() const { return fragments_.size(); }
  const Fragment& operator[](size_t i) const { return fragments_[i]; }
  uint32_t ofOutput(uint32_t output) const { return ofOutput_.at(output); }
  // kNoFragment for a node that is not computed inline in this step.
  uint32_t ofNode(NodeId node) const { return ofNode_[node]; }
  bool isShared(NodeId node) const {
    return ofNode_[node] != kNoFragment && fragments_[ofNode_[node]].shape != kNoShape;
  }
  // Instructions and places; the constants are the fragments'.
  const VectorCode& codeOf(uint32_t shape) const { return shapes_[shape]; }

 private:
  void divide(const InlineContext& context, const Schedule& schedule, const StepNodes& step);
  void orderNodes(const Graph& graph, const StepNodes& step);
  void findShapes(InlineContext& context, const Schedule& schedule, Scope scope, const ShapeLimits& limits);

  std::vector<Fragment> fragments_;
  std::vector<uint32_t> ofNode_;
  std::unordered_map<uint32_t, uint32_t> ofOutput_;
  std::vector<VectorCode> shapes_;
};

}  // namespace featc
