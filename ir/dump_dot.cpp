// SPDX-License-Identifier: Apache-2.0
// A graph as Graphviz draws it.
#include "ir/dump_dot.h"

#include <fmt/format.h>

#include <iterator>

#include "ir/text.h"

namespace featc {
namespace {

// Longer constants are cut: a vocabulary fills no box.
constexpr size_t kMaxConstant = 40;

std::string dotQuote(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string labelOf(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const ProgramInfo& info = graph.info();
  switch (node.kind) {
    case NodeKind::Constant: {
      std::string text = constantText(graph.constant(id));
      if (text.size() <= kMaxConstant) return text;
      size_t cut = kMaxConstant;
      while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80) --cut;
      return fmt::format("{} ...", text.substr(0, cut));
    }
    case NodeKind::Input: return info.inputs[node.index].qualified();
    case NodeKind::Read: return fmt::format("read {}", info.sources[node.index].name);
    case NodeKind::Field: {
      const SourceInfo& source = info.sources[graph.node(graph.args(id)[0]).index];
      return fmt::format(".{}", source.fields[node.index].name);
    }
    case NodeKind::Call: break;
  }
  return std::string(node.op->name);
}

std::string_view shapeOf(NodeKind kind) {
  switch (kind) {
    case NodeKind::Constant: return "plaintext";
    case NodeKind::Input: return "ellipse";
    case NodeKind::Read: return "cylinder";
    case NodeKind::Field:
    case NodeKind::Call: break;
  }
  return "box";
}

}  // namespace

std::string toDot(const Graph& graph) {
  std::string out =
      fmt::format("digraph {} {{\n  rankdir=LR;\n  node [fontname=\"monospace\"];\n", dotQuote(graph.info().model));
  auto to = std::back_inserter(out);
  for (Scope scope : {Scope::Constant, Scope::Request, Scope::Item}) {
    fmt::format_to(to, "  subgraph cluster_{} {{\n    label=\"{}\";\n", scopeName(scope), scopeName(scope));
    for (NodeId id = 0; id < graph.size(); ++id) {
      const Node& node = graph.node(id);
      if (node.scope != scope) continue;
      std::string type = node.type.isRow() ? "" : fmt::format("\n{}", toString(node.type));
      fmt::format_to(to, "    n{} [shape={}, label={}];\n", id, shapeOf(node.kind),
                     dotQuote(fmt::format("%{} {}{}", id, labelOf(graph, id), type)));
    }
    out += "  }\n";
  }
  for (NodeId id = 0; id < graph.size(); ++id) {
    auto args = graph.args(id);
    for (size_t i = 0; i < args.size(); ++i) {
      fmt::format_to(to, "  n{} -> n{}", args[i], id);
      std::string_view each = graph.node(id).resolution.maps(i) ? "each " : "";
      if (args.size() > 1 || !each.empty()) fmt::format_to(to, " [headlabel=\"{}{}\"]", each, i + 1);
      out += ";\n";
    }
  }
  for (size_t i = 0; i < graph.outputs().size(); ++i) {
    const OutputInfo& output = graph.info().outputs[i];
    std::string slot = output.slot == 0 ? "" : fmt::format(" slot {}", output.slot);
    fmt::format_to(to, "  o{} [shape=box, style=bold, label={}];\n  n{} -> o{};\n", i,
                   dotQuote(fmt::format("{} {}{}", outputKindName(output.kind), output.name, slot)), graph.outputs()[i],
                   i);
  }
  return out + "}\n";
}

}  // namespace featc
