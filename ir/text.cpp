// SPDX-License-Identifier: Apache-2.0
// Writes a graph in its text form.
#include "ir/text.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <iterator>

#include "ops/extern_fn.h"

namespace featc {
namespace {

// Comments start in this column where the line is short enough.
constexpr size_t kCommentColumn = 48;

bool isPlainName(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name[0])) return false;
  for (char c : name) {
    if (!letter(c) && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

// A name, in backquotes where it is not a plain word.
std::string nameText(std::string_view name) {
  if (isPlainName(name)) return std::string(name);
  std::string out = "`";
  for (char c : name) {
    if (c == '`' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out + '`';
}

// Shortest digits that read back to the same bits. Unlike formatFloat it keeps the sign of -0 and
// the bits of a NaN, which the language never shows.
std::string floatText(double v) {
  if (std::isnan(v)) return fmt::format("nan(0x{:016x})", std::bit_cast<uint64_t>(v));
  std::array<char, 32> buffer{};
  auto [end, code] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), v);
  return {buffer.data(), end};
}

std::string argsText(const Graph& graph, NodeId id) {
  std::string out;
  auto args = graph.args(id);
  const CallResolution& resolution = graph.node(id).resolution;
  for (size_t i = 0; i < args.size(); ++i)
    out += fmt::format("{}{}%{}", i == 0 ? "" : ", ", resolution.maps(i) ? "each " : "", args[i]);
  return out;
}

std::string typeText(Type type) {
  if (type.isRow()) return type.rowAligned() ? "rows" : "row";
  return toString(type);
}

// What is to the right of the equals sign and left of the type.
std::string expressionText(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const ProgramInfo& info = graph.info();
  switch (node.kind) {
    case NodeKind::Constant: return fmt::format("const {}", constantText(graph.constant(id)));
    case NodeKind::Input: {
      const InputInfo& input = info.inputs[node.index];
      return fmt::format("input {}.{}", scopeName(input.scope), nameText(input.name));
    }
    case NodeKind::Read:
      return fmt::format("read {}({})", nameText(info.sources[node.index].name), argsText(graph, id));
    case NodeKind::Field: {
      NodeId read = graph.args(id)[0];
      const SourceInfo& source = info.sources[graph.node(read).index];
      return fmt::format("field %{}.{}", read, nameText(source.fields[node.index].name));
    }
    case NodeKind::Call: break;
  }
  std::string args = argsText(graph, id);
  std::string name = isExtern(*node.op) ? "extern " + nameText(node.op->name) : std::string(node.op->name);
  return args.empty() ? name : fmt::format("{} {}", name, args);
}

std::string memberText(const std::string& structList) {
  return structList.empty() ? std::string() : fmt::format(" member_of {}", nameText(structList));
}

// An item's scope goes without saying, and so does a leaf's.
bool showsScope(const Node& node) {
  return node.scope != Scope::Item && node.kind != NodeKind::Constant && node.kind != NodeKind::Input;
}

void appendHeader(std::string& out, const ProgramInfo& info) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "semantics {}\n", info.semantics);
  if (!info.model.empty()) fmt::format_to(to, "model {}\n", nameText(info.model));
  if (info.fingerprint != 0) fmt::format_to(to, "fingerprint \"{}\"\n", fingerprintText(info.fingerprint));
  fmt::format_to(to, "hash_family {}\n", hashFamilyName(info.hashFamily));
  for (const InputInfo& input : info.inputs) {
    fmt::format_to(to, "schema {}.{} : {}{}\n", scopeName(input.scope), nameText(input.name), toString(input.type),
                   memberText(input.structList));
  }
  for (const SourceInfo& source : info.sources) {
    std::string keys;
    for (const SourceField& key : source.keys) {
      keys += fmt::format("{}{}: {}", keys.empty() ? "" : ", ", nameText(key.name), toString(key.type));
    }
    fmt::format_to(to, "source {}({}) encoding {} key {}{}\n", nameText(source.name), keys,
                   source.encoding == Encoding::Json ? "json" : "hash", source.keyEscaped ? "escaped " : "",
                   quote(source.keyPattern));
    for (const SourceField& field : source.fields) {
      fmt::format_to(to, "field {}.{} : {}{}\n", nameText(source.name), nameText(field.name), toString(field.type),
                     memberText(field.structList));
    }
  }
}

// `extern fn f(a: string) -> float64 from "lib.so" content "..."`
void appendExtern(std::string& out, const ExternFn& fn) {
  std::string params;
  for (const ExternParam& p : fn.decl.params)
    params += fmt::format("{}{}: {}", params.empty() ? "" : ", ", nameText(p.name), toString(p.type));
  fmt::format_to(std::back_inserter(out), "extern fn {}({}) -> {} from {} content {}\n", nameText(fn.decl.name), params,
                 toString(fn.decl.result), quote(fn.decl.library), quote(fn.content));
}

void appendOutput(std::string& out, const OutputInfo& output, NodeId value) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "output {} {}", outputKindName(output.kind), nameText(output.name));
  if (!output.group.empty()) fmt::format_to(to, " group {}", nameText(output.group));
  if (output.slot != 0) fmt::format_to(to, " slot {}", output.slot);
  if (output.shared) out += " shared";
  if (output.missing) fmt::format_to(to, " missing {}", *output.missing);
  if (output.length != 0) fmt::format_to(to, " length {}", output.length);
  if (output.padLeft) out += " pad_left";
  if (output.hasWidth) fmt::format_to(to, " width {}", output.width);
  if (std::bit_cast<uint64_t>(output.defaultValue) != 0) {
    fmt::format_to(to, " default {}", floatText(output.defaultValue));
  }
  if (output.countLostBits) out += " count_lost_bits";
  if (output.mayRound) out += " may_round";
  fmt::format_to(to, " %{}\n", value);
}

void appendOrigin(std::string& out, size_t lineStart, Span origin, const Sources& sources) {
  if (origin.begin == origin.end || origin.file >= sources.size()) return;
  size_t length = out.size() - lineStart;
  out.append(length < kCommentColumn ? kCommentColumn - length : 1, ' ');
  LineColumn at = sources.file(origin.file).locate(origin.begin);
  fmt::format_to(std::back_inserter(out), "# {}:{}:{}", sources.file(origin.file).path(), at.line, at.column);
}

}  // namespace

std::string constantText(const Value& value) {
  if (value.isBool()) return value.asBool() ? "true" : "false";
  if (value.isInt()) return std::to_string(value.asInt());
  if (value.isFloat()) return floatText(value.asFloat());
  if (value.isString()) return quote(value.asString());
  std::string out;
  if (value.isList()) {
    for (const Value& element : value.asList())
      out += fmt::format("{}{}", out.empty() ? "" : ", ", constantText(element));
    return fmt::format("[{}]", out);
  }
  if (value.isMap()) {
    for (const auto& [key, entry] : value.asMap()) {
      out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", constantText(key), constantText(entry));
    }
    return fmt::format("{{{}}}", out);
  }
  return "missing";
}

std::string nodeText(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  std::string out = fmt::format("%{} = {} : {}", id, expressionText(graph, id), typeText(node.type));
  if (showsScope(node)) out += fmt::format(" @{}", scopeName(node.scope));
  return out;
}

std::string toText(const Graph& graph, const Sources* sources) {
  std::string out;
  appendHeader(out, graph.info());
  for (const auto& fn : graph.info().externs) appendExtern(out, *fn);
  for (NodeId id = 0; id < graph.size(); ++id) {
    size_t lineStart = out.size();
    out += nodeText(graph, id);
    if (sources != nullptr) appendOrigin(out, lineStart, graph.node(id).origin, *sources);
    out += '\n';
  }
  for (size_t i = 0; i < graph.outputs().size(); ++i) {
    appendOutput(out, graph.info().outputs[i], graph.outputs()[i]);
  }
  return out;
}

}  // namespace featc
