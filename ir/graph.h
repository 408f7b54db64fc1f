// SPDX-License-Identifier: Apache-2.0
// The DAG that a config becomes: typed nodes in topological order, hash-consed on building.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ops/mapped_call.h"
#include "runtime/program_info.h"
#include "support/source.h"

namespace featc {

using NodeId = uint32_t;
inline constexpr NodeId kNoNode = UINT32_MAX;

enum class NodeKind : uint8_t {
  Constant,  // a value of the graph's constant table
  Input,     // a field of the request or item schema
  Read,      // a row of a source, by a key: `read user_profile(%key)`
  Field,     // a field of a read row
  Call,      // an operator
};

struct Node {
  NodeKind kind = NodeKind::Constant;
  Scope scope = Scope::Constant;
  Type type;
  // Constant: index in constants(). Input: index in info().inputs. Read: index in info().sources.
  // Field: index in the source's fields. Call: unused.
  uint32_t index = 0;
  const Operator* op = nullptr;  // of a call
  CallResolution resolution;     // of a call
  uint32_t firstArg = 0;         // in the graph's argument table
  uint32_t argCount = 0;
  // How many reads must have come back, one after another, before this value can be computed.
  uint32_t level = 0;
  Span origin;  // the expression it came from; informative, no part of equality
};

// Weighted ids, or a list of them: no constant holds such a value.
constexpr bool holdsWeighted(Type type) { return type.isWeighted() || (type.isList() && type.element().isWeighted()); }

// One output of the config: the clauses are info().outputs[i], the value is a node.
class Graph {
 public:
  // Names, schema, sources and output clauses. An output's type and scope there are its value's, so a
  // pass that finds a narrower scope changes them: run a graph with its own info.
  ProgramInfo& info() { return info_; }
  const ProgramInfo& info() const { return info_; }

  size_t size() const { return nodes_.size(); }
  const Node& node(NodeId id) const { return nodes_[id]; }
  std::span<const NodeId> args(NodeId id) const {
    const Node& n = nodes_[id];
    return std::span<const NodeId>(args_).subspan(n.firstArg, n.argCount);
  }
  const Value& constant(NodeId id) const { return constants_[nodes_[id].index]; }
  bool isConstant(NodeId id) const { return nodes_[id].kind == NodeKind::Constant; }
  // One node an output, in the order of info().outputs.
  const std::vector<NodeId>& outputs() const { return outputs_; }
  void addOutput(NodeId value) { outputs_.push_back(value); }
  void setOutputs(std::vector<NodeId> outputs) { outputs_ = std::move(outputs); }

  void setOrigin(NodeId id, Span origin) { nodes_[id].origin = origin; }

  // Each returns the existing node when an equal one is there already.
  NodeId addConstant(Value value, Type type, Span origin = {});
  NodeId addInput(uint32_t input, Span origin = {});
  NodeId addRead(uint32_t source, std::span<const NodeId> keys, Span origin = {});
  NodeId addField(NodeId read, uint32_t field, Span origin = {});
  // `args` match the record's parameters one to one (missing constants where left out) and are
  // already converted: a float64 parameter gets float64.
  NodeId addCall(const Operator& op, const CallResolution& resolution, std::span<const NodeId> args, Span origin = {});
  // Resolves the overload, converts int64 arguments to float64 and fills left-out parameters.
  // kNoNode when no overload fits.
  NodeId call(const Operator& op, std::span<const NodeId> args, Span origin = {}) {
    return callEach(op, 0, args, origin);
  }
  // The same, computed element by element: of the arguments in `mapMask`, lists, the operator takes one element
  // at a time. Where a call that maps over these lists does just that, it becomes that call.
  NodeId callEach(const Operator& op, uint64_t mapMask, std::span<const NodeId> args, Span origin = {});

 private:
  NodeId intern(Node node, std::span<const NodeId> args);
  bool equal(const Node& a, std::span<const NodeId> argsA, const Node& b, std::span<const NodeId> argsB) const;
  uint64_t hashOf(const Node& node, std::span<const NodeId> args) const;
  void growInterned();

  ProgramInfo info_;
  std::vector<Node> nodes_;
  std::vector<NodeId> args_;
  std::vector<Value> constants_;
  std::vector<NodeId> outputs_;
  std::vector<uint64_t> hashes_;  // by node
  std::vector<NodeId> interned_;  // open addressing; kNoNode: free
};

}  // namespace featc
