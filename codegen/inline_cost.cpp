// SPDX-License-Identifier: Apache-2.0
// Whether a node can be computed in vector registers, and how many operations that takes.
#include "codegen/inline_cost.h"

#include <vector>

namespace featc {

namespace {

// Every value is the same dummy; only the operations are counted.
class CountingInline final : public Inline {
 public:
  CountingInline(const OpState* state, HashFamily family) : state_(state), family_(family) {}
  uint32_t operations() const { return operations_; }
  static V dummy() {
    static char something;
    return {&something};
  }

  V constInt(int64_t) override { return dummy(); }
  V constFloat(double) override { return dummy(); }
  V constBool(bool) override { return dummy(); }
  V add(V, V) override { return count(); }
  V sub(V, V) override { return count(); }
  V mul(V, V) override { return count(); }
  V bitAnd(V, V) override { return count(); }
  V bitOr(V, V) override { return count(); }
  V bitXor(V, V) override { return count(); }
  V shiftLeft(V, unsigned) override { return count(); }
  V shiftRightUnsigned(V, unsigned) override { return count(); }
  V compare(IntCompare, V, V) override { return count(); }
  V fadd(V, V) override { return count(); }
  V fsub(V, V) override { return count(); }
  V fmul(V, V) override { return count(); }
  V fdiv(V, V) override { return count(); }
  V fneg(V) override { return count(); }
  V fabs(V) override { return count(); }
  V sqrt(V) override { return count(); }
  V floor(V) override { return count(); }
  V ceil(V) override { return count(); }
  V trunc(V) override { return count(); }
  V compare(FloatCompare, V, V) override { return count(); }
  V bitsOfFloat(V) override { return count(); }
  V floatOfBits(V) override { return count(); }
  V intToFloat(V) override { return count(); }
  V floatToInt(V) override { return count(); }
  V boolToInt(V) override { return count(); }
  V logicalAnd(V, V) override { return count(); }
  V logicalOr(V, V) override { return count(); }
  V logicalNot(V) override { return count(); }
  V select(V, V, V) override { return count(); }
  const OpState* state() const override { return state_; }
  HashFamily hashFamily() const override { return family_; }

 private:
  V count() {
    ++operations_;
    return dummy();
  }
  const OpState* state_;
  HashFamily family_;
  uint32_t operations_ = 0;
};

bool fitsRegister(Type type) { return type.is(Kind::Bool) || type.is(Kind::Int64) || type.is(Kind::Float64); }

}  // namespace

InlineCost inlineCost(const Graph& graph, NodeId id, ConstantEvaluator& evaluator) {
  const Node& node = graph.node(id);
  if (node.kind != NodeKind::Call || node.resolution.liftMask != 0 || !fitsRegister(node.type)) return {};
  if (!node.op->overloads[node.resolution.overload].canInline()) return {};
  std::vector<InlineTerm> args;
  for (NodeId arg : valueArgs(graph, id)) {
    Type type = graph.node(arg).type;
    if (!fitsRegister(type)) return {};
    args.push_back({CountingInline::dummy(), type.nullable() ? CountingInline::dummy() : InlineValue{}});
  }
  Prepared prepared = prepareState(graph, id, evaluator);
  CountingInline counter(prepared.state.get(), graph.info().hashFamily);
  if (!lowerInline(counter, graph, id, args.data()).value) return {};
  return {true, counter.operations() + 1};
}

InlineTerm lowerInline(Inline& builder, const Graph& graph, NodeId call, const InlineTerm* args) {
  const Node& node = graph.node(call);
  const Overload& overload = node.op->overloads[node.resolution.overload];
  std::vector<InlineTerm> terms;
  std::vector<InlineValue> values;
  InlineValue valid;
  size_t at = 0;
  for (size_t i = 0; i < node.argCount; ++i) {
    if (node.op->params[node.op->paramOfArg(i)].isConstant) continue;
    size_t param = overload.paramOfArg(i);
    InlineTerm term = args[at++];
    if (overload.finite[param]) term.valid = builder.both(term.valid, builder.isFinite(term.value));
    if (overload.strict[param]) valid = builder.both(valid, term.valid);
    terms.push_back(term);
    values.push_back(term.value);
  }
  if (overload.inlined != nullptr) return {overload.inlined(builder, values.data()), valid};
  InlineTerm result = overload.inlinedFull(builder, terms.data());
  result.valid = builder.both(result.valid, valid);
  return result;
}

}  // namespace featc
