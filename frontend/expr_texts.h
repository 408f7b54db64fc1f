// SPDX-License-Identifier: Apache-2.0
// Expressions as they are written, for messages and fixes.
#pragma once

#include <string>
#include <vector>

#include "frontend/ast.h"
#include "support/source.h"

namespace featc {

class ExprTexts {
 public:
  ExprTexts(const Ast& ast, const Sources& sources) : ast_(ast), sources_(sources) {}

  std::string of(const Expr& e) const { return std::string(sources_.text(e.span)); }
  std::string of(ExprId id) const { return of(ast_.expr(id)); }
  // As an operand of `??`, and of a sign before it.
  std::string operand(const Expr& e) const;
  std::string signedOperand(const Expr& e) const;
  // The arguments of a call; none where one has a name.
  std::vector<std::string> plainArguments(const Expr& call) const;

 private:
  const Ast& ast_;
  const Sources& sources_;
};

}  // namespace featc
