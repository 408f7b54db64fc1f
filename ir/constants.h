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
  // `effort` bounds what all calls together may read and make, in elements; a call beyond it fails.
  explicit ConstantEvaluator(const Graph& graph, uint64_t effort = UINT64_MAX)
      : graph_(graph), effort_(effort), known_(graph.size()) {}

  // Missing where the kernel fails the row. Not for weighted ids, which no constant holds.
  const Value& value(NodeId node);
  // Why computing the node fails its row, the value then being worthless: it goes past a limit, or an extern fn says
  // so.
  RowStatus status(NodeId node);
  bool failed(NodeId node) { return status(node) != RowStatus::Ok; }
  // Whether a call failed because the effort was spent.
  bool exhausted() const { return spent_ > effort_; }

 private:
  struct Known {
    Value value;
    RowStatus status = RowStatus::Ok;
  };
  void evaluate(NodeId node);
  void spend(const Value& value);

  const Graph& graph_;
  uint64_t effort_;
  uint64_t spent_ = 0;
  std::vector<std::optional<Known>> known_;
};

// Whether the node is a call that a ConstantEvaluator can compute.
bool isConstantCall(const Graph& graph, NodeId node);
// The arguments of a call that reach its kernel: all but the constant parameters'.
std::vector<NodeId> valueArgs(const Graph& graph, NodeId call);
// What the call's operator made of its constant arguments; null when it prepares nothing. An error
// (which the checker has excluded for a config's graph) leaves the state null.
Prepared prepareState(const Graph& graph, NodeId call, ConstantEvaluator& constants);

// One call's fixed parts, ready for its kernel.
struct PreparedCall {
  Kernel kernel = nullptr;   // the lifted one where the call maps over lists, mappedKernel for elements
  std::vector<NodeId> args;  // value arguments
  std::vector<Type> types;   // theirs, as the operator sees them
  std::shared_ptr<const OpState> state;
  uint64_t liftMask = 0;  // by value argument

  Context context(HashFamily family) const {
    Context c;
    c.state = state.get();
    c.argTypes = types.data();
    c.argCount = static_cast<uint32_t>(types.size());
    c.liftMask = liftMask;
    c.hashFamily = family;
    return c;
  }
};
PreparedCall prepareCall(const Graph& graph, NodeId call, ConstantEvaluator& constants);

}  // namespace featc
