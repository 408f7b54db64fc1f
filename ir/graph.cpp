// SPDX-License-Identifier: Apache-2.0
// The DAG that a config becomes: typed nodes in topological order, hash-consed on building.
#include "ir/graph.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace featc {

namespace {

uint64_t mix(uint64_t h, uint64_t v) { return combineHashes(h, v); }

// What an int64 constant (or a list or map of them) becomes where float64 is wanted.
Value toFloat(const Value& v) {
  if (v.isInt()) return Value::of(static_cast<double>(v.asInt()));
  if (v.isList()) {
    Value::Elements out;
    for (const Value& e : v.asList()) out.push_back(toFloat(e));
    return Value::list(std::move(out));
  }
  if (v.isMap()) {
    Value::Entries out;
    for (const auto& [key, value] : v.asMap()) out.emplace_back(key, toFloat(value));
    return Value::map(std::move(out));
  }
  return v;
}

// The parameter type of argument `arg` as the operator sees it, a list of it where the call lifts over that
// argument; None where the overload takes arguments of any type.
Type wantedType(const Overload& overload, const Resolution& r, size_t arg) {
  if (overload.anyArgs) return {};
  Type t = overload.params[overload.paramOfArg(arg)];
  return (r.liftMask >> arg & 1U) != 0 ? Type::list(t) : t;
}

}  // namespace

NodeId Graph::addConstant(Value value, Type type, Span origin) {
  type = type.withNullable(value.isMissing());
  Node node;
  node.kind = NodeKind::Constant;
  node.type = type;
  node.origin = origin;
  node.index = static_cast<uint32_t>(constants_.size());
  constants_.push_back(std::move(value));
  NodeId id = intern(node, {});
  // An equal constant was there already: its value stays, the new one goes.
  if (nodes_[id].index != node.index) constants_.pop_back();
  return id;
}

NodeId Graph::addInput(uint32_t input, Span origin) {
  Node node;
  node.kind = NodeKind::Input;
  node.index = input;
  node.scope = info_.inputs[input].scope;
  node.type = info_.inputs[input].type.plain();
  node.origin = origin;
  return intern(node, {});
}

NodeId Graph::addRead(uint32_t source, std::span<const NodeId> keys, Span origin) {
  Node node;
  node.kind = NodeKind::Read;
  node.index = source;
  // A store may answer differently from call to call, so even a constant key is read per request.
  node.scope = Scope::Request;
  bool aligned = false;
  for (NodeId key : keys) aligned = aligned || nodes_[key].type.isList();
  node.type = Type::row(source, aligned);
  node.origin = origin;
  node.level = 1;
  for (NodeId key : keys) node.level = std::max(node.level, nodes_[key].level + 1);
  return intern(node, keys);
}

NodeId Graph::addField(NodeId read, uint32_t field, Span origin) {
  const Node& row = nodes_[read];
  Node node;
  node.kind = NodeKind::Field;
  node.index = field;
  Type t = info_.sources[row.index].fields[field].type.plain();
  node.type = (row.type.rowAligned() ? Type::list(t.present()) : t).withNullable();
  node.origin = origin;
  return intern(node, std::span<const NodeId>(&read, 1));
}

NodeId Graph::addCall(const Operator& op, const CallResolution& resolution, std::span<const NodeId> args, Span origin) {
  Node node;
  node.kind = NodeKind::Call;
  node.op = &op;
  node.resolution = resolution;
  node.resolution.convertMask = 0;
  std::vector<Type> types;
  types.reserve(args.size());
  for (NodeId arg : args) types.push_back(nodes_[arg].type);
  node.type = callType(op, resolution, types);
  node.origin = origin;
  return intern(node, args);
}

NodeId Graph::callEach(const Operator& op, uint64_t mapMask, std::span<const NodeId> given, Span origin) {
  std::vector<NodeId> args(given.begin(), given.end());
  if (args.size() < op.params.size()) args.resize(op.params.size(), kNoNode);
  std::vector<Type> types;
  types.reserve(args.size());
  for (NodeId arg : args) types.push_back(arg == kNoNode ? Type() : nodes_[arg].type);
  std::optional<Resolution> found = resolve(op, seenTypes(mapMask, types), info_.semantics);
  if (!found) return kNoNode;
  CallResolution resolution(*found, mapMask);
  const Overload& overload = op.overloads[resolution.overload];
  // Optional parameters that this overload does not have were left out.
  if (!overload.variadic && args.size() > overload.params.size()) args.resize(overload.params.size());
  for (size_t i = 0; i < args.size(); ++i) {
    Type want = wantedType(overload, resolution, i);
    if (args[i] == kNoNode) {
      args[i] = addConstant(Value::missing(), want, origin);
    } else if ((resolution.convertMask >> i & 1U) != 0) {
      if (isConstant(args[i]) && !resolution.maps(i)) {
        args[i] = addConstant(toFloat(constant(args[i])), want, nodes_[args[i]].origin);
      } else {
        uint64_t each = resolution.maps(i) ? 1 : 0;
        args[i] = callEach(*operators().find("float"), each, {&args[i], 1}, nodes_[args[i]].origin);
      }
    } else if (isConstant(args[i]) && !resolution.maps(i) && !nodes_[args[i]].type.same(want) && !want.isNone()) {
      // An empty literal has no element type of its own.
      args[i] = addConstant(constant(args[i]), want, nodes_[args[i]].origin);
    }
  }
  if (mapMask == 0) return addCall(op, resolution, args, origin);
  types.clear();
  for (NodeId arg : args) types.push_back(nodes_[arg].type);
  if (isLiftedCall(op, resolution, types, info_.semantics)) {
    resolution.liftMask = mapMask;
    resolution.mapMask = 0;
  }
  return addCall(op, resolution, args, origin);
}

NodeId Graph::intern(Node node, std::span<const NodeId> args) {
  for (NodeId arg : args) {
    const Node& a = nodes_[arg];
    node.scope = std::max(node.scope, a.scope);
    node.level = std::max(node.level, a.level);
  }
  if (2 * (nodes_.size() + 1) > interned_.size()) growInterned();
  uint64_t hash = hashOf(node, args);
  size_t mask = interned_.size() - 1;
  size_t at = hash & mask;
  for (; interned_[at] != kNoNode; at = (at + 1) & mask) {
    NodeId known = interned_[at];
    if (hashes_[known] == hash && equal(node, args, nodes_[known], this->args(known))) return known;
  }
  node.firstArg = static_cast<uint32_t>(args_.size());
  node.argCount = static_cast<uint32_t>(args.size());
  // `args` may lie in args_, which moves when it grows.
  std::less<const NodeId*> before;
  bool inside = !args_.empty() && !before(args.data(), args_.data()) && before(args.data(), &args_.back() + 1);
  size_t offset = inside ? static_cast<size_t>(args.data() - args_.data()) : 0;
  args_.resize(args_.size() + args.size());
  std::copy_n(inside ? args_.data() + offset : args.data(), args.size(), args_.data() + node.firstArg);
  nodes_.push_back(node);
  hashes_.push_back(hash);
  return interned_[at] = static_cast<NodeId>(nodes_.size() - 1);
}

void Graph::growInterned() {
  interned_.assign(std::max<size_t>(64, 2 * interned_.size()), kNoNode);
  size_t mask = interned_.size() - 1;
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    size_t at = hashes_[id] & mask;
    while (interned_[at] != kNoNode) at = (at + 1) & mask;
    interned_[at] = id;
  }
}

bool Graph::equal(const Node& a, std::span<const NodeId> argsA, const Node& b, std::span<const NodeId> argsB) const {
  if (a.kind != b.kind || a.type != b.type || a.op != b.op || !std::ranges::equal(argsA, argsB)) return false;
  switch (a.kind) {
    case NodeKind::Constant: return constants_[a.index] == constants_[b.index];
    case NodeKind::Call: return a.resolution.sameAs(b.resolution);
    case NodeKind::Input:
    case NodeKind::Read:
    case NodeKind::Field: break;
  }
  return a.index == b.index;
}

uint64_t Graph::hashOf(const Node& node, std::span<const NodeId> args) const {
  uint64_t h = mix(static_cast<uint64_t>(node.kind), node.type.code());
  switch (node.kind) {
    case NodeKind::Constant: h = mix(h, constants_[node.index].hash()); break;
    case NodeKind::Call:
      h = mix(h, std::bit_cast<uintptr_t>(node.op));
      h = mix(h, node.resolution.overload);
      h = mix(h, node.resolution.mapMask);
      break;
    case NodeKind::Input:
    case NodeKind::Read:
    case NodeKind::Field: h = mix(h, node.index); break;
  }
  for (NodeId arg : args) h = mix(h, arg);
  return h;
}

}  // namespace featc
