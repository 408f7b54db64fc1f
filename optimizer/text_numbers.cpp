// SPDX-License-Identifier: Apache-2.0
// Compares texts once for several operators: where at least two take the same two lists of strings, those become lists
// of numbers, equal where the texts are, and the operators compare these.
//
// A list is numbered by where an equal text stands first (ops/library/text_numbers.cpp); of the two lists the one of
// the narrower scope goes first, so that the request's is numbered once. Operators that return elements choose them by
// number, and hashes of what they choose are chosen from the hashes of all, where an output needs those anyway.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "optimizer/passes.h"
#include "optimizer/rewrite.h"

namespace featc {

namespace {

// By name of an operator that only asks which elements are equal: what chooses its result's elements by number; empty
// where the result has none.
struct Comparison {
  std::string_view name;
  std::string_view chooses;
};
constexpr std::array kComparisons{
    Comparison{"overlap_count", {}},
    Comparison{"jaccard", {}},
    Comparison{"query_common_ratio", {}},
    Comparison{"title_common_ratio", {}},
    Comparison{"is_contain", {}},
    Comparison{"is_equal", {}},
    Comparison{"token_index", {}},
    Comparison{"proximity_min_cover", {}},
    Comparison{"proximity_min_dist", {}},
    Comparison{"proximity_max_dist", {}},
    Comparison{"proximity_avg_dist", {}},
    Comparison{"intersect", "intersect_numbered"},
    Comparison{"difference", "difference_numbered"},
};

using Pair = std::pair<NodeId, NodeId>;

class TextNumbers {
 public:
  explicit TextNumbers(const Graph& graph) : graph_(graph), rewriter_(graph), live_(liveNodes(graph)) {
    for (NodeId id = 0; id < graph.size(); ++id) {
      if (!live_[id]) continue;
      if (comparisonOf(id) != nullptr) ++calls_[pairOf(id)];
      if (isHashOfEach(id)) hashes_.emplace(argsOf(id), id);
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
  const Comparison* comparisonOf(NodeId id) const {
    const Node& node = graph_.node(id);
    if (node.kind != NodeKind::Call || node.resolution.mapMask != 0) return nullptr;
    const auto* found = std::ranges::find(kComparisons, node.op->name, &Comparison::name);
    if (found == kComparisons.end()) return nullptr;
    for (NodeId arg : graph_.args(id))
      if (!graph_.node(arg).type.same(Type::list(Type::string()))) return nullptr;
    return found;
  }
  std::vector<NodeId> argsOf(NodeId id) const {
    std::span<const NodeId> args = graph_.args(id);
    return {args.begin(), args.end()};
  }
  bool isHashOfEach(NodeId id) const {
    const Node& node = graph_.node(id);
    return node.kind == NodeKind::Call && node.op->name == "hash" && node.resolution.mapMask == 0 &&
           node.resolution.liftMask == 1;
  }
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
    const Comparison& comparison = *comparisonOf(id);
    if (comparison.chooses.empty()) return call(comparison.name, {left, right}, origin);
    return call(comparison.chooses, {from, left, right}, origin);
  }

  std::optional<NodeId> numberedCall(NodeId id) {
    if (!isNumbered(id)) return std::nullopt;
    return byNumbers(id, rewriter_.mapped(graph_.args(id)[0]));
  }
  // Of `hash(intersect(a, b))` where `hash(a)` is there: it fails rows whose list is too long.
  std::optional<NodeId> hashOfChosen(NodeId id) {
    if (!live_[id] || !isHashOfEach(id)) return std::nullopt;
    NodeId chosen = graph_.args(id)[0];
    if (!isNumbered(chosen) || comparisonOf(chosen)->chooses.empty()) return std::nullopt;
    // The same family and seed too, which are nodes that are copied already.
    std::vector<NodeId> wanted = argsOf(id);
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
