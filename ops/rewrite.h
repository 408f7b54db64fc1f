// SPDX-License-Identifier: Apache-2.0
// What an operator's laws see of the graph: enough to rewrite one call into others.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "values/value.h"

namespace featc {

struct Operator;

// A node of the graph under rewriting.
struct NodeRef {
  uint32_t index = 0;
  bool operator==(const NodeRef&) const = default;
};

class Rewriter {
 public:
  virtual ~Rewriter() = default;

  virtual Type type(NodeRef node) const = 0;
  // The node's value when it is a constant, else null.
  virtual const Value* constant(NodeRef node) const = 0;
  // The node's operator when it is a call, else null.
  virtual const Operator* callee(NodeRef node) const = 0;
  virtual std::span<const NodeRef> args(NodeRef node) const = 0;

  virtual NodeRef makeConstant(Value value, Type type) = 0;
  // Picks the overload by the arguments' types, as the language does.
  virtual NodeRef makeCall(std::string_view op, std::span<const NodeRef> args) = 0;
  NodeRef makeCall(std::string_view op, std::initializer_list<NodeRef> args) {
    return makeCall(op, std::span<const NodeRef>(args.begin(), args.size()));
  }
};

// An equal node for `op(args)`, equal to the last bit for every value of the arguments, or nothing.
using RewriteFn = std::optional<NodeRef> (*)(Rewriter& rewriter, std::span<const NodeRef> args);

}  // namespace featc
