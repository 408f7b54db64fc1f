// SPDX-License-Identifier: Apache-2.0
// Calls of fns: their arguments, which of them are lists that the fn is mapped over, and defaults of parameters.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/expr_checker.h"
#include "frontend/literal_values.h"
#include "values/conversion.h"

namespace featc {

namespace {

bool has(uint64_t mask, uint32_t param) { return (mask >> param & 1U) != 0; }

}  // namespace

Type ExprChecker::checkFnCall(ExprId id, uint32_t fnIndex) {
  const FnDecl& fn = ast_.fns[fnIndex];
  const FnInfo& info = checked_.fns[fnIndex];
  const Expr& e = ast_.expr(id);
  std::vector<ExprId> args;
  if (!bindArguments(e, describe(fn, texts_), args) || args.size() > kMaxArguments) return {};
  CallInfo call{.callee = CalleeKind::Fn, .index = fnIndex};
  bool ok = true;
  Dependence dependence{info.dependence.varying, 0};
  uint64_t missingWith = 0;
  for (uint32_t i = 0; i < args.size(); ++i) {
    bool isDefault = args[i] == kNoExpr;
    if (isDefault) args[i] = fn.defaults[i];
    if (isDefault ? !has(info.defaults, i) : !checkFnArgument(call, args[i], i)) {
      ok = false;
      continue;
    }
    const ExprInfo& arg = checked_.exprs[args[i]];
    if (isDefault && convertsToFloat(arg.type, fn.params[i].type.type)) call.convertMask |= uint64_t{1} << i;
    bool maps = has(call.mapMask, i);
    if (maps || has(info.dependence.params, i)) dependence.join(arg.dependence);
  }
  // Beside a list that is mapped over, a single value that is missing makes elements missing, not the list.
  uint64_t missingArgs = call.mapMask != 0 ? call.mapMask : info.missingWith;
  for (uint32_t i = 0; ok && i < args.size(); ++i)
    if (has(missingArgs, i)) missingWith |= checked_.exprs[args[i]].missingWith;
  Type type = ok ? fnCallType(e, call, args) : Type();
  return type.isNone() ? type : setCall(id, call, args, type, dependence, missingWith);
}

bool ExprChecker::checkFnArgument(CallInfo& call, ExprId arg, uint32_t param) {
  const FnDecl& fn = ast_.fns[call.index];
  const FnInfo& info = checked_.fns[call.index];
  Type wanted = fn.params[param].type.type;
  const Expr& e = ast_.expr(arg);
  bool isConstant = has(info.constantParams, param);
  bool mayMap = wanted.isScalar() && !isConstant;
  if (structsOf(arg) != nullptr) {
    reportStructs(arg, [=](Type type) {
      auto fits = [wanted](Type t) { return t.same(wanted) || convertsToFloat(t, wanted); };
      return fits(type) || (mayMap && type.isList() && fits(type.element()));
    });
    return false;
  }
  if (isEmptyLiteral(e) && (e.kind == ExprKind::List ? wanted.isList() : wanted.isMap()))
    setLiteralType(arg, wanted.present());
  else if (isEmptyLiteral(e) && e.kind == ExprKind::List && mayMap)
    setLiteralType(arg, Type::list(wanted.present()));
  if (isMissing(arg) && !wanted.isNone()) setMissing(arg, wanted);
  Type given = checkedOperand(arg);
  if (given.isNone() || wanted.isNone() || errors_.rejectRow(arg)) return false;
  bool maps = mayMap && given.isList();
  Type one = maps ? given.element() : given;
  if (convertsToFloat(one, wanted)) {
    call.convertMask |= uint64_t{1} << param;
  } else if (!one.same(wanted)) {
    errors_.reportArgumentType(arg, fn, param);
    return false;
  }
  if (maps) {
    call.mapMask |= uint64_t{1} << param;
  } else if (given.nullable() && !wanted.nullable()) {
    errors_.reportMayBeMissing(arg, fn, param);
    return false;
  }
  return !isConstant || requireConstant(arg, fn.name.text, fn.params[param].name.text, &info.constantUses[param]);
}

Type ExprChecker::fnCallType(const Expr& e, const CallInfo& call, const std::vector<ExprId>& args) {
  Type result = checked_.fns[call.index].result;
  if (call.mapMask == 0 || result.isNone()) return result;
  if (result.isRow() || result.isWeighted() || nestingDepth(result) == kMaxFieldNesting) {
    Diagnostic& d =
        diagnostics_.report(DiagnosticKind::ArgumentType, e.span,
                            fmt::format("fn \"{}\" gives {}, and a list cannot hold several of them",
                                        ast_.fns[call.index].name.text, describeType(result.present(), ast_)));
    d.note("it is called once for each element, since a list is given for a single value");
    if (result.isRow()) d.note("let it give a field of the row");
    return {};
  }
  bool mayMiss = false;
  for (uint32_t i = 0; i < args.size(); ++i) mayMiss = mayMiss || (has(call.mapMask, i) && typeOf(args[i]).nullable());
  return Type::list(result.present()).withNullable(mayMiss);
}

void ExprChecker::checkDefaults(uint32_t fnIndex) {
  const FnDecl& fn = ast_.fns[fnIndex];
  auto count = static_cast<uint32_t>(std::min<size_t>(fn.params.size(), kMaxArguments));
  std::optional<uint32_t> first;
  for (uint32_t i = 0; i < count; ++i) {
    const FieldDecl& param = fn.params[i];
    if (fn.defaults[i] != kNoExpr) {
      if (!first) first = i;
      if (checkDefault(fn.defaults[i], param)) checked_.fns[fnIndex].defaults |= uint64_t{1} << i;
    } else if (first) {
      Diagnostic& d = diagnostics_.report(
          DiagnosticKind::WrongArguments, param.name.span,
          fmt::format("\"{}\" needs a default as well, since a parameter before it has one", param.name.text));
      d.note(ast_.expr(fn.defaults[*first]).span, "the first default is here");
      d.note("or put the parameters without a default first");
    }
  }
}

bool ExprChecker::checkDefault(ExprId id, const FieldDecl& param) {
  Type wanted = param.type.type;
  const Expr& e = ast_.expr(id);
  check(id);
  if (isEmptyLiteral(e) && (e.kind == ExprKind::List ? wanted.isList() : wanted.isMap()))
    setLiteralType(id, wanted.present());
  if (isMissing(id) && !wanted.isNone()) setMissing(id, wanted);
  Type given = checkedOperand(id);
  if (given.isNone() || wanted.isNone() || errors_.rejectRow(id)) return false;
  const Dependence& dependence = checked_.exprs[id].dependence;
  if (dependence.params != 0) {
    diagnostics_.report(DiagnosticKind::NotConstant, e.span, "a default cannot use the parameters of its fn");
    return false;
  }
  if (dependence.varying) {
    diagnostics_.report(DiagnosticKind::NotConstant, e.span, "a default must be constant, but this depends on the data")
        .note("pass it as an argument where the fn is called");
    return false;
  }
  if (!given.same(wanted) && !convertsToFloat(given, wanted)) {
    Diagnostic& d = diagnostics_.report(DiagnosticKind::ArgumentType, e.span,
                                        fmt::format("parameter \"{}\" is {}, but its default is {}", param.name.text,
                                                    toString(wanted.present()), toString(given.present())));
    errors_.noteConversions(d, e, given.present(), {wanted.present()});
    return false;
  }
  if (given.nullable() && !wanted.nullable()) {
    diagnostics_
        .report(
            DiagnosticKind::MayBeMissing, e.span,
            fmt::format("this default may be missing, but parameter \"{}\" is {}", param.name.text, toString(wanted)))
        .replace(param.type.span, toString(wanted.withNullable()));
    return false;
  }
  return true;
}

}  // namespace featc
