// SPDX-License-Identifier: Apache-2.0
// One law of every operator's record, applied to a whole graph.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ops/operator.h"
#include "ops/rewrite.h"
#include "optimizer/rewrite.h"

namespace featc {

// Calls go through the law, and so does what the laws make; calls of constants only are computed. Mapped calls, whose
// arguments are lists that stand for their elements, stay as they are.
class LawRewriter : public Rewriter {
 public:
  LawRewriter(const Graph& graph, RewriteFn Operator::* law) : rewriter_(graph), graph_(rewriter_.to()), law_(law) {}

  Graph run();

  // What laws see and make.
  Type type(NodeRef node) const override { return graph_.node(node.index).type; }
  const Value* constant(NodeRef node) const override;
  const Operator* callee(NodeRef node) const override { return graph_.node(node.index).op; }
  std::span<const NodeRef> args(NodeRef node) const override;
  NodeRef makeConstant(Value value, Type type) override;
  using Rewriter::makeCall;
  NodeRef makeCall(std::string_view name, std::span<const NodeRef> args) override;

 protected:
  // The law applied to a mapped call.
  virtual std::optional<NodeId> applyEach(const Operator& op, const CallResolution& resolution,
                                          const std::vector<NodeId>& args);
  std::optional<NodeId> apply(const Operator& op, const std::vector<NodeId>& args);
  // Makes the call that a law wants; aborts where there is none.
  NodeId callEach(std::string_view name, uint64_t mapMask, const std::vector<NodeId>& args);
  Graph& graph() { return graph_; }
  const Graph& graph() const { return graph_; }
  Span origin() const { return origin_; }

 private:
  // A node for the call, of which `origin` is the place it came from.
  NodeId build(const Operator& op, const CallResolution& resolution, const std::vector<NodeId>& args, Span origin);
  NodeId improved(NodeId call);
  // A law that drops an operand must not drop a failure of its row with it: `1 ?? len(concat(s, s))` fails
  // the rows whose string grows too long, in every engine.
  bool keepsFailures(const std::vector<NodeId>& args, NodeId result);
  // Whether computing the node can fail a row.
  bool mayFail(NodeId id);
  // Whether `node` is computed from `wanted`, directly or not.
  bool needs(NodeId node, NodeId wanted) const;
  std::optional<NodeId> fold(const Operator& op, const CallResolution& resolution, const std::vector<NodeId>& args);
  void checkType(const Operator& op, const CallResolution& resolution, const std::vector<NodeId>& args, NodeId result);

  GraphRewriter rewriter_;
  Graph& graph_;
  RewriteFn Operator::* law_;
  Span origin_;
  int depth_ = 0;
  std::vector<bool> mayFail_;  // by node, as far as was asked
  mutable std::unordered_map<NodeId, std::unique_ptr<Value>> constants_;
  mutable std::unordered_map<NodeId, std::vector<NodeRef>> args_;
};

}  // namespace featc
