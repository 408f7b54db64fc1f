// SPDX-License-Identifier: Apache-2.0
// Values of expressions that are spelled out: numbers, strings, lists and maps of them.
#pragma once

#include <string_view>

#include "frontend/ast.h"
#include "values/value.h"

namespace featc {

// Names that stand for constants where nothing else is called so. A missing value has the type of what stands
// beside it.
inline constexpr std::string_view kMissing = "missing";
inline constexpr std::string_view kPi = "pi";

// The value of literal `id` as one of `type`: an int64 becomes a float64 where the type says so.
Value literalValue(const Ast& ast, ExprId id, Type type);

// `-0.5`: the sign of a float literal.
inline bool isNegatedLiteral(const Ast& ast, const Expr& e) {
  if (e.kind != ExprKind::Unary || static_cast<UnaryOp>(e.op) != UnaryOp::Negate) return false;
  ExprId operand = ast.child(e, 0);
  return operand != kNoExpr && ast.expr(operand).kind == ExprKind::Float;
}

// `[]` and `{}` take their type from what stands around them.
inline bool isEmptyLiteral(const Expr& e) {
  return (e.kind == ExprKind::List || e.kind == ExprKind::Map) && e.childCount == 0;
}

}  // namespace featc
