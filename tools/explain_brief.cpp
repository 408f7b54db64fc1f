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
  const Node& node = graph.node(id);
  constexpr std::string_view kImplied[] = {"hash", "hash_weighted", "map_weighted", "int", "float"};
  if (node.kind != NodeKind::Call ||
      std::find(std::begin(kImplied), std::end(kImplied), node.op->name) == std::end(kImplied))
    return id;
  NodeId arg = graph.args(id)[0];
  return graph.node(arg).origin == node.origin ? arg : id;
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

std::string explainBrief(const Graph& graph, const Sources& sources, const StoreBinding& stores,
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
    std::string from = oneLine(sources.text(graph.node(value).origin));
    text += fmt::format("  {:>7}  {:<{}}  {:<{}}  {}\n", slot, outputs[i].name, nameWidth,
                        shortened(trace.emitted(i, true), kPayloadWidth), kPayloadWidth,
                        shortened(fmt::format("{} = {}", from, toString(trace.value(value))), kFromWidth));
  }
  return text;
}

}  // namespace featc
