// SPDX-License-Identifier: Apache-2.0
// Warnings of arguments that can only make a broken feature, or one that tells nothing, as the operators' records say.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/lowering.h"
#include "ops/call_pattern.h"

namespace featc {

// Where a fn or let brings the value along, ?: or ?? may keep it from mattering: `n == 0 ? 0 : x / n`.
bool Lowering::isGuarded(ExprId arg) const {
  if (checked_.exprs[arg].meaning == Meaning::Literal) return false;
  return std::ranges::any_of(frames_, [&](const Frame& f) {
    const Expr& e = ast_.expr(f.expr);
    bool isDefault = e.kind == ExprKind::Binary && static_cast<BinaryOp>(e.op) == BinaryOp::Default;
    return isDefault || e.kind == ExprKind::Conditional;
  });
}

// As text; nothing where it would leave out more than the suspicious argument.
std::optional<std::string> Lowering::callMeant(const CallInfo& call, const Suspicion& suspicion) const {
  if (suspicion.instead.empty()) return std::nullopt;
  for (uint32_t i = 0; i < call.argCount; ++i) {
    bool isGiven = checked_.args[call.firstArg + i] != kNoExpr;
    if (isGiven && i != suspicion.param && !keepsArgument(suspicion.instead, i)) return std::nullopt;
  }
  return fillCall(suspicion.instead, [&](uint32_t i, std::optional<uint32_t> inner) -> std::optional<std::string> {
    ExprId arg = i < call.argCount ? checked_.args[call.firstArg + i] : kNoExpr;
    if (arg != kNoExpr && inner) {
      const Expr& e = ast_.expr(arg);
      // One that has more arguments means more.
      arg = e.kind == ExprKind::Call && e.childCount == 1 && *inner == 0 ? ast_.child(e, 0) : kNoExpr;
    }
    if (arg == kNoExpr) return std::nullopt;
    return std::string(sources_.text(ast_.expr(arg).span));
  });
}

void Lowering::warnSuspicious(const Frame& frame, const CallInfo& call, const std::vector<Lowered>& args,
                              bool hasData) {
  std::vector<KnownArgument> known(std::max(call.op->params.size(), args.size()));
  for (size_t i = 0; i < args.size(); ++i) {
    NodeId id = args[i].node;
    if (id == kNoNode) continue;
    const Node& node = graph_.node(id);
    known[i].type = args[i].each ? node.type.element() : node.type;
    if (node.kind == NodeKind::Call) known[i].op = node.op;
    // Each element may be another one.
    if (args[i].each) continue;
    if (graph_.isConstant(id))
      known[i].value = graph_.constant(id);
    else if (isConstantCall(graph_, id))
      known[i].value = bounded_.value(id);
  }
  std::optional<Suspicion> suspicion = call.op->warnIf(known);
  // What constants alone make is as its author wants it, unless a literal is wrong by itself.
  if (!suspicion || (!hasData && suspicion->literal.empty())) return;
  ExprId arg = checked_.args[call.firstArg + suspicion->param];
  bool isConstant = !known[suspicion->param].value.isMissing();
  if ((isConstant && isGuarded(arg)) || !suspect_.insert(arg).second) return;
  Diagnostic& d =
      diagnostics_.report(isConstant ? DiagnosticKind::SuspiciousConstant : DiagnosticKind::SuspiciousArgument,
                          ast_.expr(arg).span, suspicion->message);
  for (std::string& note : suspicion->notes) d.note(std::move(note));
  noteCaller(frame, d);
  if (!suspicion->literal.empty() && checked_.exprs[arg].meaning == Meaning::Literal)
    d.replace(ast_.expr(arg).span, suspicion->literal);
  if (auto meant = callMeant(call, *suspicion)) d.replace(ast_.expr(frame.expr).span, *meant);
}

// `cross(city, city)`: one of them was meant to be another. Lists whose elements are combined, each with each, say
// more.
void Lowering::warnSame(const Frame& frame, const CallInfo& call, const std::vector<Lowered>& args) {
  const Operator& op = *call.op;
  auto isWholeList = [&](const Lowered& a) {
    Type type = graph_.node(a.node).type;
    return (a.each ? type.element() : type).isList();
  };
  // The condition of ?: may well be one of its branches.
  size_t first = op.passesThrough ? op.passesThrough->first : 0;
  for (size_t i = first + 1; i < args.size(); ++i) {
    if (args[i].node == kNoNode || op.params[op.paramOfArg(i)].isConstant) continue;
    if (!op.warnIfSameLists && isWholeList(args[i])) continue;
    auto before = std::span(args).subspan(first, i - first);
    bool isSame =
        std::ranges::any_of(before, [&](const Lowered& a) { return a.node == args[i].node && a.each == args[i].each; });
    if (!isSame) continue;
    ExprId arg = checked_.args[call.firstArg + i];
    if (!suspect_.insert(arg).second) return;
    Diagnostic& d = diagnostics_.report(
        DiagnosticKind::SameArguments, ast_.expr(arg).span,
        fmt::format("the same {}, so {}", op.symbol.empty() ? "is given before" : "is on both sides", op.warnIfSame));
    noteCaller(frame, d);
    return;
  }
}

// Where a slip in a fn's body comes from.
void Lowering::noteCaller(const Frame& frame, Diagnostic& d) const {
  if (frame.instance == kNoInstance) return;
  auto user = std::ranges::find(frames_, frame.instance, &Frame::inlined);
  if (user != frames_.end()) d.note(ast_.expr(user->expr).span, "the fn is called here");
}

}  // namespace featc
