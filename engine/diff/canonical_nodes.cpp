// SPDX-License-Identifier: Apache-2.0
// One text a node, made of what the node is and of its arguments' numbers.
#include "engine/diff/canonical_nodes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "ir/text.h"
#include "ops/extern_fn.h"
#include "values/value.h"

namespace featc {
namespace {

// An argument and how its call meets it.
using Argument = std::pair<uint32_t, char>;

char meeting(const CallResolution& resolution, size_t arg) {
  if (resolution.maps(arg)) return 'e';
  return (resolution.liftMask >> arg & 1U) != 0 ? 'l' : ' ';
}

std::string sourceKey(const SourceInfo& source) {
  std::string keys;
  for (const SourceField& key : source.keys) keys += fmt::format("{} {},", quote(key.name), toString(key.type));
  return fmt::format("{} {} {} {} {} {}", quote(source.name), quote(source.keyPattern), source.keyEscaped,
                     static_cast<int>(source.encoding), source.semantics, keys);
}

std::string operatorKey(const ProgramInfo& info, const Operator& op) {
  if (!isExtern(op)) return std::string(op.name);
  // Another content of the library is another function.
  for (const auto& fn : info.externs)
    if (&fn->op == &op) return fmt::format("extern {} {} {}", quote(op.name), signature(fn->decl), quote(fn->content));
  return fmt::format("extern {}", quote(op.name));
}

std::string leafKey(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const ProgramInfo& info = graph.info();
  switch (node.kind) {
    case NodeKind::Constant: return "constant " + constantText(graph.constant(id));
    case NodeKind::Input: {
      const InputInfo& input = info.inputs[node.index];
      return fmt::format("input {} {} {} {}", scopeName(input.scope), quote(input.name), toString(input.type),
                         quote(input.structList));
    }
    case NodeKind::Read: return "read " + sourceKey(info.sources[node.index]);
    case NodeKind::Field: {
      const SourceInfo& source = info.sources[graph.node(graph.args(id)[0]).index];
      const SourceField& field = source.fields[node.index];
      return fmt::format("field {} {} {}", quote(field.name), toString(field.type), quote(field.structList));
    }
    case NodeKind::Call: return fmt::format("call {} {}", operatorKey(info, *node.op), node.resolution.overload);
  }
  return "";
}

}  // namespace

std::vector<uint32_t> CanonicalNodes::numbersOf(const Graph& graph) {
  std::vector<uint32_t> numbers(graph.size());
  for (NodeId id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    const bool isCall = node.kind == NodeKind::Call;
    std::vector<Argument> args;
    for (NodeId arg : graph.args(id))
      args.emplace_back(numbers[arg], isCall ? meeting(node.resolution, args.size()) : ' ');
    if (isCall && node.op->commutative) std::ranges::sort(args);
    std::string key = fmt::format("{} : {} @{}", leafKey(graph, id), node.type.isRow() ? "row" : toString(node.type),
                                  scopeName(node.scope));
    for (auto [number, how] : args) fmt::format_to(std::back_inserter(key), " {}{}", how, number);
    numbers[id] = numbers_.try_emplace(std::move(key), static_cast<uint32_t>(numbers_.size())).first->second;
  }
  return numbers;
}

}  // namespace featc
