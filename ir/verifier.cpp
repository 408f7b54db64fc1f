// SPDX-License-Identifier: Apache-2.0
// Checks what every pass and engine relies on; what it finds is a mistake of the compiler.
#include "ir/verifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>

#include "ir/text.h"
#include "support/print_error.h"

namespace featc {
namespace {

class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph) {}

  std::vector<std::string> run() {
    for (NodeId id = 0; id < graph_.size(); ++id) {
      if (checkArgs(id) && checkKind(id)) {
        checkScopeAndLevel(id);
        checkDistinct(id);
      }
    }
    checkOutputs();
    return std::move(problems_);
  }

 private:
  template <class... A>
  bool problem(NodeId id, fmt::format_string<A...> text, A&&... args) {
    problems_.push_back(fmt::format("%{}: {}", id, fmt::format(text, std::forward<A>(args)...)));
    return false;
  }

  bool checkArgs(NodeId id) {
    for (NodeId arg : graph_.args(id)) {
      if (arg >= id) return problem(id, "argument %{} does not come before it", arg);
    }
    return true;
  }

  // The rules of the node's kind; false when the node cannot be looked at any further.
  bool checkKind(NodeId id) {
    const Node& node = graph_.node(id);
    const ProgramInfo& info = graph_.info();
    if (node.kind != NodeKind::Call && node.op != nullptr) return problem(id, "has an operator but is not a call");
    switch (node.kind) {
      case NodeKind::Constant: return checkConstant(id);
      case NodeKind::Input:
        if (node.argCount != 0) return problem(id, "an input has no arguments");
        if (node.index >= info.inputs.size()) return problem(id, "input {} does not exist", node.index);
        return checkType(id, info.inputs[node.index].type.plain());
      case NodeKind::Read: return checkRead(id);
      case NodeKind::Field: return checkField(id);
      case NodeKind::Call: return checkCall(id);
    }
    return false;
  }

  bool checkType(NodeId id, Type wanted) {
    Type type = graph_.node(id).type;
    if (type == wanted) return true;
    return problem(id, "has type {}, its arguments make it {}", toString(type), toString(wanted));
  }

  bool checkConstant(NodeId id) {
    const Node& node = graph_.node(id);
    if (node.argCount != 0) return problem(id, "a constant has no arguments");
    const Value& value = graph_.constant(id);
    if (!fits(value, node.type)) {
      return problem(id, "{} is not of type {}", constantText(value), toString(node.type));
    }
    if (node.type.nullable() != value.isMissing()) return problem(id, "a constant has a \"?\" only if it is missing");
    return true;
  }

  // Nesting is bounded by what a type can say.
  static bool fits(const Value& value, Type type) {
    if (value.isMissing()) return true;
    switch (type.kind()) {
      case Kind::Bool: return value.isBool();
      case Kind::Int64: return value.isInt();
      case Kind::Float64: return value.isFloat();
      case Kind::String: return value.isString();
      case Kind::List:
        return value.isList() && std::ranges::all_of(value.asList(), [&](auto& v) { return fits(v, type.element()); });
      case Kind::Map:
        return value.isMap() && std::ranges::all_of(value.asMap(), [&](auto& entry) {
                 return !entry.first.isMissing() && fits(entry.first, type.key()) && fits(entry.second, type.value());
               });
      default: return false;
    }
  }

  bool checkRead(NodeId id) {
    const Node& node = graph_.node(id);
    if (node.index >= graph_.info().sources.size()) return problem(id, "source {} does not exist", node.index);
    const SourceInfo& source = graph_.info().sources[node.index];
    auto args = graph_.args(id);
    if (args.size() != source.keys.size()) {
      return problem(id, "source {} has {} keys, not {}", source.name, source.keys.size(), args.size());
    }
    bool aligned = false;
    for (size_t i = 0; i < args.size(); ++i) {
      Type type = graph_.node(args[i]).type;
      aligned = aligned || type.isList();
      if (!type.same(source.keys[i].type) && !type.same(Type::list(source.keys[i].type))) {
        problem(id, "key {} is {}, not {}", source.keys[i].name, toString(type), toString(source.keys[i].type));
      }
    }
    return checkType(id, Type::row(node.index, aligned));
  }

  bool checkField(NodeId id) {
    const Node& node = graph_.node(id);
    if (node.argCount != 1 || graph_.node(graph_.args(id)[0]).kind != NodeKind::Read) {
      return problem(id, "a field has one argument, a read");
    }
    const Node& read = graph_.node(graph_.args(id)[0]);
    if (read.index >= graph_.info().sources.size()) return false;
    const SourceInfo& source = graph_.info().sources[read.index];
    if (node.index >= source.fields.size()) {
      return problem(id, "source {} has no field {}", source.name, node.index);
    }
    Type type = source.fields[node.index].type.plain();
    return checkType(id, (read.type.rowAligned() ? Type::list(type.present()) : type).withNullable());
  }

  bool checkCall(NodeId id) {
    const Node& node = graph_.node(id);
    if (node.op == nullptr) return problem(id, "a call has no operator");
    const Operator& op = *node.op;
    if (node.resolution.overload >= op.overloads.size())
      return problem(id, "overload {} does not exist", node.resolution.overload);
    const Overload& overload = op.overloads[node.resolution.overload];
    if (!overload.isPartOf(graph_.info().semantics))
      return problem(id, "{} is not part of semantics {}", signature(op, overload), graph_.info().semantics);
    auto args = graph_.args(id);
    // Parameters that the overload does not have were left out: their arguments have no type.
    size_t given = args.size();
    while (given > overload.params.size() && graph_.node(args[given - 1]).type.isNone()) --given;
    if (given < overload.params.size() || (given > overload.params.size() && !overload.variadic)) {
      return problem(id, "{} takes {} arguments, not {}", op.name, overload.params.size(), given);
    }
    if (args.size() > kMaxArguments) return problem(id, "more than {} arguments", kMaxArguments);
    if (node.resolution.liftMask != 0 && overload.liftedKernel == nullptr) {
      return problem(id, "{} does not map over lists", op.name);
    }
    std::vector<Type> types;
    for (size_t i = 0; i < args.size(); ++i) {
      types.push_back(graph_.node(args[i]).type);
      if (node.resolution.maps(i) && !types.back().isList())
        return problem(id, "argument {} of {} is mapped over, but is not a list", i + 1, op.name);
      if (i < given) checkArgument(id, i);
    }
    if (args.size() < 64 && node.resolution.mapMask >> args.size() != 0)
      return problem(id, "{} maps over an argument that it does not have", op.name);
    return checkType(id, callType(op, node.resolution, types));
  }

  void checkArgument(NodeId id, size_t index) {
    const Node& node = graph_.node(id);
    const Operator& op = *node.op;
    const Overload& overload = op.overloads[node.resolution.overload];
    const Node& arg = graph_.node(graph_.args(id)[index]);
    Type wanted = overload.params[overload.paramOfArg(index)];
    if ((node.resolution.liftMask >> index & 1U) != 0) wanted = Type::list(wanted);
    Type seen = node.resolution.maps(index) ? arg.type.element() : arg.type;
    bool isAny = overload.anyArgs && (seen.isScalar() || (seen.isList() && seen.element().isScalar()));
    if (!isAny && !seen.same(wanted)) {
      problem(id, "argument {} of {} is {}, not {}", index + 1, op.name, toString(seen), toString(wanted));
    }
    bool isConstant = op.params[op.paramOfArg(index)].isConstant;
    if (isConstant && (arg.scope != Scope::Constant || node.resolution.maps(index))) {
      problem(id, "argument {} of {} is not a constant", index + 1, op.name);
    }
  }

  void checkScopeAndLevel(NodeId id) {
    const Node& node = graph_.node(id);
    Scope scope = Scope::Constant;
    uint32_t level = 0;
    if (node.kind == NodeKind::Input) scope = graph_.info().inputs[node.index].scope;
    if (node.kind == NodeKind::Read) scope = Scope::Request;
    for (NodeId arg : graph_.args(id)) {
      scope = std::max(scope, graph_.node(arg).scope);
      level = std::max(level, graph_.node(arg).level);
    }
    if (node.kind == NodeKind::Read) ++level;
    if (node.scope != scope)
      problem(id, "has scope {}, its arguments make it {}", scopeName(node.scope), scopeName(scope));
    if (node.level != level) problem(id, "has level {}, its arguments make it {}", node.level, level);
  }

  void checkDistinct(NodeId id) {
    uint64_t hash = hashOf(id);
    auto [first, last] = seen_.equal_range(hash);
    for (auto it = first; it != last; ++it) {
      if (equalNodes(it->second, id)) problem(id, "is the same as %{}", it->second);
    }
    seen_.emplace(hash, id);
  }

  uint64_t hashOf(NodeId id) const {
    const Node& node = graph_.node(id);
    uint64_t h = combineHashes(static_cast<uint64_t>(node.kind), node.type.code());
    if (node.kind == NodeKind::Constant) {
      h = combineHashes(h, graph_.constant(id).hash());
    } else {
      h = combineHashes(h, node.kind == NodeKind::Call ? node.resolution.overload : node.index);
    }
    for (NodeId arg : graph_.args(id)) h = combineHashes(h, arg);
    return h;
  }

  bool equalNodes(NodeId left, NodeId right) const {
    const Node& a = graph_.node(left);
    const Node& b = graph_.node(right);
    if (a.kind != b.kind || a.type != b.type || a.op != b.op) return false;
    if (!std::ranges::equal(graph_.args(left), graph_.args(right))) return false;
    if (a.kind == NodeKind::Constant) return graph_.constant(left) == graph_.constant(right);
    if (a.kind != NodeKind::Call) return a.index == b.index;
    return a.resolution.sameAs(b.resolution);
  }

  void checkOutputs() {
    const auto& infos = graph_.info().outputs;
    const auto& values = graph_.outputs();
    if (infos.size() != values.size()) {
      problems_.push_back(fmt::format("{} outputs are declared, {} have a value", infos.size(), values.size()));
      return;
    }
    for (size_t i = 0; i < infos.size(); ++i) {
      auto report = [&](const std::string& what) {
        problems_.push_back(fmt::format("output {}: {}", infos[i].name, what));
      };
      if (values[i] >= graph_.size()) {
        report(fmt::format("its value %{} does not exist", values[i]));
        continue;
      }
      const Node& value = graph_.node(values[i]);
      if (auto what = outputProblem(infos[i], value.type)) report(*what);
      if (infos[i].type != value.type) {
        report(fmt::format("is declared {}, its value is {}", toString(infos[i].type), toString(value.type)));
      }
      if (infos[i].scope != value.scope) {
        report(fmt::format("has scope {}, its value {}", scopeName(infos[i].scope), scopeName(value.scope)));
      }
    }
  }

  const Graph& graph_;
  std::vector<std::string> problems_;
  std::unordered_multimap<uint64_t, NodeId> seen_;
};

}  // namespace

bool isFieldType(Type type) {
  if (nestingDepth(type) > kMaxFieldNesting) return false;
  switch (type.kind()) {
    case Kind::List: return isFieldType(type.element());
    case Kind::Map: return isMapKey(type.key()) && isFieldType(type.value());
    default: return type.isScalar();
  }
}

std::optional<std::string> outputProblem(const OutputInfo& output, Type value) {
  bool hasSlot = output.kind != OutputKind::Dense;
  if (hasSlot && (output.slot < 1 || output.slot > kMaxSlot)) return fmt::format("slot {} does not exist", output.slot);
  if (!hasSlot && (output.slot != 0 || output.shared || output.countLostBits)) return "a dense output has no slot";
  if (output.missing && output.kind != OutputKind::Sparse) return "only a sparse output has a payload for missing";
  if (output.missing && losesBits(*output.missing)) return "the payload for missing is beyond 44 bits";
  bool isDense = output.kind == OutputKind::Dense;
  if (isDense ? output.width < 1 || (!output.hasWidth && output.width != 1) : output.hasWidth) return "bad width";
  if (!std::isfinite(output.defaultValue)) return "the default is not finite";
  if (!isDense && output.defaultValue != 0) return "only a dense output has a default";
  bool hasLength = output.kind == OutputKind::Sequence || !output.group.empty();
  if (hasLength ? output.length < 1 : output.length != 0) return "bad length";
  if (output.padLeft && !hasLength) return "only what has a length is padded";
  if (!output.group.empty() && output.kind == OutputKind::Sequence) return "a sequence belongs to no group";
  if (!output.group.empty() && !value.isList()) return "an output of a sequence group emits the elements of a list";
  if (uint64_t{output.width} * std::max(output.length, 1U) > kMaxGroupWidth && !output.group.empty())
    return fmt::format("length times width is beyond {}", kMaxGroupWidth);

  Type int64 = Type::int64();
  Type single = output.group.empty() ? value : value.element();
  bool legal = false;
  switch (output.kind) {
    case OutputKind::Sparse:
      legal = single.same(int64) || single.same(Type::list(int64)) || single.same(Type::weighted(int64));
      break;
    case OutputKind::Dense: legal = single.same(Type::float64()) || single.same(Type::list(Type::float64())); break;
    case OutputKind::Sequence: legal = single.same(Type::list(int64)); break;
  }
  if (!legal) return fmt::format("a {} output cannot emit {}", outputKindName(output.kind), toString(value));
  return std::nullopt;
}

std::vector<std::string> verify(const Graph& graph) { return Verifier(graph).run(); }

void verifyOrDie(const Graph& graph, const char* when) {
  std::vector<std::string> problems = verify(graph);
  if (problems.empty()) return;
  printError("featc: internal error after {}:\n", when);
  for (const std::string& problem : problems) printError("  {}\n", problem);
  // A node whose arguments do not exist cannot be written down.
  bool printable = true;
  for (NodeId id = 0; id < graph.size(); ++id) {
    for (NodeId arg : graph.args(id)) printable = printable && arg < id;
  }
  if (printable && graph.outputs().size() == graph.info().outputs.size()) {
    printError("{}", toText(graph));
  }
  std::abort();
}

}  // namespace featc
