// SPDX-License-Identifier: Apache-2.0
// Compares texts once for several operators: where at least two take the same two lists of strings, those become lists
// of numbers, equal where the texts are, and the operators compare these.
//
// A list is numbered by where an equal text stands first (ops/library/text_numbers.cpp); of the two lists the one of
// the narrower scope goes first, so that the request's is numbered once. Operators that return elements choose them by
// number, and hashes of what they choose are chosen from the hashes of all, where an output needs those anyway.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "optimizer/passes.h"
#include "optimizer/rewrite.h"

namespace featc {

namespace {

using Pair = std::pair<NodeId, NodeId>;

class TextNumbers {
 public:
  explicit TextNumbers(const Graph& graph) : graph_(graph), rewriter_(graph), live_(liveNodes(graph)) {
    for (NodeId id = 0; id < graph.size(); ++id) {
      if (!live_[id]) continue;
      if (comparisonOf(id) != nullptr) ++calls_[pairOf(id)];
      if (isHashOfEach(id)) hashes_.emplace(argsOf(graph_, id), id);
    }
  }

  Graph run() {
    for (NodeId id = 0; id < graph_.size(); ++id) {
      std::optional<NodeId> call = numberedCall(id);
      if (!call) call = hashOfChosen(id);
      if (call)
        rewriter_.replace(id, *call);
      else
        rewriter_.copy(id);
    }
    return rewriter_.finish();
  }

 private:
  // Of a call of two lists of strings.
  const Operator* comparisonOf(NodeId id) const {
    const Node& node = graph_.node(id);
    if (node.kind != NodeKind::Call || node.resolution.mapMask != 0) return nullptr;
    if (!node.op->comparesElements) return nullptr;
    for (NodeId arg : graph_.args(id))
      if (!graph_.node(arg).type.same(Type::list(Type::string()))) return nullptr;
    return node.op;
  }
  bool isHashOfEach(NodeId id) const { return isCallOf(graph_.node(id), "hash", true); }
  bool isNumbered(NodeId id) const { return live_[id] && comparisonOf(id) != nullptr && calls_.at(pairOf(id)) > 1; }

  // The list that is numbered first, and the other one.
  Pair pairOf(NodeId call) const {
    auto key = [&](NodeId list) { return std::pair(graph_.node(list).scope, list); };
    auto [a, b] =
        std::minmax(graph_.args(call)[0], graph_.args(call)[1], [&](NodeId x, NodeId y) { return key(x) < key(y); });
    return {a, b};
  }

  NodeId call(std::string_view name, std::initializer_list<NodeId> args, Span origin) {
    return rewriter_.to().call(*operators().find(name), std::span(args.begin(), args.size()), origin);
  }
  NodeId numbersOf(NodeId list, const Pair& pair, Span origin) {
    NodeId first = rewriter_.mapped(pair.first);
    if (list == pair.first) return call("numbered", {first}, origin);
    return call("numbered_beside", {rewriter_.mapped(list), first}, origin);
  }
  // The comparison `id`, choosing from a list beside the first one where it chooses.
  NodeId byNumbers(NodeId id, NodeId from) {
    Pair pair = pairOf(id);
    Span origin = graph_.node(id).origin;
    NodeId left = numbersOf(graph_.args(id)[0], pair, origin);
    NodeId right = numbersOf(graph_.args(id)[1], pair, origin);
    const Operator& comparison = *comparisonOf(id);
    if (comparison.choosesByNumber.empty()) return call(comparison.name, {left, right}, origin);
    return call(comparison.choosesByNumber, {from, left, right}, origin);
  }

  std::optional<NodeId> numberedCall(NodeId id) {
    if (!isNumbered(id)) return std::nullopt;
    return byNumbers(id, rewriter_.mapped(graph_.args(id)[0]));
  }
  // Of `hash(intersect(a, b))` where `hash(a)` is there: it fails rows whose list is too long.
  std::optional<NodeId> hashOfChosen(NodeId id) {
    if (!live_[id] || !isHashOfEach(id)) return std::nullopt;
    NodeId chosen = graph_.args(id)[0];
    if (!isNumbered(chosen) || comparisonOf(chosen)->choosesByNumber.empty()) return std::nullopt;
    // The same family and seed too, which are nodes that are copied already.
    std::vector<NodeId> wanted = argsOf(graph_, id);
    wanted[0] = graph_.args(chosen)[0];
    auto all = hashes_.find(wanted);
    if (all == hashes_.end()) return std::nullopt;
    rewriter_.copy(all->second);  // it may come later; what is copied twice is one node
    return byNumbers(chosen, rewriter_.mapped(all->second));
  }

  const Graph& graph_;
  GraphRewriter rewriter_;
  std::vector<bool> live_;
  std::map<Pair, uint32_t> calls_;
  std::map<std::vector<NodeId>, NodeId>
      hashes_;  // by all arguments, a list first: the live call that hashes its elements
};

}  // namespace

Graph textNumbers(const Graph& graph) { return TextNumbers(graph).run(); }

}  // namespace featc
