// SPDX-License-Identifier: Apache-2.0
#include "frontend/expr_texts.h"

namespace featc {

std::string ExprTexts::operand(const Expr& e) const {
  std::string text = of(e);
  return e.kind == ExprKind::Binary || e.kind == ExprKind::Conditional ? "(" + text + ")" : text;
}

std::vector<std::string> ExprTexts::plainArguments(const Expr& call) const {
  std::vector<std::string> args;
  for (uint32_t i = 0; i < call.childCount; ++i) {
    ExprId id = ast_.child(call, i);
    if (id == kNoExpr || !ast_.argNames[call.firstArgName + i].name.empty()) return {};
    args.push_back(of(id));
  }
  return args;
}

std::string ExprTexts::signedOperand(const Expr& e) const {
  return e.kind == ExprKind::Unary ? "(" + of(e) + ")" : operand(e);
}

}  // namespace featc
