// SPDX-License-Identifier: Apache-2.0
// Building a new graph from an old one: what every pass is made of.
#include "optimizer/rewrite.h"

#include <algorithm>
#include <numeric>

namespace featc {

GraphRewriter::GraphRewriter(const Graph& from) : from_(from), map_(from.size(), kNoNode) { to_.info() = from.info(); }

std::vector<NodeId> GraphRewriter::mappedArgs(NodeId old) const {
  std::vector<NodeId> args;
  args.reserve(from_.args(old).size());
  for (NodeId arg : from_.args(old)) args.push_back(map_[arg]);
  return args;
}

bool isCallOf(const Node& node, std::string_view name, bool lifted) {
  return node.kind == NodeKind::Call && node.op->name == name && node.resolution.mapMask == 0 &&
         node.resolution.liftMask == (lifted ? 1U : 0U);
}

std::vector<NodeId> argsOf(const Graph& graph, NodeId call) {
  std::span<const NodeId> args = graph.args(call);
  return {args.begin(), args.end()};
}

void GraphRewriter::copy(NodeId old) {
  const Node& node = from_.node(old);
  std::vector<NodeId> args = mappedArgs(old);
  switch (node.kind) {
    case NodeKind::Constant: map_[old] = to_.addConstant(from_.constant(old), node.type, node.origin); break;
    case NodeKind::Input: map_[old] = to_.addInput(node.index, node.origin); break;
    case NodeKind::Read: map_[old] = to_.addRead(node.index, args, node.origin); break;
    case NodeKind::Field: map_[old] = to_.addField(args[0], node.index, node.origin); break;
    case NodeKind::Call: map_[old] = to_.addCall(*node.op, node.resolution, args, node.origin); break;
  }
}

Graph GraphRewriter::finish() {
  for (size_t i = 0; i < from_.outputs().size(); ++i) {
    NodeId value = map_[from_.outputs()[i]];
    to_.addOutput(value);
    to_.info().outputs[i].type = to_.node(value).type;
    to_.info().outputs[i].scope = to_.node(value).scope;
  }
  return std::move(to_);
}

std::vector<bool> liveNodes(const Graph& graph) {
  std::vector<bool> live(graph.size());
  for (NodeId output : graph.outputs()) live[output] = true;
  for (auto id = static_cast<NodeId>(graph.size()); id-- > 0;) {
    if (!live[id]) continue;
    for (NodeId arg : graph.args(id)) live[arg] = true;
  }
  return live;
}

Graph reordered(const Graph& graph, const std::vector<OrderKey>& keys) {
  std::vector<NodeId> order(graph.size());
  std::iota(order.begin(), order.end(), NodeId{0});
  std::ranges::sort(order, {}, [&](NodeId id) { return std::pair(keys[id], id); });
  GraphRewriter rewriter(graph);
  for (NodeId id : order) rewriter.copy(id);
  return rewriter.finish();
}

}  // namespace featc
