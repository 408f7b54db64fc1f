// SPDX-License-Identifier: Apache-2.0
// Whether the integers of an output can be too large for an id's payload without being hashes.
#include "frontend/id_range.h"

#include <algorithm>
#include <unordered_set>
#include <vector>

namespace featc {

namespace {

bool losesBits(const Value& value) {
  if (value.isInt()) return featc::losesBits(value.asInt());
  return value.isList() && std::ranges::any_of(value.asList(), [](const Value& v) { return losesBits(v); });
}

Kind scalarKind(Type t) {
  while (t.isList()) t = t.element();
  return t.kind();
}

bool fitsPayload(const IntRange& range) { return !featc::losesBits(range.low) && !featc::losesBits(range.high); }

}  // namespace

bool mayLoseBits(const Graph& graph, NodeId value) {
  std::vector<NodeId> pending{value};
  std::unordered_set<NodeId> seen;
  while (!pending.empty()) {
    NodeId id = pending.back();
    pending.pop_back();
    const Node& node = graph.node(id);
    if (!seen.insert(id).second || scalarKind(node.type) == Kind::Bool) continue;
    bool isCall = node.kind == NodeKind::Call;
    if (isCall && (node.op->isHash || (node.op->range && fitsPayload(*node.op->range)))) continue;
    if (scalarKind(node.type) != Kind::Int64) return true;
    if (node.kind == NodeKind::Constant) {
      if (losesBits(graph.constant(id))) return true;
      continue;
    }
    if (!isCall) return true;
    const Operator& op = *node.op;
    auto args = graph.args(id);
    ArgumentRange from = op.isCast ? ArgumentRange{0, 1} : op.passes.value_or(ArgumentRange{});
    if (from.end == 0) return true;
    for (size_t i = from.first; i < std::min<size_t>(from.end, args.size()); ++i) pending.push_back(args[i]);
  }
  return false;
}

}  // namespace featc
