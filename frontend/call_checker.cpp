// SPDX-License-Identifier: Apache-2.0
// Calls and operators: which one is meant, whether the arguments fit, and what comes out.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/expr_checker.h"
#include "frontend/literal_values.h"

namespace featc {

namespace {

// What an empty literal may hold, tried in this order after what the other arguments suggest.
constexpr Type kElementTypes[] = {Type::int64(), Type::float64(), Type::string(), Type::boolean()};

Type toFloat(Type t) { return (t.isList() ? Type::list(Type::float64()) : Type::float64()).withNullable(t.nullable()); }

}  // namespace

Type ExprChecker::checkCall(ExprId id) {
  const Expr& e = ast_.expr(id);
  for (uint32_t i = 0; i < e.childCount; ++i) check(ast_.child(e, i), Use::Any);
  const std::string& name = ast_.text(e);
  if (auto fn = names_.fn(name)) {
    usage_.fns[*fn] = true;
    return checkFnCall(id, *fn);
  }
  if (auto source = names_.source(name)) {
    usage_.sources[*source] = true;
    return checkRead(id, *source);
  }
  const Operator* op = operators().find(name);
  if (auto declared = names_.externFn(name)) {
    usage_.externs[*declared] = true;
    const ExternFn* fn = checked_.info.externs[*declared].get();
    if (fn == nullptr) return {};
    op = &fn->op;
  }
  if (op == nullptr || op->isInternal || !op->symbol.empty()) {
    errors_.reportUnknownFunction(e, fn_);
    return {};
  }
  std::vector<ExprId> args;
  if (!bindArguments(e, describe(*op), args)) return {};
  return applyOperator(id, *op, args);
}

Type ExprChecker::checkOperatorCall(ExprId id, const Operator& op) {
  const Expr& e = ast_.expr(id);
  std::vector<ExprId> args;
  for (uint32_t i = 0; i < e.childCount; ++i) {
    args.push_back(ast_.child(e, i));
    check(args.back(), Use::Any);
  }
  return applyOperator(id, op, args);
}

Type ExprChecker::checkChain(ExprId id) {
  const Expr& last = ast_.expr(id);
  std::vector<ExprId> signs;  // from the right
  ExprId at = id;
  while (at != kNoExpr && ast_.expr(at).kind == ExprKind::Binary && ast_.expr(at).op == last.op) {
    signs.push_back(at);
    at = ast_.child(ast_.expr(at), 0);
  }
  std::vector<ExprId> parts{at};
  for (size_t i = signs.size(); i-- > 0;) parts.push_back(ast_.child(ast_.expr(signs[i]), 1));
  for (ExprId part : parts) check(part);
  if (errors_.reportJoinedStrings(last, parts)) return {};
  const Operator& op = operatorOf(static_cast<BinaryOp>(last.op));
  Type type;
  for (size_t i = signs.size(); i-- > 0;) {
    const Expr& e = ast_.expr(signs[i]);
    type = applyOperator(signs[i], op, {ast_.child(e, 0), ast_.child(e, 1)});
  }
  return type;
}

bool ExprChecker::bindArguments(const Expr& e, const Callee& callee, std::vector<ExprId>& args) {
  args.assign(callee.params.size(), kNoExpr);
  std::vector<bool> given(callee.params.size());
  bool ok = true;
  bool namedSeen = false;
  uint32_t positional = 0;
  auto fail = [&](Span at, std::string message) {
    errors_.noteSignatures(diagnostics_.report(DiagnosticKind::WrongArguments, at, std::move(message)), callee);
    ok = false;
  };
  for (uint32_t i = 0; i < e.childCount; ++i) {
    ExprId arg = ast_.child(e, i);
    if (arg == kNoExpr) return false;
    Span span = ast_.expr(arg).span;
    const ArgName& argName = ast_.argNames[e.firstArgName + i];
    if (argName.name.empty()) {
      if (namedSeen) {
        fail(span, "an argument without a name cannot come after one with a name");
      } else if (positional < callee.params.size()) {
        args[positional] = arg;
        given[positional++] = true;
      } else if (callee.variadic) {
        args.push_back(arg);
      } else {
        errors_.reportSurplus(e, callee, i);
        ok = false;
        break;
      }
      continue;
    }
    namedSeen = true;
    auto found = std::ranges::find(callee.params, argName.name);
    if (found == callee.params.end()) {
      std::string message = fmt::format("\"{}\" has no parameter \"{}\"", callee.name, argName.name);
      std::string_view elsewhere = parameterMeant(argName.name, callee.params);
      auto near =
          elsewhere.empty() ? names_.nearest(argName.name, callee.params) : std::optional<std::string>(elsewhere);
      if (near) message += fmt::format("; did you mean \"{}\"?", *near);
      Diagnostic& d = diagnostics_.report(DiagnosticKind::WrongArguments, argName.span, std::move(message));
      errors_.noteSignatures(d, callee);
      if (near) d.replace(argName.span, *near);
      ok = false;
      continue;
    }
    auto param = static_cast<size_t>(found - callee.params.begin());
    if (given[param]) fail(argName.span, fmt::format("parameter \"{}\" is given twice", argName.name));
    args[param] = arg;
    given[param] = true;
  }
  if (!ok) return false;
  std::vector<std::string_view> lacking;
  for (size_t i = 0; i < callee.params.size(); ++i) {
    if (!given[i] && !callee.optional[i]) lacking.push_back(callee.params[i]);
  }
  if (!lacking.empty())
    fail(e.span,
         fmt::format("\"{}\" {}needs {}", callee.name, e.childCount > 0 ? "also " : "", fmt::join(lacking, ", ")));
  return ok;
}

Type ExprChecker::setCall(ExprId id, CallInfo call, const std::vector<ExprId>& args, Type type, Dependence dependence,
                          uint64_t missingWith) {
  call.firstArg = static_cast<uint32_t>(checked_.args.size());
  call.argCount = static_cast<uint32_t>(args.size());
  checked_.args.insert(checked_.args.end(), args.begin(), args.end());
  checked_.exprs[id] = {type, Meaning::Call, static_cast<uint32_t>(checked_.calls.size()), dependence, missingWith};
  checked_.calls.push_back(call);
  return type;
}

uint64_t ExprChecker::missingWithOf(const Operator& op, const Resolution& resolution,
                                    const std::vector<ExprId>& args) const {
  const Overload& overload = op.overloads[resolution.overload];
  uint64_t params = 0;
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i] == kNoExpr || (!overload.variadic && i >= overload.params.size())) continue;
    bool isLifted = (resolution.liftMask >> i & 1U) != 0;
    if (isLifted || overload.strict[overload.paramOfArg(i)]) params |= checked_.exprs[args[i]].missingWith;
  }
  return params;
}

Type ExprChecker::checkRead(ExprId id, uint32_t sourceIndex) {
  const SourceDecl& source = ast_.sources[sourceIndex];
  std::vector<ExprId> args;
  if (!bindArguments(ast_.expr(id), describe(source), args)) return {};
  bool aligned = false;
  bool ok = true;
  for (size_t i = 0; i < args.size(); ++i) {
    Type wanted = source.keys[i].type.type;
    const Expr& arg = ast_.expr(args[i]);
    if (structsOf(args[i]) != nullptr) {
      reportStructs(args[i], [wanted](Type type) { return type.isList() && type.element().same(wanted); });
      ok = false;
      continue;
    }
    if (isEmptyLiteral(arg) && arg.kind == ExprKind::List && !wanted.isNone())
      setLiteralType(args[i], Type::list(wanted));
    Type given = checkedOperand(args[i]);
    if (given.isNone() || wanted.isNone() || errors_.rejectRow(args[i])) {
      ok = false;
      continue;
    }
    bool isList = given.isList() && given.element().same(wanted);
    aligned = aligned || isList;
    if (isList || given.same(wanted)) continue;
    Diagnostic& d =
        diagnostics_.report(DiagnosticKind::ArgumentType, arg.span,
                            fmt::format("key field \"{}\" of source \"{}\" is {}, but this is {}",
                                        source.keys[i].name.text, source.name.text, toString(wanted), toString(given)));
    d.note(source.keys[i].name.span, "the key field is declared here");
    errors_.noteConversions(d, arg, given.present(), {wanted.present()});
    ok = false;
  }
  if (!ok) return {};
  CallInfo call{.callee = CalleeKind::Source, .index = sourceIndex};
  // A row is found where all of its keys are there.
  uint64_t missingWith = 0;
  for (ExprId arg : args) missingWith |= checked_.exprs[arg].missingWith;
  return setCall(id, call, args, Type::row(sourceIndex, aligned), {true, 0}, missingWith);
}

Type ExprChecker::applyOperator(ExprId id, const Operator& op, const std::vector<ExprId>& args) {
  const Expr& e = ast_.expr(id);
  if (args.size() > kMaxArguments) {
    diagnostics_.report(DiagnosticKind::TooManyArguments, e.span,
                        e.kind == ExprKind::List || e.kind == ExprKind::Map
                            ? fmt::format("a literal that is not all constant has at most {} elements, this has {}",
                                          kMaxArguments, args.size())
                            : fmt::format("a call has at most {} arguments, this has {}", kMaxArguments, args.size()));
    return {};
  }
  if (std::ranges::any_of(args, [&](ExprId arg) { return structsOf(arg) != nullptr; }))
    return applyToStructs(id, op, args);
  std::vector<Type> types;
  Dependence dependence;
  if (!argumentTypes(e, op, args, Type(), types, dependence)) return {};
  if (const Operator* other = operatorIfVarying(op, args, types)) return applyOperator(id, *other, args);
  auto resolution = resolve(op, types, checked_.info.semantics);
  if (!resolution) {
    errors_.reportNoOverload(e, op, args, types);
    return {};
  }
  types = converted(*resolution, std::move(types));
  bool isDefault = e.kind == ExprKind::Binary && static_cast<BinaryOp>(e.op) == BinaryOp::Default;
  if (isDefault && resolution->liftMask == 0) warnNeverMissing(e, types[0]);
  CallInfo call{.callee = CalleeKind::Operator, .op = &op};
  Type type = resultType(op, *resolution, types);
  setCall(id, call, args, type, dependence, missingWithOf(op, *resolution, args));
  if (!checkConstants(id, checked_.calls.back(), *resolution, types)) checked_.exprs[id].meaning = Meaning::Unknown;
  return type;
}

bool ExprChecker::argumentTypes(const Expr& e, const Operator& op, const std::vector<ExprId>& args, Type ofStructs,
                                std::vector<Type>& types, Dependence& dependence) {
  types.clear();
  bool known = true;
  bool empties = false;
  bool missing = false;
  for (ExprId arg : args) {
    bool isWhole = structsOf(arg) != nullptr;
    types.push_back(arg == kNoExpr ? Type() : isWhole ? ofStructs : typeOf(arg));
    if (arg == kNoExpr) {
      // Left out, or (in an expression with a sign) never read.
      known = known && e.kind == ExprKind::Call;
      continue;
    }
    dependence.join(checked_.exprs[arg].dependence);
    if (types.back().isNone() && isEmptyLiteral(ast_.expr(arg)))
      empties = true;
    else if (isMissing(arg))
      missing = true;
    else if (!isWhole)
      known = known && !types.back().isNone() && !errors_.rejectRow(arg);
  }
  if (missing && !settleMissing(e, op, args, types)) return false;
  return known && (!empties || settleEmptyLiterals(op, args, types));
}

std::vector<Type> ExprChecker::converted(const Resolution& resolution, std::vector<Type> types) {
  for (size_t i = 0; i < types.size(); ++i) {
    if ((resolution.convertMask >> i & 1U) != 0) types[i] = toFloat(types[i]);
  }
  return types;
}

// The operator that takes a value of the data for a constant, where a call gives one and all else fits.
const Operator* ExprChecker::operatorIfVarying(const Operator& op, const std::vector<ExprId>& args,
                                               const std::vector<Type>& types) const {
  if (op.whenVaries.empty()) return nullptr;
  const Operator* other = operators().find(op.whenVaries);
  bool varies = false;
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i] == kNoExpr || !op.params[op.paramOfArg(i)].isConstant) continue;
    if (!checked_.exprs[args[i]].dependence.varying) continue;
    if (other->params[i].isConstant) return nullptr;
    varies = true;
  }
  return varies && resolve(*other, types, checked_.info.semantics) ? other : nullptr;
}

// `id ?? 0` of a required field. A float may be NaN; elements of a group may be missing, and a fn be called with one.
void ExprChecker::warnNeverMissing(const Expr& e, Type type) {
  if (type.nullable() || type.is(Kind::Float64) || group_ != kNoGroup || fn_ != nullptr) return;
  const Expr& value = ast_.expr(ast_.child(e, 0));
  diagnostics_
      .report(DiagnosticKind::NeverMissing, e.span,
              fmt::format("{} is never missing, so what follows \"??\" is never used", texts_.of(value)))
      .replace(e.span, texts_.of(value));
}

bool ExprChecker::settleEmptyLiterals(const Operator& op, const std::vector<ExprId>& args, std::vector<Type>& types) {
  std::vector<Type> candidates;
  for (Type t : types) {
    if (t.isScalar()) candidates.push_back(t.present());
    if (t.isList()) candidates.push_back(t.element());
  }
  candidates.insert(candidates.end(), std::begin(kElementTypes), std::end(kElementTypes));
  Type mapOfOthers;
  for (Type t : types) {
    if (t.isMap()) mapOfOthers = t.present();
  }
  for (Type element : candidates) {
    for (Type key : {Type::string(), Type::int64()}) {
      std::vector<Type> tried = types;
      for (size_t i = 0; i < args.size(); ++i) {
        if (args[i] == kNoExpr || !types[i].isNone()) continue;
        bool isList = ast_.expr(args[i]).kind == ExprKind::List;
        tried[i] = isList ? Type::list(element) : mapOfOthers.isMap() ? mapOfOthers : Type::map(key, element);
      }
      if (!resolve(op, tried, checked_.info.semantics)) continue;
      for (size_t i = 0; i < args.size(); ++i) {
        if (args[i] != kNoExpr && types[i].isNone()) setLiteralType(args[i], tried[i]);
      }
      types = std::move(tried);
      return true;
    }
  }
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i] != kNoExpr && types[i].isNone()) checkedOperand(args[i]);
  }
  return false;
}

bool ExprChecker::requireConstant(ExprId arg, std::string_view callee, std::string_view param, const Span* use) {
  const Dependence& dependence = checked_.exprs[arg].dependence;
  Span span = ast_.expr(arg).span;
  if (dependence.varying) {
    Diagnostic& d = diagnostics_.report(
        DiagnosticKind::NotConstant, span,
        fmt::format("\"{}\" of \"{}\" must be constant, but this depends on the data", param, callee));
    if (use != nullptr) d.note(*use, "it is needed here");
    return false;
  }
  for (uint32_t i = 0; fnInfo_ != nullptr && i < fnInfo_->constantUses.size(); ++i) {
    if ((dependence.params >> i & 1U) == 0 || (fnInfo_->constantParams >> i & 1U) != 0) continue;
    fnInfo_->constantParams |= uint64_t{1} << i;
    fnInfo_->constantUses[i] = span;
  }
  return true;
}

bool ExprChecker::checkConstants(ExprId id, CallInfo& call, const Resolution& resolution,
                                 const std::vector<Type>& types) {
  const Operator& op = *call.op;
  if (!op.hasConstants()) return true;
  bool ok = true;
  for (size_t i = 0; i < call.argCount; ++i) {
    const ParamSpec& param = op.params[op.paramOfArg(i)];
    ExprId arg = checked_.args[call.firstArg + i];
    if (!param.isConstant || arg == kNoExpr) continue;
    // Here something else is wrong.
    bool mayVary = op.mayVary(param);
    if (mayVary && checked_.exprs[arg].dependence.varying) {
      ok = false;
      continue;
    }
    ok = requireConstant(arg, op.name, param.name, nullptr) && ok;
    call.prepareLate = call.prepareLate || !checked_.exprs[arg].dependence.isConstant();
  }
  if (!ok || call.prepareLate) return ok;
  return constants_.check(id, call, resolution, types);
}

}  // namespace featc
