// SPDX-License-Identifier: Apache-2.0
// What is wrong with a call or an operator, in the words of who wrote it.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/call_errors.h"
#include "frontend/foreign_arguments.h"
#include "frontend/phrase_makers.h"
#include "ops/reference.h"
#include "values/conversion.h"

namespace featc {

namespace {

// What may stand for a missing value of the type; empty where nothing short does.
std::string_view defaultOf(Type type) {
  switch (type.kind()) {
    case Kind::Bool: return "false";
    case Kind::Int64: return "0";
    case Kind::Float64: return "0.0";
    case Kind::String: return "\"\"";
    case Kind::List: return "[]";
    default: return "";
  }
}

// As it is written after the row.
std::string fieldText(const SourceField& field) {
  if (field.structList.empty()) return written(field.name);
  return fmt::format("{}.{}", written(field.structList), written(memberName(field)));
}

}  // namespace

void CallErrors::noteSignatures(Diagnostic& d, const Callee& callee) const {
  if (callee.op == nullptr) {
    d.note(fmt::format("{} {}", callee.what, callee.signature));
    return;
  }
  for (const std::string& signature : signatures(*callee.op)) d.note(fmt::format("{} {}", callee.what, signature));
}

void CallErrors::reportSurplus(const Expr& e, const Callee& callee, uint32_t arg) const {
  Diagnostic& d = diagnostics_.report(DiagnosticKind::WrongArguments, ast_.expr(ast_.child(e, arg)).span,
                                      fmt::format("\"{}\" takes {} argument{}, this is number {}", callee.name,
                                                  callee.params.size(), callee.params.size() == 1 ? "" : "s", arg + 1));
  bool isOperator = callee.op != nullptr && !isExtern(*callee.op);
  auto meaning = isOperator ? surplusMeaning(callee.name, texts_.plainArguments(e)) : std::nullopt;
  if (!meaning) return noteSignatures(d, callee);
  d.note(std::string(meaning->note));
  if (meaning->instead.empty()) return;
  // What stands around the call may bind to a part of what is written instead.
  bool isAlone = isCallOrName(meaning->instead);
  d.replace(e.span, isAlone ? meaning->instead : fmt::format("({})", meaning->instead));
}

bool CallErrors::rejectRow(ExprId id) const {
  Type type = typeOf(id);
  if (!type.isRow()) return false;
  const SourceInfo& source = checked_.info.sources[type.rowSource()];
  const Expr& e = ast_.expr(id);
  Diagnostic& d =
      diagnostics_.report(DiagnosticKind::RowAsValue, e.span,
                          fmt::format("this is a whole row of \"{}\", only its fields can be used", source.name));
  if (!source.fields.empty()) {
    std::vector<std::string> uses;
    for (size_t i = 0; i < source.fields.size() && i < 3; ++i)
      uses.push_back(fmt::format("{}.{}", texts_.of(e), fieldText(source.fields[i])));
    d.note(fmt::format("for example {}", fmt::join(uses, ", ")));
  }
  return true;
}

bool CallErrors::acceptsArguments(const Expr& e, const Operator& op) const {
  Callee callee = describe(op);
  auto needed = static_cast<size_t>(std::ranges::count(callee.optional, false));
  // The second argument of a reduction is an axis elsewhere.
  size_t most = callee.variadic ? 1 : callee.params.size();
  if (e.childCount < needed || e.childCount > most) return false;
  std::vector<Type> types(callee.params.size());
  bool known = true;
  for (uint32_t i = 0; i < e.childCount; ++i) {
    ExprId arg = ast_.child(e, i);
    const std::string& name = ast_.argNames[e.firstArgName + i].name;
    auto param = name.empty() ? callee.params.begin() + i : std::ranges::find(callee.params, name);
    if (arg == kNoExpr || param == callee.params.end()) return false;
    Type type = checked_.exprs[arg].type;
    known = known && !type.isNone();
    types[static_cast<size_t>(param - callee.params.begin())] = type;
  }
  return !known || resolve(op, types, checked_.info.semantics).has_value();
}

bool CallErrors::reportJoinedStrings(const Expr& e, const std::vector<ExprId>& parts) const {
  auto sign = static_cast<BinaryOp>(e.op);
  bool anyText = false;
  bool anyLiteral = false;
  bool allTexts = true;
  for (ExprId part : parts) {
    Type type = part == kNoExpr ? Type() : typeOf(part);
    bool isNumber = type.isScalar() && type.isNumber();
    if (!type.is(Kind::String) && !isNumber) return false;
    anyText = anyText || type.is(Kind::String);
    allTexts = allTexts && type.is(Kind::String);
    anyLiteral = anyLiteral || ast_.expr(part).kind == ExprKind::String;
  }
  // A string beside numbers may hold one; with a text that is written out it does not.
  if (!anyText || (!allTexts && !anyLiteral)) return false;
  std::vector<std::string> texts;
  for (ExprId part : parts) {
    std::string text = texts_.of(ast_.expr(part));
    texts.push_back(typeOf(part).is(Kind::String) ? text : fmt::format("string({})", text));
  }
  auto named = [&](size_t i) { return toString(typeOf(parts[i]).present()); };
  diagnostics_
      .report(DiagnosticKind::ArgumentType, e.span,
              fmt::format("\"{}\" cannot take {} and {}", symbolOf(sign), named(0), named(1)))
      .note("strings are joined with concat")
      .replace(e.span, fmt::format("concat({})", fmt::join(texts, ", ")));
  return true;
}

// `city == "Rome" || "Paris"`: the comparison holds for the second value, too.
bool CallErrors::explainAlternative(Diagnostic& d, const Expr& e, const std::vector<ExprId>& args,
                                    const std::vector<Type>& types) const {
  auto sign = static_cast<BinaryOp>(e.op);
  const Expr& first = ast_.expr(args[0]);
  if ((sign != BinaryOp::Or && sign != BinaryOp::And) || first.kind != ExprKind::Binary) return false;
  // Of `a == 1 || b == 2 || 3` the last comparison.
  const Expr* last = &first;
  while (last->kind == ExprKind::Binary && static_cast<BinaryOp>(last->op) == sign && ast_.child(*last, 1) != kNoExpr)
    last = &ast_.expr(ast_.child(*last, 1));
  if (last->kind != ExprKind::Binary || ast_.child(*last, 0) == kNoExpr || ast_.child(*last, 1) == kNoExpr)
    return false;
  auto comparison = static_cast<BinaryOp>(last->op);
  bool isAlternative = comparison == BinaryOp::Equal && sign == BinaryOp::Or;
  bool isExclusion = comparison == BinaryOp::NotEqual && sign == BinaryOp::And;
  bool compares = comparison == BinaryOp::Equal || comparison == BinaryOp::NotEqual;
  if (!compares || !types[1].same(typeOf(ast_.child(*last, 1)))) return false;
  const Expr& second = ast_.expr(args[1]);
  std::string value = texts_.operand(ast_.expr(ast_.child(*last, 0)));
  std::string again = fmt::format("{} {} {}", value, symbolOf(comparison), texts_.operand(second));
  d.note(
      fmt::format("write the compared value in each comparison: {}; to test for one of several: contains([a, b], {})",
                  again, value));
  if (isAlternative || isExclusion) d.replace(second.span, again);
  return true;
}

// `flag == 1`, `n == "3"`: the literal as the other side has it.
bool CallErrors::explainLiteral(Diagnostic& d, const Expr& e, const std::vector<ExprId>& args,
                                const std::vector<Type>& types) const {
  auto sign = static_cast<BinaryOp>(e.op);
  if (sign != BinaryOp::Equal && sign != BinaryOp::NotEqual) return false;
  for (size_t i : {size_t{0}, size_t{1}}) {
    const Expr& literal = ast_.expr(args[i]);
    const Expr& other = ast_.expr(args[1 - i]);
    Type wanted = types[1 - i].present();
    if (wanted.is(Kind::Bool) && literal.kind == ExprKind::Int && (literal.intValue == 0 || literal.intValue == 1)) {
      bool isTrue = (literal.intValue == 1) == (sign == BinaryOp::Equal);
      d.note(isTrue ? "a bool is a condition by itself" : "a bool is negated by \"!\"");
      d.replace(e.span, isTrue ? texts_.operand(other) : fmt::format("!{}", texts_.signedOperand(other)));
      return true;
    }
    if (literal.kind == ExprKind::String && wanted.isScalar() && !wanted.is(Kind::String)) {
      noteConversions(d, literal, Type::string(), {wanted});
      if (d.fix) return true;
    }
  }
  return false;
}

void CallErrors::reportNoOverload(const Expr& e, const Operator& op, const std::vector<ExprId>& args,
                                  const std::vector<Type>& types) const {
  auto text = [&](size_t i) { return toString(types[i].present()); };
  auto report = [&](Span at, std::string message) -> Diagnostic& {
    return diagnostics_.report(DiagnosticKind::ArgumentType, at, std::move(message));
  };
  const Expr& first = ast_.expr(args.empty() || args[0] == kNoExpr ? ast_.child(e, 0) : args[0]);
  if (e.kind == ExprKind::Conditional) {
    bool isCondition = types[0].is(Kind::Bool) || (types[0].isList() && types[0].element().is(Kind::Bool));
    if (!isCondition) {
      Diagnostic& d = report(first.span, fmt::format("the condition before \"?\" must be bool, this is {}", text(0)));
      if (types[0].isNumber()) d.replace(first.span, fmt::format("{} != 0", texts_.operand(first)));
      if (types[0].isList() || types[0].is(Kind::String)) d.note("to test that it is not empty: len(x) > 0");
      return;
    }
    report(e.span, fmt::format("the branches of \"?:\" must have one type, these are {} and {}", text(1), text(2)));
    return;
  }
  if (e.kind == ExprKind::Index) {
    Diagnostic& d = report(e.span, fmt::format("[...] takes a list and an int64, not {} and {}", text(0), text(1)));
    if (types[0].isMap()) {
      d.note("the value of a key is found with lookup");
      d.replace(e.span, fmt::format("lookup({}, {})", texts_.of(first), texts_.of(ast_.expr(args[1]))));
    }
    return;
  }
  if (e.kind == ExprKind::Unary) {
    bool isNot = static_cast<UnaryOp>(e.op) == UnaryOp::Not;
    Diagnostic& d =
        report(first.span, fmt::format("\"{}\" takes {}, not {}", op.symbol, isNot ? "bool" : "a number", text(0)));
    if (isNot && types[0].isNumber()) d.replace(e.span, fmt::format("{} == 0", texts_.operand(first)));
    return;
  }
  if (e.kind == ExprKind::Binary) {
    auto sign = static_cast<BinaryOp>(e.op);
    const Expr& second = ast_.expr(args[1]);
    if (sign == BinaryOp::Default) {
      report(second.span, fmt::format("a missing {} cannot be replaced by {}", text(0), text(1)));
      return;
    }
    Diagnostic& d = report(e.span, fmt::format("\"{}\" cannot take {} and {}", symbolOf(sign), text(0), text(1)));
    if (explainAlternative(d, e, args, types) || explainLiteral(d, e, args, types)) return;
    bool joins = sign == BinaryOp::Add || sign == BinaryOp::Or;  // `||` in SQL
    if (joins && types[0].is(Kind::String) && types[1].is(Kind::String)) {
      d.note("strings are joined with concat");
      d.replace(e.span, fmt::format("concat({}, {})", texts_.of(first), texts_.of(second)));
    } else if (sign == BinaryOp::Remainder && types[0].isNumber() && types[1].isNumber()) {
      d.note("the remainder of floats depends on rounding; make them integers first: int(x)");
    } else if (types[0].is(Kind::String) != types[1].is(Kind::String)) {
      d.note("a string becomes a number with int(s) or float(s), anything becomes a string with string(x)");
    } else if (types[0].is(Kind::Bool) || types[1].is(Kind::Bool)) {
      d.note("a bool becomes a number with int(b), a number becomes a bool with x != 0");
    }
    return;
  }
  if (e.kind == ExprKind::List || e.kind == ExprKind::Map) {
    report(e.span, fmt::format("a {} cannot hold these values", e.kind == ExprKind::List ? "list" : "map"));
    return;
  }
  if (reportMisfit(e, op, args, types)) return;
  std::string given;
  size_t last = types.size();
  while (last > 0 && types[last - 1].isNone()) --last;
  for (size_t i = 0; i < last; ++i) {
    if (types[i].isNone()) continue;
    given += (given.empty() ? "" : i + 1 == last ? " and " : ", ") + text(i);
  }
  noteSignatures(report(e.span, fmt::format("\"{}\" cannot take {}", op.name, given)), describe(op));
}

void CallErrors::reportArgumentType(ExprId arg, const FnDecl& fn, uint32_t param) const {
  const FieldDecl& p = fn.params[param];
  Diagnostic& d = diagnostics_.report(DiagnosticKind::ArgumentType, ast_.expr(arg).span,
                                      fmt::format("\"{}\" of fn \"{}\" is {}, but this is {}", p.name.text,
                                                  fn.name.text, toString(p.type.type), toString(typeOf(arg))));
  d.note(p.name.span, "the parameter is declared here");
  Type given = typeOf(arg).present();
  Type wanted = p.type.type.present();
  bool isListOfIt = given.isList() && (given.element().same(wanted) || convertsToFloat(given, Type::list(wanted)));
  bool isConstant = (checked_.fns[static_cast<size_t>(&fn - ast_.fns.data())].constantParams >> param & 1U) != 0;
  if (isListOfIt && isConstant)
    d.note("it must be constant, so the fn is not applied to each element of a list");
  else if (given.isList() && given.element().isList() && wanted.isScalar())
    d.note("a fn is applied to each element of one list, not of lists within it; flatten(x) makes one of them");
  else if (given.isList() && wanted.isScalar() && !isConstant)
    noteConversions(d, ast_.expr(arg), given, {Type::list(wanted)});
  else
    noteConversions(d, ast_.expr(arg), given, {wanted});
}

void CallErrors::reportMayBeMissing(ExprId arg, const FnDecl& fn, uint32_t param) const {
  const FieldDecl& p = fn.params[param];
  const Expr& e = ast_.expr(arg);
  if (checked_.exprs[arg].meaning == Meaning::Literal && e.kind == ExprKind::Name) {
    diagnostics_
        .report(DiagnosticKind::MayBeMissing, e.span,
                fmt::format("\"{}\" of fn \"{}\" is {}, which cannot be missing", p.name.text, fn.name.text,
                            toString(p.type.type)))
        .note(p.name.span, "the parameter is declared here")
        .replace(p.type.span, toString(p.type.type.withNullable()));
    return;
  }
  std::string_view fallback = defaultOf(p.type.type);
  std::string message = fmt::format("this may be missing, but \"{}\" of fn \"{}\" is {}", p.name.text, fn.name.text,
                                    toString(p.type.type));
  if (!fallback.empty()) message += fmt::format("; give a fallback value: {} ?? {}", texts_.operand(e), fallback);
  Diagnostic& d = diagnostics_.report(DiagnosticKind::MayBeMissing, e.span, std::move(message));
  d.note(p.name.span, fmt::format("or let the parameter be missing: {}?", parameterText(p)));
  if (!fallback.empty()) d.replace(e.span, fmt::format("{} ?? {}", texts_.operand(e), fallback));
}

}  // namespace featc
