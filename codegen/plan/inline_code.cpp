// SPDX-License-Identifier: Apache-2.0
// An operator's inline code applied to a node.
#include "codegen/plan/inline_code.h"

#include <vector>

#include "codegen/plan/vector_code.h"

namespace featc {

namespace {

bool fitsRegister(Type type) { return type.is(Kind::Bool) || type.is(Kind::Int64) || type.is(Kind::Float64); }

}  // namespace

const OpState* InlineContext::state(NodeId call) {
  auto& known = states_[call];
  if (!known) known = prepareState(graph_, call, evaluator_).state;
  return known->get();
}

InlineCost inlineCost(InlineContext& context, NodeId id) {
  const Graph& graph = context.graph();
  const Node& node = graph.node(id);
  if (node.kind != NodeKind::Call || node.resolution.makesList() || !fitsRegister(node.type)) return {};
  if (!node.op->overloads[node.resolution.overload].canInline()) return {};
  VectorCode code;
  VectorRecorder recorder(code);
  recorder.setNode(context.state(id), graph.info().hashFamily);
  std::vector<InlineTerm> args;
  for (NodeId arg : valueArgs(graph, id)) {
    Type type = graph.node(arg).type;
    if (!fitsRegister(type)) return {};
    InlineTerm term;
    term.value = VectorRecorder::handle(recorder.append(loadOf(type), 0));
    if (type.nullable()) term.valid = VectorRecorder::handle(recorder.append(VectorOp::LoadValid, 0));
    args.push_back(term);
  }
  if (!lowerInline(recorder, graph, id, args.data()).value) return {};
  uint32_t operations = 1;
  for (const VectorInstruction& i : code.instructions) operations += i.op > VectorOp::LoadValid ? 1 : 0;
  return {true, operations};
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
  InlineTerm result = overload.inlinedWithPresence(builder, terms.data());
  result.valid = builder.both(result.valid, valid);
  return result;
}

}  // namespace featc
