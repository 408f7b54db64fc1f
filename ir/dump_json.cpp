// SPDX-License-Identifier: Apache-2.0
// A graph as JSON, for tools that want to look at it.
#include "ir/dump_json.h"

#include <fmt/format.h>

#include <iterator>

#include "ir/text.h"
#include "support/json_quote.h"

namespace featc {
namespace {

// `[a, b]` over lines of its own, one an element.
template <class List, class Write>
std::string jsonArray(const List& list, std::string_view indent, Write&& write) {
  std::string out;
  for (const auto& element : list) {
    out += fmt::format("{}\n{}  {}", out.empty() ? "" : ",", indent, write(element));
  }
  return out.empty() ? "[]" : fmt::format("[{}\n{}]", out, indent);
}

std::string fieldJson(const SourceField& field) {
  return fmt::format(R"({{"name": {}, "type": {}}})", jsonQuote(field.name), jsonQuote(toString(field.type)));
}

std::string sourceJson(const SourceInfo& source) {
  return fmt::format(R"({{"name": {}, "encoding": "{}", "key": {}, "keys": {}, "fields": {}}})", jsonQuote(source.name),
                     source.encoding == Encoding::Json ? "json" : "hash", jsonQuote(source.keyPattern),
                     jsonArray(source.keys, "    ", fieldJson), jsonArray(source.fields, "    ", fieldJson));
}

std::string whatJson(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const ProgramInfo& info = graph.info();
  switch (node.kind) {
    case NodeKind::Constant:
      return fmt::format(R"("kind": "constant", "value": {})", jsonQuote(constantText(graph.constant(id))));
    case NodeKind::Input:
      return fmt::format(R"("kind": "input", "input": {})", jsonQuote(info.inputs[node.index].qualified()));
    case NodeKind::Read:
      return fmt::format(R"("kind": "read", "source": {})", jsonQuote(info.sources[node.index].name));
    case NodeKind::Field: {
      const SourceInfo& source = info.sources[graph.node(graph.args(id)[0]).index];
      return fmt::format(R"("kind": "field", "field": {})", jsonQuote(source.fields[node.index].name));
    }
    case NodeKind::Call: break;
  }
  return fmt::format(R"("kind": "call", "operator": {})", jsonQuote(node.op->name));
}

std::string nodeJson(const Graph& graph, NodeId id, const Sources* sources) {
  const Node& node = graph.node(id);
  std::string args;
  for (NodeId arg : graph.args(id)) args += fmt::format("{}{}", args.empty() ? "" : ", ", arg);
  std::string each;
  for (size_t i = 0; i < node.argCount; ++i)
    if (node.resolution.maps(i)) each += fmt::format("{}{}", each.empty() ? "" : ", ", i);
  std::string out =
      fmt::format(R"({{"id": {}, {}, "args": [{}], "type": {}, "scope": "{}", "level": {})", id, whatJson(graph, id),
                  args, jsonQuote(toString(node.type)), scopeName(node.scope), node.level);
  if (!each.empty()) out += fmt::format(R"(, "each": [{}])", each);
  if (sources != nullptr && node.origin.begin != node.origin.end && node.origin.file < sources->size()) {
    const SourceFile& file = sources->file(node.origin.file);
    LineColumn at = file.locate(node.origin.begin);
    out += fmt::format(R"(, "file": {}, "line": {}, "column": {})", jsonQuote(file.path()), at.line, at.column);
  }
  return out + '}';
}

std::string outputJson(const Graph& graph, size_t index) {
  const OutputInfo& output = graph.info().outputs[index];
  std::string out = fmt::format(R"({{"kind": "{}", "name": {}, "node": {}, "type": {}, "scope": "{}")",
                                outputKindName(output.kind), jsonQuote(output.name), graph.outputs()[index],
                                jsonQuote(toString(output.type)), scopeName(output.scope));
  auto to = std::back_inserter(out);
  if (output.kind == OutputKind::Dense) {
    fmt::format_to(to, R"(, "width": {}, "default": {})", output.width, output.defaultValue);
  } else {
    fmt::format_to(to, R"(, "slot": {}, "shared": {})", output.slot, output.shared);
  }
  if (output.missing) fmt::format_to(to, R"(, "missing": {})", *output.missing);
  if (!output.group.empty()) fmt::format_to(to, R"(, "group": {})", jsonQuote(output.group));
  if (output.length != 0) fmt::format_to(to, R"(, "length": {})", output.length);
  if (output.padLeft) out += R"(, "pad": "left")";
  return out + '}';
}

}  // namespace

std::string toJson(const Graph& graph, const Sources* sources) {
  const ProgramInfo& info = graph.info();
  std::vector<NodeId> ids(graph.size());
  for (NodeId id = 0; id < graph.size(); ++id) ids[id] = id;
  std::vector<size_t> outputs(graph.outputs().size());
  for (size_t i = 0; i < outputs.size(); ++i) outputs[i] = i;

  std::string out = fmt::format(
      "{{\n  \"semantics\": {},\n  \"model\": {},\n  \"fingerprint\": \"{}\",\n  \"hash_family\": \"{}\",\n",
      info.semantics, jsonQuote(info.model), fingerprintText(info.fingerprint), hashFamilyName(info.hashFamily));
  auto to = std::back_inserter(out);
  fmt::format_to(to, "  \"inputs\": {},\n", jsonArray(info.inputs, "  ", [](const InputInfo& input) {
                   return fmt::format(R"({{"scope": "{}", "name": {}, "type": {}}})", scopeName(input.scope),
                                      jsonQuote(input.name), jsonQuote(toString(input.type)));
                 }));
  fmt::format_to(to, "  \"sources\": {},\n", jsonArray(info.sources, "  ", sourceJson));
  fmt::format_to(to, "  \"nodes\": {},\n",
                 jsonArray(ids, "  ", [&](NodeId id) { return nodeJson(graph, id, sources); }));
  fmt::format_to(to, "  \"outputs\": {}\n}}\n",
                 jsonArray(outputs, "  ", [&](size_t i) { return outputJson(graph, i); }));
  return out;
}

}  // namespace featc
