// SPDX-License-Identifier: Apache-2.0
// What is called, an operator, a fn or a source, as far as its arguments go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frontend/ast.h"
#include "frontend/expr_texts.h"
#include "ops/operator.h"

namespace featc {

// Arguments of a call by parameter, and where in the text each came from.
struct Callee {
  std::string_view what;  // `fn`, `operator`, `source`
  std::string_view name;
  std::vector<std::string_view> params{};
  std::vector<bool> optional{};
  bool variadic = false;         // the last parameter repeats
  const Operator* op = nullptr;  // of an operator, else the one signature
  std::string signature{};
};

Callee describe(const Operator& op);
Callee describe(const FnDecl& fn, const ExprTexts& texts);
Callee describe(const SourceDecl& source);

// `x: float64?`
std::string parameterText(const FieldDecl& param);

// The operator that is called by that name, here or elsewhere; null where none is or it is written otherwise.
const Operator* operatorCalled(std::string_view name);
// As messages name it: a row says of which source.
std::string describeType(Type type, const Ast& ast);

}  // namespace featc
