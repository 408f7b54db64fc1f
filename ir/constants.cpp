// SPDX-License-Identifier: Apache-2.0
// Values of constant-scope nodes, and what operators prepare from them.
#include "ir/constants.h"

#include <algorithm>
#include <utility>

#include "ir/interpreter.h"
#include "ops/mapped_call.h"

namespace featc {

namespace {

// Memory for a column of one row, and bitmaps of the group of eight it is part of.
struct OneRow {
  std::array<uint64_t, 8> cell{};
  uint8_t valid = 0;
  ColumnRef column(bool nullable) { return {cell.data(), nullable ? &valid : nullptr, true}; }
};

}  // namespace

ConstantEvaluator::ConstantEvaluator(const Graph& graph, uint64_t effort)
    : graph_(graph), effort_(effort), known_(graph.size()) {
  work_.begin({.steps = effort / kMaxConstantEffort * kMaxConstantSteps}, Work::Clock::time_point::max(), {});
}

const Value& ConstantEvaluator::value(NodeId node) {
  evaluate(node);
  return known_[node]->value;
}

RowStatus ConstantEvaluator::status(NodeId node) {
  evaluate(node);
  return known_[node]->status;
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
      known_[id] = Known{graph_.constant(id), RowStatus::Ok};
      continue;
    }
    size_t before = pending.size();
    for (NodeId arg : graph_.args(id)) {
      if (!known_[arg]) pending.push_back(arg);
    }
    if (pending.size() != before) continue;

    const Node& node = graph_.node(id);
    Arena arena;
    PreparedCall call = prepareCall(graph_, id, *this);
    const std::vector<NodeId>& args = call.args;
    std::vector<OneRow> rows(args.size());
    std::vector<ColumnRef> columns;
    for (NodeId arg : graph_.args(id)) spend(known_[arg]->value);
    if (exhausted()) {
      known_[id] = Known{Value::missing(), RowStatus::OutOfMemory};
      continue;
    }
    RowStatus status = RowStatus::Ok;
    for (size_t i = 0; i < args.size(); ++i) {
      columns.push_back(rows[i].column(true));
      const Known& arg = *known_[args[i]];
      bool stored = storeCell(arg.value, graph_.node(args[i]).type, columns[i], 0, arena);
      fail(status, stored ? arg.status : RowStatus::OutOfMemory);
    }
    OneRow result;
    // Some calls whose type has no "?" are missing all the same when a limit was passed.
    ColumnRef out = result.column(true);
    out.uniform = false;
    Context context = call.context(graph_.info().hashFamily);
    context.arena = &arena;
    context.rowStatus = &status;
    context.work = &work_;
    bool isWhole = status == RowStatus::Ok;
    if (isWhole) call.kernel(context, columns.data(), out, 1);
    if (work_.stopped()) fail(status, RowStatus::OutOfMemory);
    isWhole = status == RowStatus::Ok;
    known_[id] = Known{isWhole ? loadCell(out, node.type, 0) : Value::missing(), status};
    spend(known_[id]->value);
  }
}

bool isConstantCall(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.kind != NodeKind::Call || node.scope != Scope::Constant || holdsWeighted(node.type)) return false;
  return std::ranges::none_of(graph.args(id), [&](NodeId arg) { return holdsWeighted(graph.node(arg).type); });
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

PreparedCall prepareCall(const Graph& graph, NodeId id, ConstantEvaluator& constants) {
  const Node& node = graph.node(id);
  const CallResolution& resolution = node.resolution;
  const Overload& overload = node.op->overloads[resolution.overload];
  std::vector<Type> given;
  for (NodeId arg : graph.args(id)) given.push_back(graph.node(arg).type);
  std::vector<Type> types = seenTypes(resolution.mapMask, given);
  PreparedCall call;
  call.args = valueArgs(graph, id);
  call.state = prepareState(graph, id, constants).state;
  call.kernel = resolution.liftMask != 0 ? overload.liftedKernel : overload.kernel;
  uint64_t mapMask = 0;
  for (size_t i = 0; i < types.size(); ++i) {
    if (node.op->params[node.op->paramOfArg(i)].isConstant) continue;
    uint64_t bit = uint64_t{1} << call.types.size();
    if ((resolution.liftMask >> i & 1U) != 0) call.liftMask |= bit;
    if (resolution.maps(i)) mapMask |= bit;
    call.types.push_back(types[i]);
  }
  if (mapMask == 0) {
    call.flat = call.liftMask != 0 ? overload.liftedFlatKernel : overload.flatKernel;
    call.readsTexts = call.liftMask == 0 && overload.readsTexts;
    return call;
  }
  auto mapped = std::make_shared<MappedState>();
  mapped->mapMask = mapMask;
  mapped->elementKernel = std::exchange(call.kernel, &mappedKernel);
  mapped->elementState = std::move(call.state);
  mapped->elementType = resultType(*node.op, resolution, types);
  prepareByList(*node.op, resolution, given, graph.info().semantics, *mapped);
  if (mapped->listKernel != nullptr) call.flat = &mappedByList;
  call.state = std::move(mapped);
  return call;
}

Value evaluateConstant(const Graph& graph, NodeId node) {
  ConstantEvaluator evaluator(graph);
  return evaluator.value(node);
}

}  // namespace featc
