// SPDX-License-Identifier: Apache-2.0
// Runs native code behind the Executable seam.
#include "codegen/native_executable.h"

#include <array>
#include <cstring>
#include <exception>
#include <optional>

#include "ir/program_constants.h"
#include "runtime/calls/emit.h"

namespace featc {

namespace {

using OnesBitmap = std::array<uint8_t, kBlockRows / 8 + 8>;

OnesBitmap makeOnes() {
  OnesBitmap ones{};
  ones.fill(0xFF);
  return ones;
}

// Valid everywhere: what a column without missing values shows to native code.
OnesBitmap onesBitmap = makeOnes();

struct NativeScratch : EngineScratch {
  std::vector<ColumnStorage> storage;  // by slot; empty for call columns
  std::vector<NativeColumn> columns;
  std::vector<ColumnRef> views;  // the same from the block's first row, as kernels see it
  std::vector<ColumnRef> args;
};

class NativeExecutable final : public Executable {
 public:
  NativeExecutable(const Graph& graph, Plan plan, NativeEntry entry, std::shared_ptr<const void> code)
      : graph_(graph),
        plan_(std::move(plan)),
        constants_(graph_, plan_.schedule),
        entry_(entry),
        code_(std::move(code)) {
    findStepSlots();
  }

  const ProgramLayout& layout() const override { return plan_.schedule.layout; }
  const char* engineName() const override { return "jit"; }

  std::unique_ptr<EngineScratch> newScratch() const override {
    auto scratch = std::make_unique<NativeScratch>();
    scratch->columns.resize(plan_.slots.size());
    scratch->views.resize(plan_.slots.size());
    for (size_t i = 0; i < plan_.slots.size(); ++i) {
      const Slot& slot = plan_.slots[i];
      if (!slot.spread && plan_.schedule.columnOf[slot.node] != kNoColumn) {
        scratch->storage.emplace_back();
        continue;
      }
      Type type = graph_.node(slot.node).type;
      scratch->storage.emplace_back(slot.spread ? type.withNullable() : type, kBlockRows);
      ColumnRef column = scratch->storage.back().column(type.nullable());
      show(*scratch, i, column, column, type);
    }
    return scratch;
  }

  void run(ShardFrame& shard, uint32_t phase, Scope scope, int64_t begin, int64_t end) const override {
    auto& scratch = static_cast<NativeScratch&>(*shard.scratch);
    CallFrame& call = *shard.call;
    const StepSlots& step = stepSlots_[phase][scope == Scope::Item ? 1 : 0];
    auto rows = static_cast<uint32_t>(end - begin);
    if (phase == 0 && scope == Scope::Request) {
      constants_.beginRequests(graph_, plan_.schedule, call, begin, end);
    }
    for (uint32_t slot : step.callColumns) {
      NodeId node = plan_.slots[slot].node;
      Type type = graph_.node(node).type;
      const ColumnRef& column = call.columns[plan_.schedule.columnOf[node]];
      show(scratch, slot, column, columnAt(column, type, begin), type);
    }
    for (uint32_t slot : step.spread) spread(scratch, call, slot, begin, rows);

    Frame frame;
    frame.columns = scratch.columns.data();
    frame.outputs = call.outputs;
    frame.counts = reinterpret_cast<char*>(shard.counts->data());
    frame.kernel = &callKernel;
    frame.emit = &callEmit;
    frame.rows = rows;
    frame.firstGroup = begin / kVectorRows;
    frame.program = this;
    frame.shard = &shard;
    frame.scope = scope;
    frame.begin = begin;
    callEntry(entry_, frame, phase, scope == Scope::Item ? 1 : 0);
    if (frame.thrown != nullptr) std::rethrow_exception(frame.thrown);
  }

 private:
  // What a step touches, so that a block sets up nothing else.
  struct StepSlots {
    std::vector<uint32_t> callColumns;
    std::vector<uint32_t> spread;
  };

  // The frame with what the callbacks need behind it.
  struct Frame : NativeFrame {
    const NativeExecutable* program = nullptr;
    ShardFrame* shard = nullptr;
    Scope scope = Scope::Item;
    int64_t begin = 0;
    // What a callback threw, for lack of memory: it must not go through native code, which has no unwind tables.
    std::exception_ptr thrown;
  };

  // Does `body` unless a callback has thrown: what it left behind is not a value for others. Loops of numbers go on.
  template <class Body>
  static void guarded(Frame& frame, Body&& body) noexcept {
    if (frame.thrown != nullptr) return;
    try {
      body();
    } catch (...) {
      frame.thrown = std::current_exception();
    }
  }

  // Generated code carries no type for the sanitizer to check before the call.
#if defined(__clang__)
  __attribute__((no_sanitize("function")))
#endif
  static void
  callEntry(NativeEntry entry, Frame& frame, uint32_t phase, uint32_t scope) {
    entry(&frame, phase, scope);
  }

  void findStepSlots() {
    stepSlots_.resize(plan_.actions.size());
    std::vector<bool> seen;
    for (size_t phase = 0; phase < plan_.actions.size(); ++phase) {
      for (size_t s = 0; s < 2; ++s) {
        StepSlots& step = stepSlots_[phase][s];
        Scope scope = s == 1 ? Scope::Item : Scope::Request;
        seen.assign(plan_.slots.size(), false);
        auto useSlot = [&](uint32_t slot) {
          if (slot == kNoSlot || seen[slot]) return;
          seen[slot] = true;
          if (plan_.slots[slot].spread)
            step.spread.push_back(slot);
          else if (plan_.schedule.columnOf[plan_.slots[slot].node] != kNoColumn)
            step.callColumns.push_back(slot);
        };
        auto use = [&](NodeId node) {
          if (runScope(graph_.node(node)) != Scope::Constant) useSlot(plan_.slotFor(graph_, node, scope));
        };
        for (const PlanAction& action : plan_.actions[phase][s]) {
          switch (action.kind) {
            case PlanAction::Kind::Kernel:
              use(action.index);
              for (NodeId arg : graph_.args(action.index)) use(arg);
              break;
            case PlanAction::Kind::Emit: use(graph_.outputs()[action.index]); break;
            case PlanAction::Kind::Loop: {
              const VectorLoop& loop = plan_.loops[action.index];
              for (size_t p = 0; p < loop.places.size(); ++p)
                if (!loop.code.places[p % loop.code.places.size()].isOutput()) useSlot(loop.places[p]);
              break;
            }
          }
        }
      }
    }
  }

  // `whole`: as native code sees the slot; `view`: its part for this block.
  static void show(NativeScratch& scratch, size_t slot, const ColumnRef& whole, const ColumnRef& view, Type type) {
    scratch.views[slot] = view;
    NativeColumn& column = scratch.columns[slot];
    column.data = static_cast<char*>(whole.data);
    column.dataStride = type.is(Kind::Bool) ? 1 : int64_t{kVectorRows} * cellSize(type);
    column.valid = whole.valid != nullptr ? whole.valid : onesBitmap.data();
    column.validStride = 1;
  }

  // A request's value for the items of this block: one group that stands for all when there is one
  // request, else gathered.
  void spread(NativeScratch& scratch, const CallFrame& call, uint32_t slot, int64_t begin, uint32_t rows) const {
    NodeId node = plan_.slots[slot].node;
    Type type = graph_.node(node).type;
    ColumnRef request = call.columns[plan_.schedule.columnOf[node]];
    ColumnRef out = scratch.storage[slot].column(request.valid != nullptr);
    if (call.requests == 1) {
      request.uniform = true;
      gatherRows(request, type, nullptr, kVectorRows, out);
      show(scratch, slot, out, request, type);
      scratch.columns[slot].dataStride = 0;
      scratch.columns[slot].validStride = 0;
    } else {
      gatherRows(request, type, call.requestOfItem + begin, rows, out);
      show(scratch, slot, out, out, type);
    }
  }

  ColumnRef viewOf(NativeScratch& scratch, NodeId node, Scope scope) const {
    if (runScope(graph_.node(node)) == Scope::Constant) return constants_.column(node);
    return scratch.views[plan_.slotFor(graph_, node, scope)];
  }

  static void callKernel(NativeFrame* base, uint32_t node) noexcept {
    auto& frame = static_cast<Frame&>(*base);
    guarded(frame, [&] { runKernel(frame, node); });
  }

  static void callEmit(NativeFrame* base, uint32_t output) noexcept {
    auto& frame = static_cast<Frame&>(*base);
    guarded(frame, [&] { runEmit(frame, output); });
  }

  static void runKernel(Frame& frame, uint32_t node) {
    const NativeExecutable& self = *frame.program;
    // What comes after it in the block finds old values then, which nothing follows into memory but kernels.
    if (!frame.shard->goesOn(static_cast<uint64_t>(frame.rows))) return;
    auto& scratch = static_cast<NativeScratch&>(*frame.shard->scratch);
    const PreparedCall& call = self.constants_.call(node);
    scratch.args.clear();
    for (NodeId arg : call.args) scratch.args.push_back(self.viewOf(scratch, arg, frame.scope));
    Context context = call.context(self.graph_.info().hashFamily);
    context.arena = frame.shard->arena;
    context.events = frame.shard->events;
    context.work = frame.shard->work;
    RowStatus* status = frame.scope == Scope::Item ? frame.shard->call->itemStatus : frame.shard->call->requestStatus;
    context.rowStatus = status == nullptr ? nullptr : status + frame.begin;
    call.kernel(context, scratch.args.data(), self.viewOf(scratch, node, frame.scope),
                static_cast<uint32_t>(frame.rows));
  }

  static void runEmit(Frame& frame, uint32_t output) {
    const NativeExecutable& self = *frame.program;
    if (!frame.shard->goesOn(static_cast<uint64_t>(frame.rows))) return;
    auto& scratch = static_cast<NativeScratch&>(*frame.shard->scratch);
    NodeId node = self.graph_.outputs()[output];
    emitColumn(*frame.shard, self.graph_.info().outputs[output], output, self.viewOf(scratch, node, frame.scope),
               frame.begin, static_cast<uint32_t>(frame.rows));
  }

  Graph graph_;
  Plan plan_;
  ProgramConstants constants_;
  NativeEntry entry_;
  std::shared_ptr<const void> code_;
  std::vector<std::array<StepSlots, 2>> stepSlots_;
};

}  // namespace

std::shared_ptr<const Executable> makeNativeExecutable(const Graph& graph, Plan plan, NativeEntry entry,
                                                       std::shared_ptr<const void> code) {
  return std::make_shared<NativeExecutable>(graph, std::move(plan), entry, std::move(code));
}

}  // namespace featc
