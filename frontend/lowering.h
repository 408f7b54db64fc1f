// SPDX-License-Identifier: Apache-2.0
// From checked expressions to nodes of a graph; functions are inlined, each once for the same arguments.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
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
  Lowering(const CheckedAst& checked, Graph& graph, const Sources& sources, const FrontendLimits& limits,
           Diagnostics& diagnostics);

  // The expression must have been checked without mistakes. kNoNode after a report: the graph grows
  // past its limit, a constant argument that came through a parameter is bad, or a read has a list of keys
  // for each element of a sequence group.
  NodeId lower(ExprId id);
  // In a sequence group: a list with the expression's value for each element. `steps` are applied to it.
  NodeId lowerEach(ExprId id, uint32_t group, std::span<const Operator* const> steps);

 private:
  // What an expression has become.
  struct Lowered {
    NodeId node = kNoNode;
    // A value for each element of a sequence group, or of the lists that a fn is mapped over: the node is a list of
    // them.
    bool each = false;
    bool operator==(const Lowered&) const = default;
  };
  // One inlining of a function.
  struct Instance {
    uint32_t fn = 0;
    std::vector<Lowered> args;
    bool operator==(const Instance&) const = default;
  };
  struct InstanceHash {
    size_t operator()(const Instance& instance) const;
  };
  static constexpr uint32_t kNoInstance = UINT32_MAX;
  static constexpr uint32_t kNoMember = UINT32_MAX;
  struct Frame {
    ExprId expr = kNoExpr;
    uint32_t instance = kNoInstance;  // whose parameters are meant
    uint32_t next = 0;                // the next argument to compute
    uint32_t inlined = kNoInstance;   // a fn call: the instance whose body is being computed
    uint32_t member = kNoMember;      // of a list of structs: the member that is meant
    Span origin{};                    // and what it was asked for by
    uint32_t group = kNoGroup;        // no expression: makes the lists that `it` stands for
    NodeId lists = kNoNode;           // a mapped one: see mapArguments
  };

  // One step of the frame on top. False after a report.
  bool step();
  bool run(Frame frame);
  std::optional<Lowered> run(ExprId id);
  bool stepElement(Frame& frame, uint32_t element);
  bool stepStructList(Frame& frame);
  bool stepLet(Frame& frame, uint32_t let);
  // A call with a list of structs that gives a value: of each of some members, the first that is not missing.
  bool stepOfMembers(Frame& frame, const CallInfo& call);
  bool stepGroup(Frame& frame);
  bool isOfRow(const ElementInfo& element) const;
  // The list whose element it is, once what the group goes over is lowered.
  NodeId listOf(uint32_t element, NodeId lowered);
  // Several lists of a group become as long as the longest.
  void lengthen(uint32_t group, std::vector<NodeId>& lists);
  // Chooses elements and cuts the lists, which are `it` then. `keep`: what `where` says, kNoNode without one.
  void makeElements(uint32_t group, std::vector<NodeId> lists, NodeId keep);
  NodeId anchorOf(uint32_t group, std::span<const NodeId> lists, bool ofAnyMember = false);
  // A list with the value for each of the elements.
  NodeId valueOfEach(Lowered value, uint32_t group, uint32_t firstElement, Span origin);
  // A field of rows that were read by elements: as many values as there are elements, whatever key is missing.
  NodeId alignedField(NodeId field, NodeId read);
  bool addRead(const CallInfo& call, const std::vector<Lowered>& args, ExprId id);
  NodeId literal(ExprId id, Type type);
  bool stepCall(Frame& frame, const CallInfo& call);
  bool finishCall(Frame frame, const CallInfo& call);
  bool inlineFn(Frame& frame, const CallInfo& call);
  // -- mapped_fn_lowering.cpp: fns called with lists for single values
  // Makes values for each element of those lists, all of one length. `lists`: where the call is itself computed for
  // each element of others, those that the result has to be cut into. False after a report.
  bool mapArguments(const CallInfo& call, std::vector<Lowered>& args, Span origin, NodeId& lists);
  NodeId sameForEach(NodeId value, const std::vector<Lowered>& args, Span origin);
  // What the fn's body gives for each.
  Lowered mappedResult(const CallInfo& call, const std::vector<Lowered>& args, Lowered body, NodeId lists, Span origin);
  bool prepareLate(const CallInfo& call, NodeId node);
  // -- suspicions.cpp: arguments that can only be slips
  void warnSuspicious(const Frame& frame, const CallInfo& call, const std::vector<Lowered>& args, bool hasData);
  void warnSame(const Frame& frame, const CallInfo& call, const std::vector<Lowered>& args);
  void noteCaller(const Frame& frame, Diagnostic& d) const;
  bool isGuarded(ExprId arg) const;
  std::optional<std::string> callMeant(const CallInfo& call, const Suspicion& suspicion) const;
  bool withinLimits(Span at);
  void done(Lowered value);
  std::vector<Lowered> popArgs(uint32_t count);
  Lowered toFloat(Lowered value);
  NodeId callEach(std::string_view op, uint64_t mapMask, std::initializer_list<NodeId> args, Span origin);

  const CheckedAst& checked_;
  const Ast& ast_;
  Graph& graph_;
  const Sources& sources_;
  size_t limit_;
  bool exhausted_ = false;  // the limit was passed and reported
  Diagnostics& diagnostics_;
  ConstantEvaluator evaluator_;
  ConstantEvaluator bounded_;           // for warnings, which may go without what takes long
  std::unordered_set<ExprId> suspect_;  // arguments that were warned of
  std::vector<Lowered> lets_;
  std::unordered_map<uint64_t, Lowered> letMembers_;  // of lists of structs, by let and member
  std::vector<NodeId> elements_;                      // by CheckedAst::elements
  std::vector<Instance> instances_;
  std::unordered_map<Instance, Lowered, InstanceHash> inlined_;
  size_t instanceCost_ = 0;       // what the instances take, counted like nodes
  std::vector<uint32_t> copies_;  // inlinings of each fn
  std::vector<Frame> frames_;
  std::vector<Lowered> values_;
};

}  // namespace featc
