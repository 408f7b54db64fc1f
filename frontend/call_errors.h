// SPDX-License-Identifier: Apache-2.0
// What is wrong with a call or an operator, in the words of who wrote it. Changes nothing of what was checked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frontend/callee.h"
#include "frontend/checked_ast.h"
#include "frontend/expr_texts.h"
#include "frontend/foreign_words.h"
#include "frontend/names.h"
#include "support/diagnostics.h"

namespace featc {

class CallErrors {
 public:
  CallErrors(const CheckedAst& checked, const Names& names, const Sources& sources, Diagnostics& diagnostics)
      : checked_(checked), ast_(checked.ast), names_(names), texts_(ast_, sources), diagnostics_(diagnostics) {}

  // -- call_errors.cpp
  // True after a report: a whole row is not a value.
  bool rejectRow(ExprId id) const;
  // True after a report: a chain of `+` or `||` that joins strings.
  bool reportJoinedStrings(const Expr& e, const std::vector<ExprId>& parts) const;
  void reportNoOverload(const Expr& e, const Operator& op, const std::vector<ExprId>& args,
                        const std::vector<Type>& types) const;
  // Argument `arg` is one more than the callee takes.
  void reportSurplus(const Expr& e, const Callee& callee, uint32_t arg) const;
  void reportArgumentType(ExprId arg, const FnDecl& fn, uint32_t param) const;
  void reportMayBeMissing(ExprId arg, const FnDecl& fn, uint32_t param) const;
  void noteSignatures(Diagnostic& d, const Callee& callee) const;
  // Whether the operator takes these arguments: so many, by these names, of these types where they are known.
  bool acceptsArguments(const Expr& e, const Operator& op) const;

  // -- function_errors.cpp
  // `fn`: whose body has the call; null where none.
  void reportUnknownFunction(const Expr& e, const FnDecl* fn) const;

  // -- argument_errors.cpp: which argument of a call has a wrong type
  void noteConversions(Diagnostic& d, const Expr& e, Type given, const std::vector<Type>& wanted) const;

 private:
  Type typeOf(ExprId id) const { return checked_.exprs[id].type; }
  // True where they say what is meant by the two sides of a sign that cannot take them.
  bool explainAlternative(Diagnostic& d, const Expr& e, const std::vector<ExprId>& args,
                          const std::vector<Type>& types) const;
  bool explainLiteral(Diagnostic& d, const Expr& e, const std::vector<ExprId>& args,
                      const std::vector<Type>& types) const;

  void reportForeignCall(const Expr& e, std::string_view pattern) const;
  void reportForeignName(const Expr& e, const Registry::Foreign& foreign) const;
  // The fix of a call of what is not a call here.
  void replaceCall(Diagnostic& d, const Expr& call, const ForeignWord& foreign) const;
  // The fix of a call of what is written with a sign, where there is one.
  void replaceBySign(Diagnostic& d, const Expr& call, const Operator& op) const;
  // Whether there are arguments, all numbers or all of one type as far as types are known.
  bool areAlike(const Expr& call) const;

  // False where no overload of the operator comes near.
  bool reportMisfit(const Expr& e, const Operator& op, const std::vector<ExprId>& args,
                    const std::vector<Type>& types) const;
  bool proposeForMap(Diagnostic& d, const Expr& e, const Operator& op, const std::vector<ExprId>& args,
                     std::vector<Type> types, uint32_t map) const;
  bool proposeFile(Diagnostic& d, const Expr& e, const Operator& op, const std::vector<Type>& types,
                   uint32_t arg) const;

  const CheckedAst& checked_;
  const Ast& ast_;
  const Names& names_;
  ExprTexts texts_;
  Diagnostics& diagnostics_;
};

}  // namespace featc
