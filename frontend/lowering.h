// SPDX-License-Identifier: Apache-2.0
// From checked expressions to nodes of a graph; functions are inlined, each once for the same arguments.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "frontend/checked_ast.h"
#include "frontend/frontend.h"
#include "ir/constants.h"
#include "ir/graph.h"
#include "support/diagnostics.h"

namespace featc {

// A stack machine, since chains of lets and fns may be far longer than the native stack is deep.
class Lowering {
 public:
  Lowering(const CheckedAst& checked, Graph& graph, const FrontendLimits& limits, Diagnostics& diagnostics);

  // The expression must have been checked without mistakes. kNoNode after a report: the graph grows
  // past its limit, or a constant argument that came through a parameter is bad.
  NodeId lower(ExprId id);

 private:
  // One inlining of a function.
  struct Instance {
    uint32_t fn = 0;
    std::vector<NodeId> args;
    bool operator==(const Instance&) const = default;
  };
  struct InstanceHash {
    size_t operator()(const Instance& instance) const;
  };
  static constexpr uint32_t kNoInstance = UINT32_MAX;
  struct Frame {
    ExprId expr = kNoExpr;
    uint32_t instance = kNoInstance;  // whose parameters are meant
    uint32_t next = 0;                // the next argument to compute
    uint32_t inlined = kNoInstance;   // a fn call: the instance whose body is being computed
  };

  // One step of the frame on top. False after a report.
  bool step();
  bool stepCall(Frame& frame, const CallInfo& call);
  bool finishCall(Frame frame, const CallInfo& call);
  bool inlineFn(Frame& frame, const CallInfo& call);
  bool prepareLate(const CallInfo& call, NodeId node);
  bool withinLimits(Span at);
  void done(NodeId value);
  std::vector<NodeId> popArgs(uint32_t count);
  NodeId toFloat(NodeId node);

  const CheckedAst& checked_;
  const Ast& ast_;
  Graph& graph_;
  size_t limit_;
  bool exhausted_ = false;  // the limit was passed and reported
  Diagnostics& diagnostics_;
  ConstantEvaluator evaluator_;
  std::vector<NodeId> lets_;
  std::vector<Instance> instances_;
  std::unordered_map<Instance, NodeId, InstanceHash> inlined_;
  size_t instanceCost_ = 0;       // what the instances take, counted like nodes
  std::vector<uint32_t> copies_;  // inlinings of each fn
  std::vector<Frame> frames_;
  std::vector<NodeId> values_;
};

}  // namespace featc
