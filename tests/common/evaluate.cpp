// SPDX-License-Identifier: Apache-2.0
// Finds the expression's node behind `is_missing`, which takes a value of any type.
#include "tests/common/evaluate.h"

#include <fmt/format.h>

#include "frontend/frontend.h"
#include "ir/interpreter.h"

namespace featc {

std::string evaluateText(std::string_view expression, std::string_view prelude) {
  bool saysVersion = prelude.find("semantics ") != std::string_view::npos;
  std::string text = fmt::format("model eval\n{}{}\nsparse it slot 1 = is_missing({})\n",
                                 saysVersion ? "" : "semantics 1\n", prelude, expression);
  Sources sources;
  Diagnostics diagnostics;
  FrontendOptions options;
  options.root = "/";
  Ast ast = parseConfig("/eval.feat", text, options, sources, diagnostics);
  std::string problems;
  Graph graph;
  if (!diagnostics.hasErrors()) graph = makeGraph(ast, options, sources, diagnostics);
  for (const Diagnostic& d : diagnostics.sorted())
    if (kindSeverity(d.kind) == Severity::Error) problems += (problems.empty() ? "error: " : "; ") + d.message;
  if (!problems.empty()) return problems;
  for (NodeId id = static_cast<NodeId>(graph.size()); id-- > 0;) {
    const Node& n = graph.node(id);
    if (n.kind != NodeKind::Call || n.op->name != "is_missing") continue;
    NodeId value = graph.args(id)[0];
    return toString(graph.isConstant(value) ? graph.constant(value) : evaluateConstant(graph, value));
  }
  return "error: the expression is not in the graph";
}

}  // namespace featc
