// SPDX-License-Identifier: Apache-2.0
// Whether two graphs are the same, node by node.
#include "ir/equal.h"

#include <algorithm>
#include <bit>

namespace featc {
namespace {

// By bits: a default of -0 differs from one of 0.
bool equalOutputs(const OutputInfo& a, const OutputInfo& b) {
  return a == b && std::bit_cast<uint64_t>(a.defaultValue) == std::bit_cast<uint64_t>(b.defaultValue);
}

bool equalNodes(const Graph& a, const Graph& b, NodeId id) {
  const Node& x = a.node(id);
  const Node& y = b.node(id);
  if (x.kind != y.kind || x.scope != y.scope || x.type != y.type || x.level != y.level || x.op != y.op) return false;
  if (!std::ranges::equal(a.args(id), b.args(id))) return false;
  switch (x.kind) {
    case NodeKind::Constant: return a.constant(id) == b.constant(id);
    case NodeKind::Call: return x.resolution.sameAs(y.resolution);
    default: return x.index == y.index;
  }
}

}  // namespace

bool equalGraphs(const Graph& a, const Graph& b) {
  if (a.info() != b.info() || !std::ranges::equal(a.info().outputs, b.info().outputs, equalOutputs)) return false;
  if (a.size() != b.size() || a.outputs() != b.outputs()) return false;
  for (NodeId id = 0; id < a.size(); ++id) {
    if (!equalNodes(a, b, id)) return false;
  }
  return true;
}

}  // namespace featc
