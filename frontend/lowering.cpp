// SPDX-License-Identifier: Apache-2.0
// From checked expressions to nodes of a graph; functions are inlined, each once for the same arguments.
#include "frontend/lowering.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/literal_values.h"
#include "frontend/prepare.h"

namespace featc {

namespace {

// What constants may take, in elements of lists, that only warnings are made of.
constexpr uint64_t kWarningEffort = uint64_t{1} << 16U;

}  // namespace

Lowering::Lowering(const CheckedAst& checked, Graph& graph, const Sources& sources, const FrontendLimits& limits,
                   Diagnostics& diagnostics)
    : checked_(checked),
      ast_(checked.ast),
      graph_(graph),
      sources_(sources),
      limit_(limits.graphNodes),
      diagnostics_(diagnostics),
      evaluator_(graph),
      bounded_(graph, kWarningEffort),
      lets_(ast_.lets.size()),
      copies_(ast_.fns.size()) {}

size_t Lowering::InstanceHash::operator()(const Instance& instance) const {
  uint64_t h = instance.fn;
  for (Lowered arg : instance.args) h = combineHashes(h, 2 * uint64_t{arg.node} + (arg.each ? 1 : 0));
  return h;
}

NodeId Lowering::lower(ExprId id) {
  std::optional<Lowered> value = run(id);
  return value ? value->node : kNoNode;
}

bool Lowering::run(Frame frame) {
  if (exhausted_) return false;
  frames_.assign(1, frame);
  values_.clear();
  while (!frames_.empty()) {
    if (!step()) return false;
  }
  return true;
}

std::optional<Lowering::Lowered> Lowering::run(ExprId id) {
  return run(Frame{.expr = id}) ? std::optional(values_.back()) : std::nullopt;
}

void Lowering::done(Lowered value) {
  values_.push_back(value);
  frames_.pop_back();
}

bool Lowering::step() {
  Frame& frame = frames_.back();
  if (frame.group != kNoGroup) return stepGroup(frame);
  const ExprInfo& info = checked_.exprs[frame.expr];
  const Expr& e = ast_.expr(frame.expr);
  switch (info.meaning) {
    case Meaning::Literal: done({literal(frame.expr, info.type)}); return withinLimits(e.span);
    case Meaning::Input: done({graph_.addInput(info.target, e.span)}); return true;
    case Meaning::Param: done(instances_[frame.instance].args[info.target]); return true;
    case Meaning::Let: return stepLet(frame, info.target);
    case Meaning::Field:
      if (frame.next++ == 0) {
        frames_.push_back({.expr = ast_.child(e, 0), .instance = frame.instance});
      } else {
        Lowered row = popArgs(1)[0];
        NodeId field = graph_.addField(row.node, info.target, e.span);
        done({row.each ? alignedField(field, row.node) : field, row.each});
      }
      return withinLimits(e.span);
    case Meaning::StructList: return stepStructList(frame);
    case Meaning::Member:
      // The member's value is on top in the end, where this frame's belongs.
      if (frame.next++ == 0)
        frames_.push_back(
            {.expr = ast_.child(e, 0), .instance = frame.instance, .member = info.target, .origin = e.span});
      else
        frames_.pop_back();
      return true;
    case Meaning::Call: return stepCall(frame, checked_.calls[info.target]);
    case Meaning::Element: return stepElement(frame, info.target);
    case Meaning::Missing:
    case Meaning::Unknown: break;
  }
  return false;
}

bool Lowering::stepLet(Frame& frame, uint32_t let) {
  bool isMember = frame.member != kNoMember;
  Lowered& kept = isMember ? letMembers_[uint64_t{let} << 32U | frame.member] : lets_[let];
  if (kept.node != kNoNode) {
    done(kept);
  } else if (frame.next++ == 0) {
    frames_.push_back({.expr = ast_.lets[let].value, .member = frame.member, .origin = frame.origin});
  } else {
    // The let's value is on top already, where this frame's belongs.
    kept = values_.back();
    frames_.pop_back();
  }
  return true;
}

bool Lowering::stepStructList(Frame& frame) {
  const Expr& e = ast_.expr(frame.expr);
  bool isMember = frame.member != kNoMember;
  Span origin = frame.origin.end > frame.origin.begin ? frame.origin : e.span;
  if (!checked_.exprs[frame.expr].type.isRow()) {
    done({graph_.addInput(frame.member, origin)});
  } else if (frame.next++ == 0) {
    frames_.push_back({.expr = ast_.child(e, 0), .instance = frame.instance});
  } else if (isMember) {
    Lowered row = popArgs(1)[0];
    NodeId field = graph_.addField(row.node, frame.member, origin);
    done({row.each ? alignedField(field, row.node) : field, row.each});
  } else {
    // Within `row.clicks.ts` the row is on top already, where this frame's value belongs.
    frames_.pop_back();
  }
  return withinLimits(e.span);
}

bool Lowering::stepOfMembers(Frame& frame, const CallInfo& call) {
  Span origin = ast_.expr(frame.expr).span;
  if (frame.next < call.memberCount) {
    ExprId list = checked_.args[call.firstArg];
    frames_.push_back({.expr = list, .instance = frame.instance, .member = call.firstMember + frame.next++});
    return true;
  }
  Lowered value;
  for (Lowered member : popArgs(call.memberCount)) {
    Lowered next{graph_.callEach(*call.op, member.each ? 1 : 0, std::span(&member.node, 1), origin), member.each};
    if (value.node == kNoNode) {
      value = next;
      continue;
    }
    uint64_t mask = (value.each ? 1U : 0U) | (next.each ? 2U : 0U);
    value = {callEach("default_to", mask, {value.node, next.node}, origin), mask != 0};
  }
  done(value);
  return withinLimits(origin);
}

NodeId Lowering::literal(ExprId id, Type type) {
  Span origin = ast_.expr(id).span;
  if (!type.isWeighted()) return graph_.addConstant(literalValue(ast_, id, type), type, origin);
  // No constant holds weighted ids: `missing` is what they are of a list that is missing.
  NodeId ids = graph_.addConstant(Value::missing(), Type::list(type.element()).withNullable(), origin);
  NodeId weights = graph_.addConstant(Value::list({}), Type::list(Type::float64()), origin);
  return callEach("weighted", 0, {ids, weights}, origin);
}

bool Lowering::stepCall(Frame& frame, const CallInfo& call) {
  if (call.memberCount > 0) return stepOfMembers(frame, call);
  if (frame.inlined != kNoInstance) {
    // The body's value is on top already.
    const Instance& instance = instances_[frame.inlined];
    inlined_.emplace(instance, values_.back());
    Span span = ast_.expr(frame.expr).span;
    if (call.mapMask != 0) values_.back() = mappedResult(call, instance.args, values_.back(), frame.lists, span);
    frames_.pop_back();
    return call.mapMask == 0 || withinLimits(span);
  }
  if (frame.next < call.argCount) {
    bool isStructs = call.ofStructs && frame.next == 0;
    ExprId arg = checked_.args[call.firstArg + frame.next++];
    if (arg == kNoExpr)
      values_.emplace_back();
    else
      frames_.push_back({.expr = arg, .instance = frame.instance, .member = isStructs ? frame.member : kNoMember});
    return true;
  }
  return call.callee == CalleeKind::Fn ? inlineFn(frame, call) : finishCall(frame, call);
}

bool Lowering::finishCall(Frame frame, const CallInfo& call) {
  Span span = frame.origin.end > frame.origin.begin ? frame.origin : ast_.expr(frame.expr).span;
  std::vector<Lowered> given = popArgs(call.argCount);
  if (call.callee == CalleeKind::Source) return addRead(call, given, frame.expr);
  std::vector<NodeId> args;
  uint64_t mapMask = 0;
  for (Lowered arg : given) {
    if (arg.each) mapMask |= uint64_t{1} << args.size();
    args.push_back(arg.node);
  }
  NodeId node = graph_.callEach(*call.op, mapMask, args, span);
  bool hasData = graph_.node(node).scope != Scope::Constant;
  if (call.op->warnIf != nullptr) warnSuspicious(frame, call, given, hasData);
  if (hasData && !call.op->warnIfSame.empty()) warnSame(frame, call, given);
  done({node, mapMask != 0});
  return (!call.prepareLate || prepareLate(call, node)) && withinLimits(span);
}

bool Lowering::inlineFn(Frame& frame, const CallInfo& call) {
  std::vector<Lowered> args = popArgs(call.argCount);
  for (uint32_t i = 0; i < args.size(); ++i) {
    if ((call.convertMask >> i & 1U) != 0) args[i] = toFloat(args[i]);
  }
  Span span = ast_.expr(frame.expr).span;
  if (call.mapMask != 0 && !mapArguments(call, args, span, frame.lists)) return false;
  Instance instance{call.index, std::move(args)};
  auto known = inlined_.find(instance);
  if (known != inlined_.end()) {
    done(call.mapMask == 0 ? known->second : mappedResult(call, instance.args, known->second, frame.lists, span));
    return call.mapMask == 0 || withinLimits(span);
  }
  ++copies_[call.index];
  frame.inlined = static_cast<uint32_t>(instances_.size());
  instanceCost_ += 1 + instance.args.size();
  instances_.push_back(std::move(instance));
  frames_.push_back({.expr = ast_.fns[call.index].body, .instance = frame.inlined});
  return withinLimits(span);
}

Lowering::Lowered Lowering::toFloat(Lowered value) {
  return {callEach("float", value.each ? 1 : 0, {value.node}, graph_.node(value.node).origin), value.each};
}

NodeId Lowering::callEach(std::string_view op, uint64_t mapMask, std::initializer_list<NodeId> args, Span origin) {
  return graph_.callEach(*operators().find(op), mapMask, std::span(args.begin(), args.size()), origin);
}

std::vector<Lowering::Lowered> Lowering::popArgs(uint32_t count) {
  std::vector<Lowered> args(values_.end() - count, values_.end());
  values_.resize(values_.size() - count);
  return args;
}

// Inlining is what makes a graph larger than its text, in nodes or in different argument lists.
bool Lowering::withinLimits(Span at) {
  if (graph_.size() + instanceCost_ <= limit_) return true;
  exhausted_ = true;
  auto most = std::ranges::max_element(copies_);
  if (most != copies_.end() && *most > 1) {
    const Name& fn = ast_.fns[static_cast<size_t>(most - copies_.begin())].name;
    diagnostics_
        .report(DiagnosticKind::GraphTooLarge, at,
                fmt::format("with all fns inlined, the config has more than {} steps; fn \"{}\" alone is called with "
                            "{} different lists of arguments",
                            limit_, fn.text, *most))
        .note(fn.span, "the fn is here");
  } else {
    diagnostics_.report(DiagnosticKind::GraphTooLarge, at, fmt::format("the config takes more than {} steps", limit_));
  }
  return false;
}

bool Lowering::prepareLate(const CallInfo& call, NodeId node) {
  const Node& n = graph_.node(node);
  auto args = graph_.args(node);
  std::vector<NodeId> constants;
  std::vector<Type> types;
  std::vector<Span> places;
  for (size_t i = 0; i < args.size(); ++i) {
    ExprId arg = i < call.argCount ? checked_.args[call.firstArg + i] : kNoExpr;
    bool isConstant = arg != kNoExpr && call.op->params[call.op->paramOfArg(i)].isConstant;
    constants.push_back(isConstant ? args[i] : kNoNode);
    types.push_back(graph_.node(args[i]).type);
    places.push_back(isConstant ? graph_.node(args[i]).origin : n.origin);
  }
  types = seenTypes(n.resolution.mapMask, types);
  return prepareConstants(*call.op, n.resolution, types, constants, places, ast_, graph_, evaluator_, diagnostics_);
}

}  // namespace featc
