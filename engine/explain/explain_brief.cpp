// SPDX-License-Identifier: Apache-2.0
// explain in brief: a line a feature.
#include <fmt/core.h>

#include <algorithm>

#include "engine/explain/explain.h"

namespace featc {
namespace {

constexpr size_t kPayloadWidth = 44;
constexpr size_t kFromWidth = 72;

// What was written for an output: its expression, or where that is the name of a let, what the let stands for.
std::string_view writtenText(const CompiledConfig& config, const std::string& output) {
  const Ast& ast = config.ast;
  const OutputDecl& decl =
      *std::ranges::find_if(ast.outputs, [&](const OutputDecl& d) { return d.name.text == output; });
  ExprId id = decl.value;
  auto letOf = [&](const Expr& name) {
    return std::ranges::find_if(ast.lets, [&](const LetDecl& let) {
      return let.name.text == ast.text(name) && (let.group == kNoGroup || let.group == decl.group);
    });
  };
  while (ast.expr(id).kind == ExprKind::Name) {
    auto let = letOf(ast.expr(id));
    if (let == ast.lets.end()) break;
    id = let->value;
  }
  return config.sources.text(ast.expr(id).span);
}

// Whether the text begins with a call of the operator, so that its value is what was asked for.
bool isCallOf(std::string_view text, std::string_view op) {
  if (!text.starts_with(op)) return false;
  size_t next = text.find_first_not_of(" \t\r\n", op.size());
  return next != std::string_view::npos && text[next] == '(';
}

// The value as the writer sees it: before the compiler hashed or converted it for the output.
NodeId writtenValue(const Graph& graph, std::string_view text, NodeId id) {
  constexpr std::string_view kImplied[] = {"hash", "hash_weighted", "map_weighted", "int", "float"};
  while (graph.node(id).kind == NodeKind::Call &&
         std::ranges::find(kImplied, graph.node(id).op->name) != std::end(kImplied) &&
         !isCallOf(text, graph.node(id).op->name))
    id = graph.args(id)[0];
  return id;
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
    std::string_view written = writtenText(config, outputs[i].name);
    NodeId value = writtenValue(graph, written, graph.outputs()[i]);
    std::string slot = outputs[i].kind == OutputKind::Dense ? "" : fmt::format("{}", outputs[i].slot);
    std::string from = oneLine(written);
    text += fmt::format("  {:>7}  {:<{}}  {:<{}}  {}\n", slot, outputs[i].name, nameWidth,
                        shortened(trace.emitted(i, true), kPayloadWidth), kPayloadWidth,
                        shortened(fmt::format("{} = {}", from, toString(trace.value(value))), kFromWidth));
  }
  return text;
}

}  // namespace featc
