// SPDX-License-Identifier: Apache-2.0
#include "frontend/constant_arguments.h"

#include "frontend/prepare.h"

namespace featc {

ConstantArguments::ConstantArguments(const CheckedAst& checked, const Sources& sources, const FrontendLimits& limits,
                                     Diagnostics& diagnostics)
    : checked_(checked),
      ast_(checked.ast),
      diagnostics_(diagnostics),
      lowering_(checked, graph_, sources, limits, diagnostics),
      evaluator_(graph_) {
  graph_.info().hashFamily = checked.info.hashFamily;
}

bool ConstantArguments::check(ExprId id, const CallInfo& call, const Resolution& resolution,
                              const std::vector<Type>& types) {
  std::vector<NodeId> nodes;
  for (size_t i = 0; i < call.argCount; ++i) {
    ExprId arg = checked_.args[call.firstArg + i];
    if (arg == kNoExpr || !call.op->params[call.op->paramOfArg(i)].isConstant) {
      nodes.push_back(kNoNode);
      continue;
    }
    nodes.push_back(lowering_.lower(arg));
    if (nodes.back() == kNoNode) return false;
  }
  std::vector<Span> spans;
  for (size_t i = 0; i < call.argCount; ++i) {
    ExprId arg = checked_.args[call.firstArg + i];
    spans.push_back(ast_.expr(arg == kNoExpr ? id : arg).span);
  }
  return prepareConstants(*call.op, resolution, types, nodes, spans, ast_, graph_, evaluator_, diagnostics_);
}

}  // namespace featc
