// SPDX-License-Identifier: Apache-2.0
// Writes a node in the language's own notation.
#include "engine/explain/expression.h"

#include <fmt/core.h>

#include <vector>

#include "ops/written.h"

namespace featc {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string callText(const Operator& op, const std::vector<std::string>& args) {
  if (auto text = writtenWith(op, args)) return *text;
  return fmt::format("{}({})", op.nameInConfigs.empty() ? op.name : op.nameInConfigs, joined(args));
}

}  // namespace

std::string expressionOf(const Graph& graph, NodeId id, const std::function<std::string(NodeId)>& name) {
  const Node& node = graph.node(id);
  switch (node.kind) {
    case NodeKind::Constant: return toString(graph.constant(id));
    case NodeKind::Input: return graph.info().inputs[node.index].qualified();
    case NodeKind::Field: {
      const SourceInfo& source = graph.info().sources[graph.node(graph.args(id)[0]).index];
      return fmt::format("{}.{}", name(graph.args(id)[0]), source.fields[node.index].name);
    }
    case NodeKind::Read:
    case NodeKind::Call: break;
  }
  // `each %3`: a list of which the call takes one element at a time.
  std::vector<std::string> args;
  if (node.kind == NodeKind::Read) {
    for (NodeId arg : graph.args(id)) args.push_back(name(arg));
    return fmt::format("{}({})", graph.info().sources[node.index].name, joined(args));
  }
  bool leftOut = false;
  for (size_t i = 0; i < node.argCount; ++i) {
    NodeId arg = graph.args(id)[i];
    const ParamSpec& param = node.op->params[node.op->paramOfArg(i)];
    if (param.isOptional && graph.isConstant(arg) && graph.constant(arg).isMissing()) {
      leftOut = true;
      continue;
    }
    std::string text = param.isFile && graph.isConstant(arg)
                           ? fmt::format("({} bytes)", graph.constant(arg).asString().size())
                           : fmt::format("{}{}", node.resolution.maps(i) ? "each " : "", name(arg));
    args.push_back(leftOut || param.isFile ? fmt::format("{} = {}", param.name, text) : text);
  }
  return callText(*node.op, args);
}

}  // namespace featc
