// SPDX-License-Identifier: Apache-2.0
// One text a node, made of what the node is and of its arguments' numbers.
#include "engine/diff/canonical_nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "ir/text.h"
#include "ops/extern_fn.h"

namespace featc {
namespace {

// An argument and how its call meets it: element by element, lifted, both or as it is.
using Argument = std::pair<uint32_t, std::string_view>;

std::string_view meeting(const CallResolution& resolution, size_t arg) {
  const bool lifts = (resolution.liftMask >> arg & 1U) != 0;
  if (resolution.maps(arg)) return lifts ? "each lifted " : "each ";
  return lifts ? "lifted " : "";
}

std::string sourceKey(const SourceInfo& source) {
  std::string keys;
  for (const SourceField& key : source.keys) keys += fmt::format("{} {},", quote(key.name), toString(key.type));
  return fmt::format("{} {} {} {} {} {}", quote(source.name), quote(source.keyPattern), source.keyEscaped,
                     static_cast<int>(source.encoding), source.semantics, keys);
}

// A list of structs is read as a whole: a bad member spoils it for those beside it, whether they are used or not.
std::string fieldKey(const SourceInfo& source, uint32_t index) {
  const StructList list = structListOf(source.fields, index);
  std::string members;
  for (size_t i = list.first; i < list.end(); ++i)
    members += fmt::format(" {} {}", quote(source.fields[i].name), toString(source.fields[i].type));
  return fmt::format("field {} of{}", quote(source.fields[index].name), members);
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
    case NodeKind::Field: return fieldKey(info.sources[graph.node(graph.args(id)[0]).index], node.index);
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
      args.emplace_back(numbers[arg], isCall ? meeting(node.resolution, args.size()) : "");
    if (isCall && node.op->commutative) std::ranges::sort(args);
    std::string key = fmt::format("{} : {} @{}", leafKey(graph, id), node.type.isRow() ? "row" : toString(node.type),
                                  scopeName(node.scope));
    for (auto [number, how] : args) fmt::format_to(std::back_inserter(key), " {}{}", how, number);
    numbers[id] = numbers_.try_emplace(std::move(key), static_cast<uint32_t>(numbers_.size())).first->second;
  }
  return numbers;
}

}  // namespace featc
