// SPDX-License-Identifier: Apache-2.0
// Whether the integers of an output can be too large for what they become: an id's payload, a float32.
#include "frontend/id_range.h"

#include <algorithm>
#include <cfloat>
#include <unordered_set>
#include <vector>

namespace featc {

namespace {

template <class Fits>
bool holdsFor(const Value& value, Fits fits) {
  if (value.isInt()) return fits(value.asInt());
  return !value.isList() || std::ranges::all_of(value.asList(), [&](const Value& v) { return holdsFor(v, fits); });
}

Kind scalarKind(Type t) {
  while (t.isList()) t = t.element();
  return t.kind();
}

// Whether some integer that the value is, or holds, may be one that `fits` does not hold for. `stops`: not of that
// node.
template <class Fits, class Stops>
bool mayExceed(const Graph& graph, NodeId value, Fits fits, Stops stops) {
  std::vector<NodeId> pending{value};
  std::unordered_set<NodeId> seen;
  while (!pending.empty()) {
    NodeId id = pending.back();
    pending.pop_back();
    const Node& node = graph.node(id);
    if (!seen.insert(id).second || scalarKind(node.type) == Kind::Bool || stops(node)) continue;
    bool isCall = node.kind == NodeKind::Call;
    if (isCall && node.op->resultRange && fits(node.op->resultRange->low) && fits(node.op->resultRange->high)) continue;
    if (scalarKind(node.type) != Kind::Int64) return true;
    if (node.kind == NodeKind::Constant) {
      if (!holdsFor(graph.constant(id), fits)) return true;
      continue;
    }
    if (!isCall) return true;
    const Operator& op = *node.op;
    auto args = graph.args(id);
    ArgumentRange from = op.isCast ? ArgumentRange{0, 1} : op.passesThrough.value_or(ArgumentRange{});
    if (from.end == 0) return true;
    for (size_t i = from.first; i < std::min<size_t>(from.end, args.size()); ++i) pending.push_back(args[i]);
  }
  return false;
}

}  // namespace

bool mayLoseBits(const Graph& graph, NodeId value) {
  return mayExceed(
      graph, value, [](int64_t x) { return !losesBits(x); },
      [](const Node& node) { return node.kind == NodeKind::Call && node.op->isHash; });
}

void markRounding(Graph& graph) {
  constexpr int64_t kExact = int64_t{1} << FLT_MANT_DIG;
  for (size_t i = 0; i < graph.info().outputs.size(); ++i) {
    OutputInfo& info = graph.info().outputs[i];
    const Node& node = graph.node(graph.outputs()[i]);
    bool isCast = info.kind == OutputKind::Dense && node.kind == NodeKind::Call && node.op->isCast;
    if (!isCast) continue;
    NodeId integer = graph.args(graph.outputs()[i])[0];
    if (scalarKind(graph.node(integer).type) != Kind::Int64) continue;
    info.mayRound = mayExceed(
        graph, integer, [](int64_t x) { return x >= -kExact && x <= kExact; }, [](const Node&) { return false; });
  }
}

}  // namespace featc
