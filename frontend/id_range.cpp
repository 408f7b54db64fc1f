// SPDX-License-Identifier: Apache-2.0
// Whether the integers of an output can be too large for an id's payload without being hashes.
#include "frontend/id_range.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>

namespace featc {

namespace {

bool losesBits(const Value& value) {
  if (value.isInt()) return featc::losesBits(value.asInt());
  return value.isList() && std::ranges::any_of(value.asList(), [](const Value& v) { return losesBits(v); });
}

// Results between 0 and 65,536, or spread over 64 bits on purpose.
constexpr std::array<std::string_view, 4> kSmall = {"bucketize", "hash_bucket", "len", "count"};

struct PassThrough {
  std::string_view op;
  size_t first;  // of the arguments whose values come out
  size_t end;
};
constexpr size_t kAll = kMaxArguments;
constexpr std::array<PassThrough, 7> kPassThrough = {{{"if", 1, kAll},
                                                      {"default_to", 0, kAll},
                                                      {"head", 0, 1},
                                                      {"tail", 0, 1},
                                                      {"slice", 0, 1},
                                                      {"index", 0, 1},
                                                      {"make_list", 0, kAll}}};

bool isBool(Type t) { return t.is(Kind::Bool) || (t.isList() && t.element().is(Kind::Bool)); }

}  // namespace

bool mayLoseBits(const Graph& graph, NodeId value) {
  std::vector<NodeId> pending{value};
  std::unordered_set<NodeId> seen;
  while (!pending.empty()) {
    NodeId id = pending.back();
    pending.pop_back();
    if (!seen.insert(id).second) continue;
    const Node& node = graph.node(id);
    if (node.kind == NodeKind::Constant) {
      if (losesBits(graph.constant(id))) return true;
      continue;
    }
    if (node.kind != NodeKind::Call) return true;
    auto args = graph.args(id);
    if (node.op->isHash || std::ranges::find(kSmall, node.op->name) != kSmall.end()) continue;
    if (node.op->name == "int" && isBool(graph.node(args[0]).type)) continue;
    auto pass = std::ranges::find(kPassThrough, node.op->name, &PassThrough::op);
    if (pass == kPassThrough.end()) return true;
    for (size_t i = pass->first; i < std::min(pass->end, args.size()); ++i) pending.push_back(args[i]);
  }
  return false;
}

}  // namespace featc
