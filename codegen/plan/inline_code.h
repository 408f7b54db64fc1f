// SPDX-License-Identifier: Apache-2.0
// An operator's inline code applied to a node: whether it can be computed in vector registers, and how.
#pragma once

#include <cstdint>

#include <memory>
#include <optional>
#include <vector>

#include "ir/constants.h"

namespace featc {

// A graph with what its nodes' inline code needs, computed once for all loops.
class InlineContext {
 public:
  explicit InlineContext(const Graph& graph) : graph_(graph), evaluator_(graph), states_(graph.size()) {}

  const Graph& graph() const { return graph_; }
  const Value& constant(NodeId node) { return evaluator_.value(node); }
  // What the call's operator made of its constants.
  const OpState* state(NodeId call);

 private:
  const Graph& graph_;
  ConstantEvaluator evaluator_;
  std::vector<std::optional<std::shared_ptr<const OpState>>> states_;
};

struct InlineCost {
  bool possible = false;
  uint32_t operations = 0;
};

// Tries the inline code of a node.
InlineCost inlineCost(InlineContext& context, NodeId node);

// Applies the inline code of a call to its value arguments: presence of strict arguments joined,
// non-finite floats counted as missing. A null value handle: it declines.
InlineTerm lowerInline(Inline& builder, const Graph& graph, NodeId call, const InlineTerm* args);

}  // namespace featc
