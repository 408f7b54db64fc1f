// SPDX-License-Identifier: Apache-2.0
#include "optimizer/law_rewriter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <unordered_set>

#include "ir/constants.h"
#include "ir/text.h"
#include "support/print_error.h"

namespace featc {

namespace {

// Laws make calls that laws apply to again; beyond this many inside one another they are left alone.
constexpr int kMaxLawDepth = 32;

}  // namespace

Graph LawRewriter::run() {
  const Graph& from = rewriter_.from();
  for (NodeId id = 0; id < from.size(); ++id) {
    const Node& node = from.node(id);
    if (node.kind == NodeKind::Call) {
      rewriter_.replace(id, build(*node.op, node.resolution, rewriter_.mappedArgs(id), node.origin));
    } else {
      rewriter_.copy(id);
    }
  }
  return rewriter_.finish();
}

NodeId LawRewriter::build(const Operator& op, const CallResolution& resolution, const std::vector<NodeId>& args,
                          Span origin) {
  origin_ = origin;
  if (auto folded = fold(op, resolution, args)) return *folded;
  std::optional<NodeId> lawful = resolution.mapMask != 0 ? applyEach(op, resolution, args) : apply(op, args);
  if (lawful) {
    checkType(op, resolution, args, *lawful);
    return *lawful;
  }
  return graph_.addCall(op, resolution, args, origin);
}

const Value* LawRewriter::constant(NodeRef node) const {
  if (!graph_.isConstant(node.index)) return nullptr;
  // The graph's own table moves when a law adds a constant.
  auto& copy = constants_[node.index];
  if (!copy) copy = std::make_unique<Value>(graph_.constant(node.index));
  return copy.get();
}

std::span<const NodeRef> LawRewriter::args(NodeRef node) const {
  auto [it, isNew] = args_.try_emplace(node.index);
  if (isNew) {
    for (NodeId arg : graph_.args(node.index)) it->second.push_back(NodeRef{arg});
  }
  return it->second;
}

NodeRef LawRewriter::makeConstant(Value value, Type type) {
  return NodeRef{graph_.addConstant(std::move(value), type, origin_)};
}

NodeRef LawRewriter::makeCall(std::string_view name, std::span<const NodeRef> args) {
  std::vector<NodeId> nodes;
  for (NodeRef arg : args) nodes.push_back(arg.index);
  return NodeRef{improved(callEach(name, 0, nodes))};
}

NodeId LawRewriter::callEach(std::string_view name, uint64_t mapMask, const std::vector<NodeId>& args) {
  // The call itself is made first: only then are its arguments converted and filled up.
  const Operator* op = operators().find(name);
  NodeId call = op == nullptr ? kNoNode : graph_.callEach(*op, mapMask, args, origin_);
  if (call != kNoNode) return call;
  printError("featc: internal error: a law makes a call that does not exist: {}(", name);
  for (NodeId arg : args) printError(" {}", nodeText(graph_, arg));
  printError(")\n");
  std::abort();
}

std::optional<NodeId> LawRewriter::applyEach(const Operator& /*op*/, const CallResolution& /*resolution*/,
                                             const std::vector<NodeId>& /*args*/) {
  return std::nullopt;
}

NodeId LawRewriter::improved(NodeId call) {
  const Node node = graph_.node(call);
  if (node.kind != NodeKind::Call || depth_ >= kMaxLawDepth) return call;
  std::vector<NodeId> args(graph_.args(call).begin(), graph_.args(call).end());
  if (auto folded = fold(*node.op, node.resolution, args)) return *folded;
  return apply(*node.op, args).value_or(call);
}

std::optional<NodeId> LawRewriter::apply(const Operator& op, const std::vector<NodeId>& args) {
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

bool LawRewriter::keepsFailures(const std::vector<NodeId>& args, NodeId result) {
  return std::all_of(args.begin(), args.end(), [&](NodeId arg) { return !mayFail(arg) || needs(result, arg); });
}

bool LawRewriter::mayFail(NodeId id) {
  for (NodeId next = static_cast<NodeId>(mayFail_.size()); next <= id; ++next) {
    const Node& node = graph_.node(next);
    bool own = node.kind == NodeKind::Call &&
               (node.resolution.makesList() || node.op->overloads[node.resolution.overload].makesValues);
    std::span<const NodeId> args = graph_.args(next);
    mayFail_.push_back(own || std::any_of(args.begin(), args.end(), [&](NodeId arg) { return mayFail_[arg]; }));
  }
  return mayFail_[id];
}

bool LawRewriter::needs(NodeId node, NodeId wanted) const {
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
std::optional<NodeId> LawRewriter::fold(const Operator& op, const CallResolution& resolution,
                                        const std::vector<NodeId>& args) {
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

void LawRewriter::checkType(const Operator& op, const CallResolution& resolution, const std::vector<NodeId>& args,
                            NodeId result) {
  std::vector<Type> types;
  for (NodeId arg : args) types.push_back(graph_.node(arg).type);
  Type wanted = callType(op, resolution, types);
  Type actual = graph_.node(result).type;
  if (actual.same(wanted)) return;
  printError("featc: internal error: a law of {} makes {} of {}\n", op.name, toString(actual), toString(wanted));
  std::abort();
}

}  // namespace featc
