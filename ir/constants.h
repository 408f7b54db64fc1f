// SPDX-License-Identifier: Apache-2.0
// Values of constant-scope nodes, and what operators prepare from them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "ir/graph.h"

namespace featc {

// Evaluates constant-scope nodes by their operators' kernels, each once.
class ConstantEvaluator {
 public:
  explicit ConstantEvaluator(const Graph& graph) : graph_(graph), known_(graph.size()) {}

  // Missing where the kernel fails the row. Not for weighted ids, which no constant holds.
  const Value& value(NodeId node);
  // Whether computing the node went past a limit (the value is then worthless).
  bool failed(NodeId node);

 private:
  struct Known {
    Value value;
    bool failed = false;
  };
  void evaluate(NodeId node);

  const Graph& graph_;
  std::vector<std::optional<Known>> known_;
};

// The arguments of a call that reach its kernel: all but the constant parameters'.
std::vector<NodeId> valueArgs(const Graph& graph, NodeId call);
// What the call's operator made of its constant arguments; null when it prepares nothing. An error
// (which the checker has excluded for a config's graph) leaves the state null.
Prepared prepareState(const Graph& graph, NodeId call, ConstantEvaluator& constants);
// The lift mask by value argument, as kernels take it.
uint64_t valueLiftMask(const Graph& graph, NodeId call);
// The kernel that computes the call: the lifted one where it maps over lists.
Kernel kernelOf(const Node& call);

// One call's context for kernels; `types` holds its value arguments' types and must outlive it.
Context makeContext(const Graph& graph, NodeId call, const std::vector<Type>& types, const OpState* state);

}  // namespace featc
