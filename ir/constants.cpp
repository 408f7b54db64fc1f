// SPDX-License-Identifier: Apache-2.0
// Values of constant-scope nodes, and what operators prepare from them.
#include "ir/constants.h"

#include <algorithm>

#include "ir/interpreter.h"

namespace featc {

namespace {

// Memory for a column of one row, and bitmaps of the group of eight it is part of.
struct OneRow {
  std::array<uint64_t, 8> cell{};
  uint8_t valid = 0;
  ColumnRef column(bool nullable) { return {cell.data(), nullable ? &valid : nullptr, true}; }
};

}  // namespace

const Value& ConstantEvaluator::value(NodeId node) {
  evaluate(node);
  return known_[node]->value;
}

bool ConstantEvaluator::failed(NodeId node) {
  evaluate(node);
  return known_[node]->failed;
}

void ConstantEvaluator::spend(const Value& value) {
  // This many bytes of text cost as much as one element.
  constexpr uint64_t kTextUnit = 32;
  spent_ += 1 + (value.isString() ? value.asString().size() / kTextUnit : 0);
  if (value.isList()) {
    for (const Value& element : value.asList()) spend(element);
  } else if (value.isMap()) {
    for (const auto& [key, element] : value.asMap()) {
      spend(key);
      spend(element);
    }
  }
}

void ConstantEvaluator::evaluate(NodeId root) {
  // A work list instead of recursion: chains of lets may be long.
  // The graph may have grown since.
  if (known_.size() < graph_.size()) known_.resize(graph_.size());
  std::vector<NodeId> pending{root};
  while (!pending.empty()) {
    NodeId id = pending.back();
    if (known_[id]) {
      pending.pop_back();
      continue;
    }
    if (graph_.isConstant(id)) {
      known_[id] = Known{graph_.constant(id), false};
      continue;
    }
    size_t before = pending.size();
    for (NodeId arg : graph_.args(id)) {
      if (!known_[arg]) pending.push_back(arg);
    }
    if (pending.size() != before) continue;

    const Node& node = graph_.node(id);
    Arena arena;
    std::vector<NodeId> args = valueArgs(graph_, id);
    std::vector<Type> types;
    std::vector<OneRow> rows(args.size());
    std::vector<ColumnRef> columns;
    for (NodeId arg : graph_.args(id)) spend(known_[arg]->value);
    if (exhausted()) {
      known_[id] = Known{Value::missing(), true};
      continue;
    }
    bool failed = false;
    for (size_t i = 0; i < args.size(); ++i) {
      types.push_back(graph_.node(args[i]).type);
      columns.push_back(rows[i].column(true));
      failed = failed || known_[args[i]]->failed;
      failed = !storeCell(known_[args[i]]->value, types[i], columns[i], 0, arena) || failed;
    }
    Prepared prepared = prepareState(graph_, id, *this);
    OneRow result;
    // Some calls whose type has no "?" are missing all the same when a limit was passed.
    ColumnRef out = result.column(true);
    out.uniform = false;
    RowStatus status = RowStatus::Ok;
    Context context = makeContext(graph_, id, types, prepared.state.get());
    context.arena = &arena;
    context.rowStatus = &status;
    if (!failed) kernelOf(node)(context, columns.data(), out, 1);
    failed = failed || status != RowStatus::Ok;
    known_[id] = Known{failed ? Value::missing() : loadCell(out, node.type, 0), failed};
    spend(known_[id]->value);
  }
}

bool isConstantCall(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.kind != NodeKind::Call || node.scope != Scope::Constant || node.type.isWeighted()) return false;
  return std::ranges::none_of(graph.args(id), [&](NodeId arg) { return graph.node(arg).type.isWeighted(); });
}

std::vector<NodeId> valueArgs(const Graph& graph, NodeId call) {
  const Operator& op = *graph.node(call).op;
  std::vector<NodeId> out;
  auto args = graph.args(call);
  for (size_t i = 0; i < args.size(); ++i) {
    if (!op.params[op.paramOfArg(i)].isConstant) out.push_back(args[i]);
  }
  return out;
}

uint64_t valueLiftMask(const Graph& graph, NodeId call) {
  const Node& node = graph.node(call);
  uint64_t mask = 0;
  unsigned at = 0;
  for (size_t i = 0; i < node.argCount; ++i) {
    if (node.op->params[node.op->paramOfArg(i)].isConstant) continue;
    if ((node.resolution.liftMask >> i & 1U) != 0) mask |= uint64_t{1} << at;
    ++at;
  }
  return mask;
}

Prepared prepareState(const Graph& graph, NodeId call, ConstantEvaluator& constants) {
  const Operator& op = *graph.node(call).op;
  if (op.prepare == nullptr) return {op.state, std::nullopt};
  std::vector<Value> values;
  std::vector<Type> types;
  auto args = graph.args(call);
  for (size_t i = 0; i < op.params.size(); ++i) {
    if (!op.params[i].isConstant) continue;
    // An overload may lack the record's last parameters: they were left out.
    bool leftOut = i >= args.size();
    values.push_back(leftOut ? Value::missing() : constants.value(args[i]));
    types.push_back(leftOut ? Type() : graph.node(args[i]).type);
  }
  return op.prepare(values, types);
}

Kernel kernelOf(const Node& call) {
  const Overload& overload = call.op->overloads[call.resolution.overload];
  return call.resolution.liftMask != 0 ? overload.liftedKernel : overload.kernel;
}

Context makeContext(const Graph& graph, NodeId call, const std::vector<Type>& types, const OpState* state) {
  Context context;
  context.state = state;
  context.argTypes = types.data();
  context.argCount = static_cast<uint32_t>(types.size());
  context.liftMask = valueLiftMask(graph, call);
  context.hashFamily = graph.info().hashFamily;
  return context;
}

Value evaluateConstant(const Graph& graph, NodeId node) {
  ConstantEvaluator evaluator(graph);
  return evaluator.value(node);
}

}  // namespace featc
