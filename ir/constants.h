// SPDX-License-Identifier: Apache-2.0
// Values of constant-scope nodes, and what operators prepare from them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "ir/graph.h"
#include "values/work.h"

namespace featc {

// What a config's constants may be computed from and make, all together, in elements of lists; and the steps of long
// loops that this may take (Context::spend). Both are counted, so that a config is refused everywhere or nowhere.
inline constexpr uint64_t kMaxConstantEffort = uint64_t{1} << 22U;
inline constexpr uint64_t kMaxConstantSteps = uint64_t{1} << 26U;

// Evaluates constant-scope nodes by their operators' kernels, each once.
class ConstantEvaluator {
 public:
  // `effort` bounds what all calls together may read and make, in elements, and in the same proportion the steps that
  // they take; a call beyond it fails. Optimized graphs may have some more constants than the config that was checked.
  explicit ConstantEvaluator(const Graph& graph, uint64_t effort = 4 * kMaxConstantEffort);

  // Missing where the kernel fails the row. Not for weighted ids, which no constant holds.
  const Value& value(NodeId node);
  // Why computing the node fails its row, the value then being worthless: it goes past a limit, or an extern fn says
  // so.
  RowStatus status(NodeId node);
  bool failed(NodeId node) { return status(node) != RowStatus::Ok; }
  // Whether a call failed because the effort or the steps were spent.
  bool exhausted() const { return spent_ > effort_ || work_.stopped(); }

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
  Work work_;
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
  Kernel kernel = nullptr;    // the lifted one where the call maps over lists, mappedKernel for elements
  FlatKernel flat = nullptr;  // the same of flat lists; null: there is none
  bool readsTexts = false;    // as Overload::readsTexts
  std::vector<NodeId> args;   // value arguments
  std::vector<Type> types;    // theirs, as the operator sees them
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
