// SPDX-License-Identifier: Apache-2.0
// explain in brief: a line a feature.
#include <fmt/core.h>

#include <algorithm>

#include "tools/explain.h"

namespace featc {
namespace {

constexpr size_t kPayloadWidth = 44;
constexpr size_t kFromWidth = 72;

// The value as the writer sees it: before the compiler hashed or converted it for the output.
NodeId writtenValue(const Graph& graph, NodeId id) {
  constexpr std::string_view kImplied[] = {"hash", "hash_weighted", "map_weighted", "int", "float"};
  while (graph.node(id).kind == NodeKind::Call &&
         std::ranges::find(kImplied, graph.node(id).op->name) != std::end(kImplied) &&
         graph.node(graph.args(id)[0]).origin == graph.node(id).origin)
    id = graph.args(id)[0];
  return id;
}

// What was written for an output: its expression, or where that is a name only, what the name stands for.
Span writtenText(const Ast& ast, const std::string& output, Span valueOrigin) {
  for (const OutputDecl& decl : ast.outputs)
    if (decl.name.text == output && decl.value != kNoExpr && ast.expr(decl.value).kind != ExprKind::Name)
      return ast.expr(decl.value).span;
  return valueOrigin;
}

// The text of a span on one line.
std::string oneLine(std::string_view text) {
  std::string line;
  for (char c : text) {
    bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space) line += c;
    if (space && !line.empty() && line.back() != ' ') line += ' ';
  }
  return line;
}

}  // namespace

std::string explainBrief(const Graph& graph, const CompiledConfig& config, const StoreBinding& stores,
                         const ExplainedRow& row) {
  RowTrace trace(graph, stores, row);
  const std::vector<OutputInfo>& outputs = graph.info().outputs;
  size_t nameWidth = 7;
  for (const OutputInfo& output : outputs) nameWidth = std::max(nameWidth, output.name.size());
  std::string text = row.title();
  text += fmt::format("  {:>7}  {:<{}}  {:<{}}  {}\n", "slot", "feature", nameWidth, "payload or number", kPayloadWidth,
                      "from");
  for (size_t i = 0; i < outputs.size(); ++i) {
    NodeId value = writtenValue(graph, graph.outputs()[i]);
    std::string slot = outputs[i].kind == OutputKind::Dense ? "" : fmt::format("{}", outputs[i].slot);
    std::string from = oneLine(config.sources.text(writtenText(config.ast, outputs[i].name, graph.node(value).origin)));
    text += fmt::format("  {:>7}  {:<{}}  {:<{}}  {}\n", slot, outputs[i].name, nameWidth,
                        shortened(trace.emitted(i, true), kPayloadWidth), kPayloadWidth,
                        shortened(fmt::format("{} = {}", from, toString(trace.value(value))), kFromWidth));
  }
  return text;
}

}  // namespace featc
