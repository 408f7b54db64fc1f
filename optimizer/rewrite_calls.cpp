// SPDX-License-Identifier: Apache-2.0
// Operators' laws applied to a whole graph.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ir/constants.h"
#include "ir/text.h"
#include "ops/rewrite.h"
#include "optimizer/rewrite.h"
#include "support/print_error.h"

namespace featc {
namespace {

// Laws make calls that laws apply to again; beyond this many inside one another they are left alone.
constexpr int kMaxLawDepth = 32;

class LawRewriter : public Rewriter {
 public:
  LawRewriter(Graph& graph, RewriteFn Operator::* law) : graph_(graph), law_(law) {}

  // A node for the call, of which `origin` is the place it came from.
  NodeId build(const Operator& op, const CallResolution& resolution, const std::vector<NodeId>& args, Span origin) {
    origin_ = origin;
    if (auto folded = fold(op, resolution, args)) return *folded;
    std::optional<NodeId> lawful = resolution.mapMask != 0 ? applyEach(op, resolution, args) : apply(op, args);
    if (lawful) {
      checkType(op, resolution, args, *lawful);
      return *lawful;
    }
    return graph_.addCall(op, resolution, args, origin);
  }

  // While a law looks at a mapped call: of what it computes element by element the law sees one element.
  Type type(NodeRef node) const override {
    Type type = graph_.node(node.index).type;
    return isEach(node.index) ? type.element().withNullable() : type;
  }

  const Value* constant(NodeRef node) const override {
    if (!graph_.isConstant(node.index) || isEach(node.index)) return nullptr;
    // The graph's own table moves when a law adds a constant.
    auto& copy = constants_[node.index];
    if (!copy) copy = std::make_unique<Value>(graph_.constant(node.index));
    return copy.get();
  }

  const Operator* callee(NodeRef node) const override {
    return isEach(node.index) ? nullptr : graph_.node(node.index).op;
  }

  std::span<const NodeRef> args(NodeRef node) const override {
    auto [it, isNew] = args_.try_emplace(node.index);
    if (isNew) {
      for (NodeId arg : graph_.args(node.index)) it->second.push_back(NodeRef{arg});
    }
    return it->second;
  }

  NodeRef makeConstant(Value value, Type type) override {
    return NodeRef{graph_.addConstant(std::move(value), type, origin_)};
  }

  using Rewriter::makeCall;
  NodeRef makeCall(std::string_view name, std::span<const NodeRef> given) override {
    const Operator* op = operators().find(name);
    std::vector<NodeId> args;
    uint64_t mapMask = 0;
    for (NodeRef arg : given) {
      if (isEach(arg.index)) mapMask |= uint64_t{1} << args.size();
      args.push_back(arg.index);
    }
    if (op != nullptr) {
      // The call itself is made first: only then are its arguments converted and filled up.
      NodeId call = graph_.callEach(*op, mapMask, args, origin_);
      if (call != kNoNode) call = keptEach(call, mapMask);
      if (mapMask != 0 && call != kNoNode) each_.insert(call);
      if (call != kNoNode) return NodeRef{each_.empty() ? improved(call) : call};
    }
    printError("featc: internal error: a law makes a call that does not exist: {}(", name);
    for (NodeId arg : args) printError(" {}", nodeText(graph_, arg));
    printError(")\n");
    std::abort();
  }

 private:
  bool isEach(NodeId node) const { return each_.contains(node); }

  // The call as one of each element, where the graph has made it one that maps over lists: of two lists one of which
  // may be missing that is not the same. Elements of the other are there then, a list that is mapped over is not.
  NodeId keptEach(NodeId call, uint64_t mapMask) {
    const Node node = graph_.node(call);
    if (std::popcount(mapMask) < 2 || node.kind != NodeKind::Call || node.resolution.mapMask == mapMask) return call;
    std::vector<NodeId> args(graph_.args(call).begin(), graph_.args(call).end());
    if (std::ranges::none_of(args, [&](NodeId arg) { return graph_.node(arg).type.nullable(); })) return call;
    CallResolution resolution = node.resolution;
    resolution.mapMask = mapMask;
    resolution.liftMask = 0;
    return graph_.addCall(*node.op, resolution, args, origin_);
  }

  // A law applied to what a mapped call does with an element. Only the sharing of hashes, which drops no
  // argument: a law that does could change how many elements there are.
  std::optional<NodeId> applyEach(const Operator& op, const CallResolution& resolution,
                                  const std::vector<NodeId>& args) {
    if (law_ != &Operator::shareHashes) return std::nullopt;
    for (size_t i = 0; i < args.size(); ++i)
      if (resolution.maps(i)) each_.insert(args[i]);
    // A list that is also taken whole cannot be told apart from its elements.
    bool clear = true;
    for (size_t i = 0; i < args.size(); ++i) clear = clear && isEach(args[i]) == resolution.maps(i);
    std::optional<NodeId> result = clear ? apply(op, args) : std::nullopt;
    if (result && !isEach(*result)) result.reset();
    each_.clear();
    return result;
  }

  NodeId improved(NodeId call) {
    const Node node = graph_.node(call);
    if (node.kind != NodeKind::Call || depth_ >= kMaxLawDepth) return call;
    std::vector<NodeId> args(graph_.args(call).begin(), graph_.args(call).end());
    if (auto folded = fold(*node.op, node.resolution, args)) return *folded;
    return apply(*node.op, args).value_or(call);
  }

  std::optional<NodeId> apply(const Operator& op, const std::vector<NodeId>& args) {
    RewriteFn law = op.*law_;
    if (law == nullptr) return std::nullopt;
    std::vector<NodeRef> refs;
    for (NodeId arg : args) refs.push_back(NodeRef{arg});
    ++depth_;
    std::optional<NodeRef> result = law(*this, refs);
    --depth_;
    if (!result || !keepsFailures(args, result->index)) return std::nullopt;
    return result->index;
  }

  // A law that drops an operand must not drop a failure of its row with it: `1 ?? len(concat(s, s))` fails
  // the rows whose string grows too long, in every engine.
  bool keepsFailures(const std::vector<NodeId>& args, NodeId result) {
    return std::all_of(args.begin(), args.end(), [&](NodeId arg) { return !mayFail(arg) || needs(result, arg); });
  }

  // Whether computing the node can fail a row.
  bool mayFail(NodeId id) {
    for (NodeId next = static_cast<NodeId>(mayFail_.size()); next <= id; ++next) {
      const Node& node = graph_.node(next);
      bool own = node.kind == NodeKind::Call &&
                 (node.resolution.makesList() || node.op->overloads[node.resolution.overload].makesValues);
      std::span<const NodeId> args = graph_.args(next);
      mayFail_.push_back(own || std::any_of(args.begin(), args.end(), [&](NodeId arg) { return mayFail_[arg]; }));
    }
    return mayFail_[id];
  }

  // Whether `node` is computed from `wanted`, directly or not.
  bool needs(NodeId node, NodeId wanted) const {
    std::vector<NodeId> open{node};
    std::unordered_set<NodeId> seen;
    while (!open.empty()) {
      NodeId next = open.back();
      open.pop_back();
      if (next == wanted) return true;
      if (next < wanted || !seen.insert(next).second) continue;  // arguments come first
      std::span<const NodeId> args = graph_.args(next);
      open.insert(open.end(), args.begin(), args.end());
    }
    return false;
  }

  // In a small graph of its own: evaluating in the large one would cost its size each time.
  std::optional<NodeId> fold(const Operator& op, const CallResolution& resolution, const std::vector<NodeId>& args) {
    Graph scratch;
    scratch.info().hashFamily = graph_.info().hashFamily;
    std::vector<NodeId> constants;
    for (NodeId arg : args) {
      if (!graph_.isConstant(arg)) return std::nullopt;
    }
    for (NodeId arg : args) constants.push_back(scratch.addConstant(graph_.constant(arg), graph_.node(arg).type));
    NodeId call = scratch.addCall(op, resolution, constants);
    Type type = scratch.node(call).type;
    if (type.isWeighted()) return std::nullopt;
    ConstantEvaluator evaluator(scratch);
    if (evaluator.failed(call)) return std::nullopt;
    return graph_.addConstant(evaluator.value(call), type, origin_);
  }

  void checkType(const Operator& op, const CallResolution& resolution, const std::vector<NodeId>& args, NodeId result) {
    std::vector<Type> types;
    for (NodeId arg : args) types.push_back(graph_.node(arg).type);
    Type wanted = callType(op, resolution, types);
    Type actual = graph_.node(result).type;
    if (actual.same(wanted)) return;
    printError("featc: internal error: a law of {} makes {} of {}\n", op.name, toString(actual), toString(wanted));
    std::abort();
  }

  Graph& graph_;
  RewriteFn Operator::* law_;
  Span origin_;
  int depth_ = 0;
  std::vector<bool> mayFail_;        // by node, as far as was asked
  std::unordered_set<NodeId> each_;  // of the mapped call that a law looks at: what stands for its elements
  mutable std::unordered_map<NodeId, std::unique_ptr<Value>> constants_;
  mutable std::unordered_map<NodeId, std::vector<NodeRef>> args_;
};

}  // namespace

Graph rewriteCalls(const Graph& graph, RewriteFn Operator::* law) {
  GraphRewriter rewriter(graph);
  LawRewriter laws(rewriter.to(), law);
  for (NodeId id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    if (node.kind == NodeKind::Call) {
      rewriter.replace(id, laws.build(*node.op, node.resolution, rewriter.mappedArgs(id), node.origin));
    } else {
      rewriter.copy(id);
    }
  }
  return rewriter.finish();
}

}  // namespace featc
