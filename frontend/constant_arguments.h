// SPDX-License-Identifier: Apache-2.0
// Computes constant arguments of operators while calls are checked, so that bad ones are diagnostics.
#pragma once

#include <vector>

#include "frontend/checked_ast.h"
#include "frontend/lowering.h"
#include "ir/constants.h"
#include "ir/graph.h"

namespace featc {

class ConstantArguments {
 public:
  ConstantArguments(const CheckedAst& checked, const Sources& sources, const FrontendLimits& limits,
                    Diagnostics& diagnostics);

  // Of a call whose constant arguments depend on no parameter of a fn. `types`: of all arguments. False after a report.
  bool check(ExprId id, const CallInfo& call, const Resolution& resolution, const std::vector<Type>& types);

 private:
  const CheckedAst& checked_;
  const Ast& ast_;
  Diagnostics& diagnostics_;
  Graph graph_;
  Lowering lowering_;
  ConstantEvaluator evaluator_;
};

}  // namespace featc
