// SPDX-License-Identifier: Apache-2.0
// `missing` as a value: what type it has, and where it cannot stand. What other languages call it is a mistake whose
// fix depends on that.
#include <fmt/format.h>

#include "frontend/expr_checker.h"
#include "frontend/literal_values.h"

namespace featc {

namespace {

constexpr std::string_view kBeside = "a missing value stands beside one of its type: c ? price : missing";

// Which argument says of what type a missing argument `arg` is; nothing where it cannot be missing.
std::optional<size_t> typedBy(const Operator& op, size_t arg) {
  if (!op.passesThrough || op.passesThrough->end - op.passesThrough->first != 2) return std::nullopt;
  if (arg < op.passesThrough->first || arg >= op.passesThrough->end) return std::nullopt;
  return op.passesThrough->first + op.passesThrough->end - 1 - arg;
}

// Whether a missing argument stands for one element where the one beside it is a list: it fills those that are missing,
// or is chosen for each.
bool isOfElement(const Operator& op, size_t arg, const std::vector<Type>& types) {
  if (op.params[op.paramOfArg(arg)].fillsElements) return true;
  for (size_t i = 0; i < types.size(); ++i) {
    bool isChoice = i >= op.passesThrough->first && i < op.passesThrough->end;
    if (!isChoice && types[i].isList()) return true;
  }
  return false;
}

}  // namespace

void ExprChecker::setMissing(ExprId id, Type type) {
  setLiteralType(id, type.withNullable());
  if (ast_.text(ast_.expr(id)) != kMissing) reportMissingWord(id).replace(ast_.expr(id).span, std::string(kMissing));
}

bool ExprChecker::settleMissing(const Expr& e, const Operator& op, const std::vector<ExprId>& args,
                                std::vector<Type>& types) {
  bool good = true;
  for (size_t i = 0; i < args.size(); ++i) {
    // The elements of literals have their types already.
    if (args[i] == kNoExpr || !isMissing(args[i])) continue;
    std::optional<size_t> beside = typedBy(op, i);
    if (!beside) {
      reportMissingArgument(e, op, args[i]);
      good = false;
      continue;
    }
    Type type = types[*beside];
    ExprId other = args[*beside];
    if (type.isNone()) {
      good = false;
      bool isUnknown = other != kNoExpr && (isMissing(other) || isEmptyLiteral(ast_.expr(other)));
      if (isUnknown) reportUntypedMissing(args[i]);
      if (isUnknown && isMissing(other)) return false;
      continue;
    }
    if (type.isRow()) {
      errors_.rejectRow(other);
      good = false;
      continue;
    }
    if (type.isList() && isOfElement(op, i, types)) type = type.element();
    setMissing(args[i], type);
    types[i] = typeOf(args[i]);
  }
  return good;
}

Diagnostic& ExprChecker::reportMissingWord(ExprId id) {
  const Expr& e = ast_.expr(id);
  return diagnostics_.report(
      DiagnosticKind::UnknownName, e.span,
      fmt::format("\"{}\" is not a field, let or parameter; a missing value is written missing", ast_.text(e)));
}

void ExprChecker::reportUntypedMissing(ExprId id) {
  const Expr& e = ast_.expr(id);
  Diagnostic& d = ast_.text(e) == kMissing ? diagnostics_.report(DiagnosticKind::EmptyLiteral, e.span,
                                                                 "the type of this missing value is not known here")
                                           : reportMissingWord(id);
  d.note(std::string(kBeside)).note("a missing value with a type of its own: int(\"\"), float(\"\")");
  checked_.exprs[id].meaning = Meaning::Unknown;
}

void ExprChecker::reportMissingArgument(const Expr& call, const Operator& op, ExprId arg) {
  const Expr& e = ast_.expr(arg);
  Diagnostic& d = ast_.text(e) == kMissing
                      ? diagnostics_.report(DiagnosticKind::ArgumentType, e.span,
                                            call.kind == ExprKind::Call
                                                ? fmt::format("\"missing\" cannot be an argument of \"{}\"", op.name)
                                                : fmt::format("\"missing\" cannot be an operand of \"{}\"", op.symbol))
                      : reportMissingWord(arg);
  d.note(std::string(kBeside)).note("to test for a missing value: is_missing(x); to replace it: x ?? 0");
  if (ast_.text(e) != kMissing) d.note("to turn a value into a missing one: nullif(x, value)");
}

bool ExprChecker::reportComparedWithMissing(ExprId id) {
  const Expr& e = ast_.expr(id);
  auto sign = static_cast<BinaryOp>(e.op);
  if (sign != BinaryOp::Equal && sign != BinaryOp::NotEqual) return false;
  auto isMissingWord = [&](ExprId operand) {
    if (operand == kNoExpr || ast_.expr(operand).kind != ExprKind::Name) return false;
    const std::string& name = ast_.text(ast_.expr(operand));
    return meansMissing(name) && !isKnownName(name);
  };
  for (uint32_t i : {0U, 1U}) {
    ExprId word = ast_.child(e, i);
    ExprId other = ast_.child(e, 1 - i);
    if (!isMissingWord(word) || other == kNoExpr || isMissingWord(other)) continue;
    check(other);
    std::string_view negation = sign == BinaryOp::Equal ? "" : "!";
    Diagnostic& d =
        ast_.text(ast_.expr(word)) == kMissing
            ? diagnostics_.report(DiagnosticKind::ArgumentType, e.span, "a missing value equals nothing")
            : diagnostics_.report(DiagnosticKind::UnknownName, ast_.expr(word).span,
                                  fmt::format("\"{}\" is not a field, let or parameter, and a missing value "
                                              "equals nothing",
                                              ast_.text(ast_.expr(word))));
    d.note("missing values and floats that are not finite are found by is_missing(x)");
    // Of `!x == null` the comparison may be meant to be negated.
    bool isNegated = ast_.expr(other).kind == ExprKind::Unary;
    if (!isNegated) d.replace(e.span, fmt::format("{}is_missing({})", negation, texts_.of(ast_.expr(other))));
    return true;
  }
  return false;
}

}  // namespace featc
