// SPDX-License-Identifier: Apache-2.0
// The plain interpreter of a graph: node by node, a column at a time. It is the meaning.
#include "ir/interpreter.h"

#include <optional>

#include "ir/program_constants.h"
#include "ir/trace.h"
#include "runtime/calls/emit.h"

namespace featc {

namespace {

// Block columns of one thread, made when a node first runs.
struct InterpreterScratch : EngineScratch {
  explicit InterpreterScratch(size_t nodes) : values(nodes), gathered(nodes), gatheredFor(nodes, 0) {}

  std::vector<std::optional<ColumnStorage>> values;
  // Request-scope values spread over the items of the current block.
  std::vector<std::optional<ColumnStorage>> gathered;
  std::vector<uint64_t> gatheredFor;  // the block (its number since the start) they were made for
  uint64_t block = 0;
};

// `Base` is Executable, or Tracer for one that keeps what it computes.
template <class Base>
class Interpreter : public Base {
 public:
  explicit Interpreter(const Graph& graph)
      : graph_(graph), schedule_(makeSchedule(graph_)), constants_(graph_, schedule_) {}

  const ProgramLayout& layout() const override { return schedule_.layout; }
  const char* engineName() const override { return "interp"; }
  std::unique_ptr<EngineScratch> newScratch() const override {
    return std::make_unique<InterpreterScratch>(graph_.size());
  }

  void run(ShardFrame& shard, uint32_t phase, Scope scope, int64_t begin, int64_t end) const override {
    auto& scratch = static_cast<InterpreterScratch&>(*shard.scratch);
    ++scratch.block;
    Block block{shard, scratch, scope, begin, static_cast<uint32_t>(end - begin)};
    if (phase == 0 && scope == Scope::Request) {
      constants_.beginRequests(graph_, schedule_, *shard.call, begin, end);
    }
    const ScheduleStep& step = schedule_.step(phase, scope);
    RowStatus* status = scope == Scope::Item ? shard.call->itemStatus : shard.call->requestStatus;
    std::vector<ColumnRef>& args = argBuffer();
    for (NodeId id : step.nodes) {
      if (!shard.goesOn(block.rows)) return;
      const PreparedCall& call = constants_.call(id);
      args.clear();
      for (NodeId arg : call.args) args.push_back(valueOf(block, arg));
      Context context = call.context(graph_.info().hashFamily);
      context.arena = shard.arena;
      context.events = shard.events;
      context.work = shard.work;
      context.rowStatus = status == nullptr ? nullptr : status + begin;
      call.kernel(context, args.data(), resultOf(block, id), block.rows);
    }
    for (uint32_t output : step.outputs) {
      if (!shard.goesOn(block.rows)) return;
      emitColumn(shard, graph_.info().outputs[output], output, valueOf(block, graph_.outputs()[output]), begin,
                 block.rows);
    }
    observe(block, phase);
  }

 protected:
  struct Block {
    ShardFrame& shard;
    InterpreterScratch& scratch;
    Scope scope;
    int64_t begin;
    uint32_t rows;
  };

  // Called when a step's values are still there.
  virtual void observe(Block&, uint32_t /*phase*/) const {}

  static std::vector<ColumnRef>& argBuffer() {
    thread_local std::vector<ColumnRef> buffer;
    return buffer;
  }

  ColumnRef resultOf(Block& block, NodeId id) const {
    Type type = graph_.node(id).type;
    uint32_t column = schedule_.columnOf[id];
    if (column != kNoColumn) return columnAt(block.shard.call->columns[column], type, block.begin);
    auto& storage = block.scratch.values[id];
    if (!storage) storage.emplace(type, kBlockRows);
    return storage->column();
  }

  // The value of any node for the rows of this block.
  ColumnRef valueOf(Block& block, NodeId id) const {
    const Node& node = graph_.node(id);
    Scope scope = runScope(node);
    if (scope == Scope::Constant) return constants_.column(id);
    if (scope == block.scope) return resultOf(block, id);
    // A request's value where items are computed.
    ColumnRef column = block.shard.call->columns[schedule_.columnOf[id]];
    if (block.shard.call->requests == 1) {
      column.uniform = true;
      return column;
    }
    auto& storage = block.scratch.gathered[id];
    if (!storage) storage.emplace(node.type.withNullable(), kBlockRows);
    ColumnRef out = storage->column(column.valid != nullptr);
    if (block.scratch.gatheredFor[id] != block.scratch.block) {
      gatherRows(column, node.type, block.shard.call->requestOfItem + block.begin, block.rows, out);
      block.scratch.gatheredFor[id] = block.scratch.block;
    }
    return out;
  }

  // The inputs and fields of a scope that are needed; by the last phase all are there.
  template <class Visit>
  void eachLeaf(Scope scope, Visit&& visit) const {
    for (NodeId id = 0; id < graph_.size(); ++id) {
      const Node& node = graph_.node(id);
      bool leaf = node.kind == NodeKind::Input || node.kind == NodeKind::Field;
      if (leaf && schedule_.columnOf[id] != kNoColumn && node.scope == scope) visit(id);
    }
  }

  Graph graph_;
  Schedule schedule_;
  ProgramConstants constants_;
};

class TracingInterpreter final : public Interpreter<Tracer> {
 public:
  TracingInterpreter(const Graph& graph, int64_t item) : Interpreter(graph), item_(item), values_(graph.size()) {}

  const std::vector<std::optional<Value>>& values() const override { return values_; }

 private:
  void observe(Block& block, uint32_t phase) const override {
    const CallFrame& call = *block.shard.call;
    int64_t row = block.scope == Scope::Item ? item_ : call.requestOfItem[item_];
    if (row < block.begin || row >= block.begin + block.rows) return;
    auto inBlock = static_cast<uint64_t>(row - block.begin);
    auto keep = [&](NodeId id) { values_[id] = loadCell(valueOf(block, id), graph_.node(id).type, inBlock); };
    for (NodeId id : schedule_.step(phase, block.scope).nodes) keep(id);
    if (phase + 1 < schedule_.layout.phases) return;
    for (NodeId id : schedule_.constants) keep(id);
    eachLeaf(block.scope, keep);
  }

  int64_t item_;
  mutable std::vector<std::optional<Value>> values_;
};

class ShowingInterpreter final : public Interpreter<Executable> {
 public:
  ShowingInterpreter(const Graph& graph, ShowNode show) : Interpreter(graph), show_(std::move(show)) {}

 private:
  void observe(Block& block, uint32_t phase) const override {
    for (NodeId id : schedule_.step(phase, block.scope).nodes) {
      const PreparedCall& call = constants_.call(id);
      std::vector<ColumnRef> args;
      for (NodeId arg : call.args) args.push_back(valueOf(block, arg));
      const auto* mapped = dynamic_cast<const MappedState*>(call.state.get());
      const OpState* state = mapped == nullptr ? call.state.get() : mapped->elementState.get();
      show_({id, resultOf(block, id), block.rows, call.args, args, mapped == nullptr ? 0 : mapped->mapMask,
             call.liftMask, state});
    }
    if (phase + 1 < schedule_.layout.phases) return;
    eachLeaf(block.scope, [&](NodeId id) { show_({id, valueOf(block, id), block.rows, {}, {}, 0, 0, nullptr}); });
  }

  ShowNode show_;
};

}  // namespace

std::shared_ptr<const Executable> makeShowingInterpreter(const Graph& graph, ShowNode show) {
  return std::make_shared<ShowingInterpreter>(graph, std::move(show));
}

std::shared_ptr<const Executable> makeInterpreter(const Graph& graph) {
  return std::make_shared<Interpreter<Executable>>(graph);
}

std::shared_ptr<const Tracer> makeTracer(const Graph& graph, int64_t item) {
  return std::make_shared<TracingInterpreter>(graph, item);
}

}  // namespace featc
