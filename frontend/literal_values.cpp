// SPDX-License-Identifier: Apache-2.0
// Values of expressions that are spelled out: numbers, strings, lists and maps of them.
#include "frontend/literal_values.h"

#include <numbers>

namespace featc {

Value literalValue(const Ast& ast, ExprId id, Type type) {
  const Expr& e = ast.expr(id);
  switch (e.kind) {
    case ExprKind::Int:
      return type.is(Kind::Float64) ? Value::of(static_cast<double>(e.intValue)) : Value::of(e.intValue);
    case ExprKind::Float: return Value::of(e.floatValue);
    case ExprKind::Bool: return Value::of(e.intValue != 0);
    case ExprKind::String: return Value::of(ast.text(e));
    case ExprKind::File: return Value::of(std::string(ast.dataFiles[static_cast<size_t>(e.intValue)].content));
    case ExprKind::Name: return ast.text(e) == kPi ? Value::of(std::numbers::pi) : Value::missing();
    case ExprKind::Unary: return Value::of(-ast.expr(ast.child(e, 0)).floatValue);
    case ExprKind::List: {
      Value::Elements elements;
      elements.reserve(e.childCount);
      for (uint32_t i = 0; i < e.childCount; ++i) {
        elements.push_back(literalValue(ast, ast.child(e, i), type.element()));
      }
      return Value::list(std::move(elements));
    }
    case ExprKind::Map: {
      Value::Entries entries;
      entries.reserve(e.childCount / 2);
      for (uint32_t i = 0; i + 1 < e.childCount; i += 2) {
        entries.emplace_back(literalValue(ast, ast.child(e, i), type.key()),
                             literalValue(ast, ast.child(e, i + 1), type.value()));
      }
      return Value::map(std::move(entries));
    }
    default: return Value::missing();
  }
}

}  // namespace featc
