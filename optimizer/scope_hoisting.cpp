// SPDX-License-Identifier: Apache-2.0
// Computes once per request what all items share, and orders requests before items.
//
// A node's scope is the join of its arguments', so most of it follows from how the config is written.
// What does not: `(item.x + request.a) + request.b` adds twice per item. In chains of operators that
// give the same bits in any order (`+` and `*` of integers, `&&`, `||`; never of floats) what belongs
// to no item is put together first. Then nodes are ordered: constants, requests, items.
#include <algorithm>
#include <iterator>

#include "optimizer/passes.h"
#include "optimizer/rewrite.h"

namespace featc {
namespace {

bool isLink(const Node& node) {
  return node.kind == NodeKind::Call && !node.resolution.makesList() &&
         node.op->overloads[node.resolution.overload].associative;
}

bool sameOperator(const Node& a, const Node& b) {
  return a.op == b.op && a.resolution.overload == b.resolution.overload;
}

class Hoister {
 public:
  explicit Hoister(const Graph& graph) : graph_(graph), rewriter_(graph), users_(graph.size()), plan_(graph.size()) {}

  Graph run() {
    countUsers();
    for (auto id = static_cast<NodeId>(graph_.size()); id-- > 0;) planChain(id);
    for (NodeId id = 0; id < graph_.size(); ++id) {
      if (plan_[id] == Plan::Skip) continue;
      if (plan_[id] == Plan::Rebuild) {
        rebuild(id);
      } else {
        rewriter_.copy(id);
      }
    }
    return rewriter_.finish();
  }

 private:
  enum class Plan : uint8_t {
    Undecided,
    Keep,     // part of a chain that is as good as it gets
    Rebuild,  // the end of a chain
    Skip,     // part of a chain that is rebuilt
  };
  struct Chain {
    std::vector<NodeId> leaves;  // in the order written
    std::vector<NodeId> inner;   // links below the root
  };

  void countUsers() {
    for (NodeId id = 0; id < graph_.size(); ++id) {
      for (NodeId arg : graph_.args(id)) ++users_[arg];
    }
    for (NodeId output : graph_.outputs()) ++users_[output];
  }

  // A link that someone else uses too is a leaf: its value is needed as it is.
  Chain chainOf(NodeId root) const {
    Chain chain;
    std::vector<NodeId> pending{root};
    while (!pending.empty()) {
      NodeId id = pending.back();
      pending.pop_back();
      const Node& node = graph_.node(id);
      bool expand = id == root || (isLink(node) && sameOperator(node, graph_.node(root)) && users_[id] == 1);
      if (!expand) {
        chain.leaves.push_back(id);
        continue;
      }
      if (id != root) chain.inner.push_back(id);
      auto args = graph_.args(id);
      pending.insert(pending.end(), args.rbegin(), args.rend());
    }
    return chain;
  }

  bool isItem(NodeId id) const { return graph_.node(id).scope == Scope::Item; }

  void planChain(NodeId root) {
    if (plan_[root] != Plan::Undecided || !isLink(graph_.node(root)) || !isItem(root)) return;
    Chain chain = chainOf(root);
    auto itemLeaves = static_cast<size_t>(std::ranges::count_if(chain.leaves, [&](NodeId id) { return isItem(id); }));
    auto itemLinks = 1 + static_cast<size_t>(std::ranges::count_if(chain.inner, [&](NodeId id) { return isItem(id); }));
    bool hasShared = itemLeaves < chain.leaves.size();
    bool gains = itemLinks > itemLeaves - 1 + (hasShared ? 1 : 0);
    for (NodeId id : chain.inner) plan_[id] = gains ? Plan::Skip : Plan::Keep;
    plan_[root] = gains ? Plan::Rebuild : Plan::Keep;
  }

  void rebuild(NodeId root) {
    const Node& node = graph_.node(root);
    std::vector<NodeId> leaves = chainOf(root).leaves;
    // In three rounds rather than sorted: the order of leaves of one scope stays.
    std::vector<NodeId> ordered;
    for (Scope scope : {Scope::Constant, Scope::Request, Scope::Item}) {
      std::ranges::copy_if(leaves, std::back_inserter(ordered),
                           [&](NodeId id) { return graph_.node(id).scope == scope; });
    }
    leaves = std::move(ordered);
    NodeId value = rewriter_.mapped(leaves[0]);
    for (size_t i = 1; i < leaves.size(); ++i) {
      std::vector<NodeId> args{value, rewriter_.mapped(leaves[i])};
      value = rewriter_.to().addCall(*node.op, node.resolution, args, node.origin);
    }
    rewriter_.replace(root, value);
  }

  const Graph& graph_;
  GraphRewriter rewriter_;
  std::vector<uint32_t> users_;
  std::vector<Plan> plan_;
};

}  // namespace

Graph scopeHoisting(const Graph& graph) {
  Graph hoisted = Hoister(graph).run();
  std::vector<OrderKey> keys;
  keys.reserve(hoisted.size());
  for (NodeId id = 0; id < hoisted.size(); ++id) keys.emplace_back(static_cast<uint32_t>(hoisted.node(id).scope), 0);
  return reordered(hoisted, keys);
}

}  // namespace featc
