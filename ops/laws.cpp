// SPDX-License-Identifier: Apache-2.0
// What the operators' laws ask about a call's arguments.
#include "ops/laws.h"

#include "ops/operator.h"

namespace featc {

bool allScalar(const Rewriter& rw, std::span<const NodeRef> args) {
  for (NodeRef a : args)
    if (!rw.type(a).isScalar()) return false;
  return true;
}

bool isBool(const Rewriter& rw, NodeRef node, bool value) {
  const Value* v = rw.constant(node);
  return v != nullptr && v->isBool() && v->asBool() == value;
}

bool isInt(const Rewriter& rw, NodeRef node, int64_t value) {
  const Value* v = rw.constant(node);
  return v != nullptr && v->isInt() && v->asInt() == value;
}

bool isFloatBits(const Rewriter& rw, NodeRef node, double value) {
  const Value* v = rw.constant(node);
  return v != nullptr && *v == Value::of(value);
}

bool neverMissing(const Rewriter& rw, NodeRef node) {
  Type t = rw.type(node);
  return !t.nullable() && !t.is(Kind::Float64);
}

std::optional<NodeRef> sameType(const Rewriter& rw, NodeRef node, NodeRef other) {
  if (!rw.type(node).same(rw.type(other))) return std::nullopt;
  return node;
}

std::optional<NodeRef> undoTwice(const Rewriter& rw, std::string_view op, std::span<const NodeRef> args) {
  const Operator* inner = rw.callee(args[0]);
  if (inner == nullptr || inner->name != op) return std::nullopt;
  NodeRef x = rw.args(args[0])[0];
  if (!rw.type(x).isScalar()) return std::nullopt;
  return x;
}

std::optional<NodeRef> foldLeft(Rewriter& rw, std::string_view step, std::span<const NodeRef> args) {
  if (args.size() < 3 || !allScalar(rw, args)) return std::nullopt;
  NodeRef acc = args[0];
  for (NodeRef next : args.subspan(1)) acc = rw.makeCall(step, {acc, next});
  return acc;
}

}  // namespace featc
