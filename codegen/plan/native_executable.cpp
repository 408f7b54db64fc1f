// SPDX-License-Identifier: Apache-2.0
// Runs native code behind the Executable seam.
#include "codegen/plan/native_executable.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <optional>

#include "codegen/plan/native_steps.h"
#include "ops/flat_lists.h"
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

// A kernel with what it takes and makes, found where a scratch is made.
struct KernelCall {
  Kernel kernel = nullptr;
  const ColumnRef* args = nullptr;
  const ColumnRef* out = nullptr;
  Context context;
};

struct NativeScratch : EngineScratch {
  std::vector<ColumnStorage> storage;  // by slot; empty for call columns
  std::vector<NativeColumn> columns;
  std::vector<ColumnRef> views;   // the same from the block's first row, as kernels see it; then constants
  std::vector<ColumnRef> args;    // as NativeSteps::args: each view once more wherever a kernel takes it
  std::vector<FlatLists> flat;    // by slot: what else is known of it in this block
  std::vector<ColumnRef> given;   // what a kernel gets that reads some of its arguments in another form
  std::vector<KernelCall> calls;  // by kernel

  // Contexts say where a shard is computed. From block to block that is the same.
  void enter(const ShardFrame& shard) {
    if (arena_ == shard.arena && events_ == shard.events && work_ == shard.work) return;
    arena_ = shard.arena;
    events_ = shard.events;
    work_ = shard.work;
    for (KernelCall& call : calls) {
      call.context.arena = arena_;
      call.context.events = events_;
      call.context.work = work_;
    }
  }

 private:
  Arena* arena_ = nullptr;
  DataEvents* events_ = nullptr;
  Work* work_ = nullptr;
};

class NativeExecutable final : public Executable {
 public:
  NativeExecutable(const Graph& graph, Plan plan, NativeEntry entry, std::shared_ptr<const void> code)
      : graph_(graph),
        plan_(std::move(plan)),
        constants_(graph_, plan_.schedule),
        steps_(bindSteps(graph_, plan_, constants_)),
        entry_(entry),
        code_(std::move(code)) {
    findFlatInputs();
  }

  const ProgramLayout& layout() const override { return plan_.schedule.layout; }
  const char* engineName() const override { return "jit"; }

  std::unique_ptr<EngineScratch> newScratch() const override {
    auto scratch = std::make_unique<NativeScratch>();
    scratch->columns.resize(plan_.slots.size());
    scratch->views.resize(plan_.slots.size());
    scratch->views.insert(scratch->views.end(), steps_.constants.begin(), steps_.constants.end());
    scratch->flat.resize(plan_.slots.size());
    scratch->args.resize(steps_.args.size());
    for (size_t view = plan_.slots.size(); view < scratch->views.size(); ++view)
      placeAnew(*scratch, view, scratch->views[view], nullptr);
    uint32_t mostArgs = 0;
    for (const BoundKernel& kernel : steps_.kernels) {
      scratch->calls.push_back({kernel.call->kernel, scratch->args.data() + kernel.firstArg,
                                scratch->views.data() + kernel.out, kernel.call->context(graph_.info().hashFamily)});
      mostArgs = std::max(mostArgs, kernel.argCount);
    }
    scratch->given.resize(mostArgs);
    for (size_t i = 0; i < plan_.slots.size(); ++i) {
      const Slot& slot = plan_.slots[i];
      Type type = graph_.node(slot.node).type;
      step(scratch->columns[i], type);
      if (!slot.spread && plan_.schedule.columnOf[slot.node] != kNoColumn) {
        scratch->storage.emplace_back();
        continue;
      }
      scratch->storage.emplace_back(slot.spread ? type.withNullable() : type, kBlockRows);
      ColumnRef column = scratch->storage.back().column(type.nullable());
      show(*scratch, i, column, column, mayBeFlat(type) ? &scratch->flat[i] : nullptr);
    }
    return scratch;
  }

  void run(ShardFrame& shard, uint32_t phase, Scope scope, int64_t begin, int64_t end) const override {
    auto& scratch = static_cast<NativeScratch&>(*shard.scratch);
    CallFrame& call = *shard.call;
    const NativeSteps::Slots& step = steps_.slots[phase][scope == Scope::Item ? 1 : 0];
    auto rows = static_cast<uint32_t>(end - begin);
    if (phase == 0 && scope == Scope::Request) {
      constants_.beginRequests(graph_, plan_.schedule, call, begin, end);
    }
    scratch.enter(shard);
    const bool few = (scope == Scope::Item ? call.items : call.requests) < kFlatRows;
    for (const BoundSlot& bound : step.callColumns) {
      const ColumnRef& column = call.columns[bound.column];
      if (few || (begin == 0 && !mayBeFlat(bound.type))) {
        show(scratch, bound.slot, column, column, nullptr);
        continue;
      }
      ColumnRef view = begin == 0 ? column : columnAt(column, bound.type, begin);
      view.flat = nullptr;
      if (mayBeFlat(bound.type) && !column.uniform) {
        scratch.flat[bound.slot] = flatAt(column, bound.type, begin);
        view.flat = &scratch.flat[bound.slot];
      }
      show(scratch, bound.slot, column, view, view.flat);
    }
    for (const BoundSlot& bound : step.spread) spread(scratch, call, bound, begin, rows);

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
    frame.begin = begin;
    frame.few = few;
    RowStatus* status = scope == Scope::Item ? call.itemStatus : call.requestStatus;
    frame.status = status == nullptr ? nullptr : status + begin;
    callEntry(entry_, frame, phase, scope == Scope::Item ? 1 : 0);
    if (frame.thrown != nullptr) std::rethrow_exception(frame.thrown);
  }

 private:
  // The frame with what the callbacks need behind it.
  struct Frame : NativeFrame {
    const NativeExecutable* program = nullptr;
    ShardFrame* shard = nullptr;
    int64_t begin = 0;
    RowStatus* status = nullptr;  // of the block's rows
    bool few = false;             // the whole call has few rows: there are only cells
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

  // Items' lists and strings are seen by their own steps alone, but for keys. A request's are read by items too, by
  // cells.
  void findFlatInputs() {
    ProgramLayout& layout = plan_.schedule.layout;
    layout.inputFlat.assign(layout.inputUsed.size(), false);
    for (size_t i = 0; i < layout.inputFlat.size(); ++i)
      layout.inputFlat[i] = layout.columns[i].scope == Scope::Item && mayBeFlat(layout.columns[i].type);
    for (const ReadStep& read : layout.reads)
      for (uint32_t key : read.keyColumns)
        if (key < layout.inputFlat.size()) layout.inputFlat[key] = false;
  }

  // Shows a view to those that emit it and to the kernels that take it. From call to call most columns lie where they
  // lay.
  void place(NativeScratch& scratch, size_t view, const ColumnRef& from, FlatLists* flat) const {
    const ColumnRef& shown = scratch.views[view];
    const bool same = shown.data == from.data && shown.valid == from.valid && shown.uniform == from.uniform &&
                      shown.flat == flat && shown.texts == from.texts;
    if (!same) placeAnew(scratch, view, from, flat);
  }

  // Field by field: what was stored in parts just now is slow to load as a whole.
  void placeAnew(NativeScratch& scratch, size_t view, const ColumnRef& from, FlatLists* flat) const {
    void* const data = from.data;
    uint8_t* const valid = from.valid;
    const bool uniform = from.uniform;
    const uint32_t* const texts = from.texts;
    auto put = [=](ColumnRef& to) {
      to.data = data;
      to.valid = valid;
      to.uniform = uniform;
      to.flat = flat;
      to.texts = texts;
    };
    put(scratch.views[view]);
    for (uint32_t i = steps_.firstUse[view]; i < steps_.firstUse[view + 1]; ++i) put(scratch.args[steps_.uses[i]]);
  }

  // From one group of rows to the next.
  static void step(NativeColumn& column, Type type) {
    column.dataStride = type.is(Kind::Bool) ? 1 : int64_t{kVectorRows} * cellSize(type);
    column.validStride = 1;
  }

  // `whole`: as native code sees the slot; `view`: its part for this block; `flat`: where its flat lists are kept.
  void show(NativeScratch& scratch, size_t slot, const ColumnRef& whole, const ColumnRef& view, FlatLists* flat) const {
    place(scratch, slot, view, flat);
    NativeColumn& column = scratch.columns[slot];
    column.data = static_cast<char*>(whole.data);
    column.valid = whole.valid != nullptr ? whole.valid : onesBitmap.data();
  }

  // A request's value for the items of this block: one group that stands for all when there is one
  // request, else gathered.
  void spread(NativeScratch& scratch, const CallFrame& call, const BoundSlot& bound, int64_t begin,
              uint32_t rows) const {
    const ColumnRef& request = call.columns[bound.column];
    ColumnRef out = scratch.storage[bound.slot].column(request.valid != nullptr);
    NativeColumn& native = scratch.columns[bound.slot];
    if (call.requests == 1) {
      ColumnRef uniform{request.data, request.valid, true, nullptr, request.texts};
      // Of one item the others of the group do not count.
      if (rows > 1) fillGroup(uniform, bound.type, out);
      show(scratch, bound.slot, rows > 1 ? out : uniform, uniform, nullptr);
      native.dataStride = 0;
      native.validStride = 0;
      return;
    }
    gatherRows(request, bound.type, call.requestOfItem + begin, rows, out);
    scratch.flat[bound.slot] = {};
    show(scratch, bound.slot, out, out, mayBeFlat(bound.type) ? &scratch.flat[bound.slot] : nullptr);
    step(native, bound.type);
  }

  // One group of rows that all hold the value of row 0. Loops read numbers, truth values and what is missing; kernels
  // see the column itself.
  static void fillGroup(const ColumnRef& column, Type type, const ColumnRef& out) {
    if (type.is(Kind::Bool)) {
      *static_cast<uint8_t*>(out.data) = column.get<bool>(0) ? 0xFF : 0;
    } else if (type.isNumber()) {
      std::fill_n(static_cast<int64_t*>(out.data), kVectorRows, column.get<int64_t>(0));
    }
    if (out.valid != nullptr) *out.valid = column.present(0) ? 0xFF : 0;
  }

  // What is known of a column from row `begin` on.
  static FlatLists flatAt(const ColumnRef& column, Type type, int64_t begin) {
    if (column.flat == nullptr) return {};
    FlatLists flat = *column.flat;
    if (!flat) {
      if (flat.texts != nullptr) flat.texts += begin;
      return flat;
    }
    const uint64_t before = flat.total(static_cast<uint32_t>(begin));
    flat.elements = static_cast<const char*>(flat.elements) + before * cellSize(type.element());
    if (flat.texts != nullptr) flat.texts += before;
    flat.starts += begin;
    return flat;
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
    const uint32_t index = self.steps_.kernelOf[node];
    KernelCall& call = scratch.calls[index];
    call.context.rowStatus = frame.status;
    call.context.row = 0;  // a kernel may fail before its first row
    auto rows = static_cast<uint32_t>(frame.rows);
    if (frame.few)
      call.kernel(call.context, call.args, *call.out, rows);
    else
      self.compute(scratch, self.steps_.kernels[index], call.context, rows);
  }

  // By the kernel over flat lists where there is one and it can, else by the plain one, which needs cells.
  void compute(NativeScratch& scratch, const BoundKernel& kernel, Context& context, uint32_t rows) const {
    const ColumnRef out = scratch.views[kernel.out];
    std::span<const ColumnRef> args(scratch.args.data() + kernel.firstArg, kernel.argCount);
    if (out.flat != nullptr) *out.flat = {};
    FlatKernel flat = kernel.call->flat;
    if (flat != nullptr && flat(context, args.data(), out, rows)) {
      // Others see a column of the whole call by its cells.
      if (out.flat != nullptr && kernel.isKept) writeCells(out, steps_.types[kernel.out], rows);
      return;
    }
    bool inOtherForm = false;
    for (size_t i = 0; i < args.size(); ++i) {
      if (args[i].flat == nullptr) continue;
      if (kernel.call->readsTexts && args[i].flat->isTexts())
        inOtherForm = true;
      else
        writeCells(args[i], steps_.types[steps_.args[kernel.firstArg + i]], rows);
    }
    if (inOtherForm) {
      for (size_t i = 0; i < args.size(); ++i)
        scratch.given[i] = args[i].flat != nullptr && args[i].flat->isTexts() ? inPlace(args[i]) : args[i];
    }
    kernel.call->kernel(context, inOtherForm ? scratch.given.data() : args.data(), out, rows);
  }

  static void runEmit(Frame& frame, uint32_t output) {
    const NativeExecutable& self = *frame.program;
    if (!frame.shard->goesOn(static_cast<uint64_t>(frame.rows))) return;
    auto& scratch = static_cast<NativeScratch&>(*frame.shard->scratch);
    const OutputInfo& info = self.graph_.info().outputs[output];
    uint32_t view = self.steps_.emitted[output];
    const ColumnRef& values = scratch.views[view];
    auto rows = static_cast<uint32_t>(frame.rows);
    if (values.flat != nullptr && !frame.few) {
      if (*values.flat && emitFlat(*frame.shard, info, output, values, frame.begin, rows)) return;
      writeCells(values, self.steps_.types[view], rows);
    }
    emitColumn(*frame.shard, info, output, values, frame.begin, rows);
  }

  Graph graph_;
  Plan plan_;
  ProgramConstants constants_;
  NativeSteps steps_;
  NativeEntry entry_;
  std::shared_ptr<const void> code_;
};

}  // namespace

std::shared_ptr<const Executable> makeNativeExecutable(const Graph& graph, Plan plan, NativeEntry entry,
                                                       std::shared_ptr<const void> code) {
  return std::make_shared<NativeExecutable>(graph, std::move(plan), entry, std::move(code));
}

}  // namespace featc
