// SPDX-License-Identifier: Apache-2.0
// Building a new graph from an old one: what every pass is made of.
#pragma once

#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"

namespace featc {

// Copies nodes one by one, arguments first, each as it is or as something else of the same value.
class GraphRewriter {
 public:
  explicit GraphRewriter(const Graph& from);

  const Graph& from() const { return from_; }
  Graph& to() { return to_; }

  // What `old` has become; it must have been copied or replaced.
  NodeId mapped(NodeId old) const { return map_[old]; }
  std::vector<NodeId> mappedArgs(NodeId old) const;
  void copy(NodeId old);
  void replace(NodeId old, NodeId by) { map_[old] = by; }

  // Outputs emit what their values have become; their types and scopes follow.
  Graph finish();

 private:
  const Graph& from_;
  Graph to_;
  std::vector<NodeId> map_;
};

// The node as a call of this operator, of one value a row or, `lifted`, of each element of its first argument.
bool isCallOf(const Node& node, std::string_view name, bool lifted);
std::vector<NodeId> argsOf(const Graph& graph, NodeId call);

// By node, whether an output needs it.
std::vector<bool> liveNodes(const Graph& graph);

// The same nodes ordered by `keys` (one a node), in their old order where keys are equal. No key may
// be smaller than one of the node's arguments.
using OrderKey = std::tuple<uint32_t, uint32_t>;
Graph reordered(const Graph& graph, const std::vector<OrderKey>& keys);

}  // namespace featc
