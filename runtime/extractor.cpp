// SPDX-License-Identifier: Apache-2.0
// Drives one call: binds the batch, runs the phases block by block with reads between them, finishes
// the outputs.
#include "runtime/extractor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>

#include "runtime/bind.h"
#include "runtime/float_environment.h"
#include "runtime/reads.h"

namespace featc {

namespace {

// Rows are numbered with 32 bits where a column of them is made (CallFrame::requestOfItem).
constexpr int64_t kMaxRows = INT32_MAX - kBlockRows;

bool isRaggedCell(Type type) { return !type.is(Kind::Bool) && !type.isNumber(); }

// Kept in a buffer that grows, not in one place a row.
bool isRaggedOutput(const OutputInfo& output) {
  return output.kind == OutputKind::Sequence || !output.group.empty() ||
         (output.kind == OutputKind::Sparse && (output.type.isList() || output.type.isWeighted()));
}

RunError checkBatch(const ProgramInfo& info, const Batch& batch) {
  if (batch.columns.size() != info.inputs.size())
    return {
        fmt::format("the batch has {} columns, but the model has {} fields", batch.columns.size(), info.inputs.size())};
  if (batch.requests < 0 || batch.items < 0 || batch.requests > kMaxRows || batch.items > kMaxRows)
    return {fmt::format("the batch has {} requests and {} items; each must be within 0..{}", batch.requests,
                        batch.items, kMaxRows)};
  if (batch.requests == 0)
    return batch.items == 0 ? RunError() : RunError{"the batch has items, but no request they could belong to"};
  const int64_t* offsets = batch.itemOffsets;
  if (offsets == nullptr) return {"the batch has no item offsets"};
  if (offsets[0] != 0) return {fmt::format("the item offsets start with {}, not with 0", offsets[0])};
  for (int64_t r = 0; r < batch.requests; ++r)
    if (offsets[r + 1] < offsets[r]) return {fmt::format("the item offsets descend after request {}", r)};
  if (offsets[batch.requests] != batch.items)
    return {
        fmt::format("the item offsets end with {}, but the batch has {} items", offsets[batch.requests], batch.items)};
  return {};
}

}  // namespace

Store* StoreBinding::find(const std::string& source) const {
  auto at = bySource.find(source);
  return at != bySource.end() ? at->second.get() : fallback.get();
}

// What all calls share.
struct Extractor::Program {
  ProgramInfo info;
  std::shared_ptr<const Executable> executable;
  StoreBinding stores;
  RunLimits limits;
  // Lives on in results, so that they know their program without keeping it and its code.
  std::shared_ptr<const char> identity = std::make_shared<char>();
  std::vector<ReadGroup> reads;  // points into info, stores and executable
  std::vector<uint32_t> ragged;  // outputs
  std::vector<bool> isRagged;    // by output
  // Whether an engine writes strings, lists or maps into call columns of this scope: then the block
  // arena must keep what the scope's blocks make.
  bool keepsRequest = false;
  bool keepsItem = false;

  Program(ProgramInfo i, std::shared_ptr<const Executable> e, StoreBinding s, RunLimits l)
      : info(std::move(i)), executable(std::move(e)), stores(std::move(s)), limits(l) {
    const ProgramLayout& layout = executable->layout();
    reads = makeReadGroups(layout, info.sources, [this](const SourceInfo& source) { return stores.find(source.name); });
    for (uint32_t o = 0; o < info.outputs.size(); ++o) {
      isRagged.push_back(isRaggedOutput(info.outputs[o]));
      if (isRagged.back()) ragged.push_back(o);
    }
    std::vector<bool> byEngine(layout.columns.size(), true);
    std::fill_n(byEngine.begin(), info.inputs.size(), false);
    for (const ReadStep& step : layout.reads)
      for (const FieldRead& field : step.fields) byEngine[field.column] = false;
    for (size_t c = 0; c < layout.columns.size(); ++c) {
      if (!byEngine[c] || !isRaggedCell(layout.columns[c].type)) continue;
      (layout.columns[c].scope == Scope::Item ? keepsItem : keepsRequest) = true;
    }
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
};

struct Scratch::State {
  std::shared_ptr<const Extractor::Program> program;
  std::unique_ptr<EngineScratch> engine;
  Arena callArena{SIZE_MAX};  // bound columns and what reads bring: in proportion to the batch
  Arena blockArena;           // what operators make: limited
  Binder binder{callArena};
  CallReads reads;
  CallFrame frame;
  std::vector<std::vector<uint32_t>> lengths;
  std::vector<RowStatus> requestStatus;
  std::vector<RaggedBuffer> ragged;
  // What a block that runs out of memory must put back.
  std::vector<OutputCounts> savedCounts;
  std::vector<RaggedBuffer::Mark> savedMarks;  // by Program::ragged

  explicit State(std::shared_ptr<const Extractor::Program> p)
      : program(std::move(p)),
        engine(program->executable->newScratch()),
        blockArena(program->limits.arenaBytes),
        reads(program->reads.size()),
        lengths(program->info.outputs.size()),
        ragged(program->info.outputs.size()),
        savedMarks(program->ragged.size()) {}
};

Scratch::Scratch(const Extractor& extractor) : state_(std::make_unique<State>(extractor.program_)) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

// One call of run().
class Extractor::Call {
 public:
  Call(const Program& program, Scratch::State& state, Result& result)
      : program_(program), layout_(program.executable->layout()), s_(state), result_(result) {}

  RunError run(const Batch& batch) {
    prepareRows(batch);
    prepareOutputs();
    prepareFrame();
    if (!bind(batch)) return {s_.binder.error()};
    for (uint32_t phase = 0; phase < layout_.phases; ++phase) {
      receiveReads(phase);
      runScope(phase, Scope::Request);
      sendReads(phase, Scope::Request);
      runScope(phase, Scope::Item);
      sendReads(phase, Scope::Item);
    }
    finishOutputs();
    return {};
  }

 private:
  int64_t rowsOf(Scope scope) const {
    if (scope == Scope::Constant) return 1;
    return scope == Scope::Request ? result_.requests_ : result_.items_;
  }
  // Outputs that depend on constants only have a row a request too.
  int64_t rowsOf(const OutputInfo& output) const {
    return output.scope == Scope::Item ? result_.items_ : result_.requests_;
  }
  static size_t padded(int64_t rows) { return static_cast<size_t>(roundUpToGroup(rows)); }

  void prepareRows(const Batch& batch) {
    sameRows_ = result_.requests_ == batch.requests && result_.items_ == batch.items;
    result_.requests_ = batch.requests;
    result_.items_ = batch.items;
    result_.itemOffsets_.assign(1, 0);
    if (batch.requests > 0) result_.itemOffsets_.assign(batch.itemOffsets, batch.itemOffsets + batch.requests + 1);
    // Padding items belong to request 0, so that whole groups can be looked up.
    result_.requestOfItem_.assign(padded(batch.items), 0);
    for (int64_t r = 0; r < batch.requests; ++r)
      std::fill(result_.requestOfItem_.begin() + batch.itemOffsets[r],
                result_.requestOfItem_.begin() + batch.itemOffsets[r + 1], static_cast<int32_t>(r));
    result_.itemStatus_.assign(padded(batch.items), RowStatus::Ok);
    result_.events_ = {};
    result_.reads_ = {};
  }

  // A result that the same program filled before with as many rows needs nothing but empty buffers.
  void prepareOutputs() {
    result_.counts_.assign(program_.info.outputs.size(), {});
    if (result_.program_ != program_.identity) {
      describeOutputs();
      sameRows_ = false;
    }
    if (!sameRows_) {
      result_.fixed_.reserve(result_.requests_, result_.items_);
      for (size_t o = 0; o < result_.outputs_.size(); ++o) showRows(o);
    }
    for (uint32_t o : program_.ragged) {
      // The buffers that the call before handed to this result come back to be filled again.
      RaggedBuffer& buffer = s_.ragged[o];
      std::swap(buffer, result_.ragged_[o]);
      buffer.clear();
      s_.lengths[o].assign(padded(result_.outputs_[o].rows), 0);
    }
  }

  void describeOutputs() {
    const std::vector<OutputInfo>& outputs = program_.info.outputs;
    result_.program_ = program_.identity;
    result_.outputs_.assign(outputs.size(), {});
    result_.ragged_.resize(outputs.size());
    result_.offsets_.resize(outputs.size());
    result_.elementOffsets_.resize(outputs.size());
    result_.fixed_.clear();
    for (size_t o = 0; o < outputs.size(); ++o) {
      OutputColumn& column = result_.outputs_[o];
      column.scope = outputs[o].scope;
      bool isDense = outputs[o].kind == OutputKind::Dense;
      column.perElement = !outputs[o].group.empty();
      Type single = outputs[o].emitted();
      column.ragged = !isDense && (single.isList() || single.isWeighted());
      column.weighted = !isDense && single.isWeighted();
      column.width = isDense ? outputs[o].width : 0;
      auto cellBytes = static_cast<uint32_t>(isDense ? sizeof(float) * column.width : sizeof(uint64_t));
      result_.fixed_.add(outputs[o].scope, program_.isRagged[o] ? 0 : cellBytes);
    }
  }

  void showRows(size_t o) {
    OutputColumn& column = result_.outputs_[o];
    column.rows = rowsOf(program_.info.outputs[o]);
    if (program_.isRagged[o]) return;
    const char* data = result_.fixed_.data()[o];
    size_t room = result_.fixed_.roomOf(o);
    if (column.width > 0)
      column.dense = {reinterpret_cast<const float*>(data), room * column.width};
    else
      column.ids = {reinterpret_cast<const uint64_t*>(data), room};
  }

  void prepareFrame() {
    s_.callArena.reset();
    s_.blockArena.reset();
    s_.requestStatus.assign(padded(result_.requests_), RowStatus::Ok);
    CallFrame& frame = s_.frame;
    frame.requests = result_.requests_;
    frame.items = result_.items_;
    frame.requestOfItem = result_.requestOfItem_.data();
    frame.outputs = result_.fixed_.data();
    frame.lengths = &s_.lengths;
    frame.requestStatus = s_.requestStatus.data();
    frame.itemStatus = result_.itemStatus_.data();
    frame.maxIdsPerRow = program_.limits.maxIdsPerRow;
    frame.columns.assign(layout_.columns.size(), {});
    for (size_t c = program_.info.inputs.size(); c < layout_.columns.size(); ++c) {
      const CallColumn& column = layout_.columns[c];
      frame.columns[c] = newColumn(s_.callArena, column.type, rowsOf(column.scope));
      frame.columns[c].uniform = column.scope == Scope::Constant;
    }
    shard_ = {&frame, &s_.blockArena, s_.engine.get(), &s_.ragged, &result_.counts_, &result_.events_};
  }

  static void markBad(const uint8_t* bad, int64_t rows, RowStatus* status) {
    for (int64_t i = 0; bad != nullptr && i < rows; ++i)
      if (bad[i] != 0) status[i] = RowStatus::BadInput;
  }

  bool bind(const Batch& batch) {
    markBad(batch.badRequests, batch.requests, s_.frame.requestStatus);
    markBad(batch.badItems, batch.items, s_.frame.itemStatus);
    for (size_t i = 0; i < program_.info.inputs.size(); ++i) {
      const InputInfo& input = program_.info.inputs[i];
      const ColumnData& column = batch.columns[i];
      int64_t rows = rowsOf(input.scope);
      bool fits = layout_.inputUsed[i] ? s_.binder.bind(input, column, rows, statusOf(input.scope), s_.frame.columns[i])
                                       : s_.binder.check(input, column, rows, statusOf(input.scope));
      if (!fits) return false;
    }
    return true;
  }

  RowStatus* statusOf(Scope scope) const { return scope == Scope::Item ? s_.frame.itemStatus : s_.frame.requestStatus; }

  void receiveReads(uint32_t phase) {
    for (size_t g = 0; g < program_.reads.size(); ++g)
      if (program_.reads[g].neededBy == phase)
        s_.reads.receive(g, program_.reads[g], layout_, s_.frame, s_.callArena, result_.reads_);
  }

  // The keys of a phase are there as soon as the larger of their scopes is computed.
  void sendReads(uint32_t phase, Scope computed) {
    for (size_t g = 0; g < program_.reads.size(); ++g) {
      const ReadGroup& group = program_.reads[g];
      if (group.phase == phase && (group.scope == Scope::Item) == (computed == Scope::Item))
        s_.reads.send(g, group, layout_, s_.frame);
    }
  }

  void runScope(uint32_t phase, Scope scope) {
    bool keep = scope == Scope::Item ? program_.keepsItem : program_.keepsRequest;
    int64_t rows = rowsOf(scope);
    for (int64_t begin = 0; begin < rows; begin += kBlockRows) {
      Arena::Mark mark = s_.blockArena.mark();
      runBlock(phase, scope, begin, std::min<int64_t>(begin + kBlockRows, rows), keep);
      if (!keep) s_.blockArena.rewind(mark);
    }
  }

  void runBlock(uint32_t phase, Scope scope, int64_t begin, int64_t end, bool keep) {
    if (!layout_.makesValues) return program_.executable->run(shard_, phase, scope, begin, end);
    Arena::Mark mark = s_.blockArena.mark();
    RowStatus* status = statusOf(scope) + begin;
    auto rows = static_cast<size_t>(end - begin);
    std::array<RowStatus, kBlockRows> savedStatus;
    std::copy_n(status, rows, savedStatus.begin());
    DataEvents savedEvents = result_.events_;
    s_.savedCounts = result_.counts_;
    for (size_t i = 0; i < program_.ragged.size(); ++i) s_.savedMarks[i] = s_.ragged[program_.ragged[i]].mark();

    program_.executable->run(shard_, phase, scope, begin, end);
    if (!s_.blockArena.exhausted()) return;

    // The rows together need more memory than there is: take the block back, then try a few at a time.
    s_.blockArena.rewind(mark);
    std::copy_n(savedStatus.begin(), rows, status);
    result_.events_ = savedEvents;
    result_.counts_ = s_.savedCounts;
    for (size_t i = 0; i < program_.ragged.size(); ++i) s_.ragged[program_.ragged[i]].rewind(s_.savedMarks[i]);
    for (int64_t group = begin; group < end; group += kRowGroup)
      runGroup(phase, scope, group, std::min(group + kRowGroup, end), keep);
  }

  void runGroup(uint32_t phase, Scope scope, int64_t begin, int64_t end, bool keep) {
    Arena::Mark mark = s_.blockArena.mark();
    program_.executable->run(shard_, phase, scope, begin, end);
    if (s_.blockArena.exhausted()) {
      RowStatus* status = statusOf(scope);
      // Operators mark the rows that they fail; where none did, none of the group can be trusted.
      if (std::none_of(status + begin, status + end, [](RowStatus s) { return s == RowStatus::OutOfMemory; }))
        std::replace(status + begin, status + end, RowStatus::Ok, RowStatus::OutOfMemory);
      // What failed is not worth keeping, and later rows get another chance.
      Arena::Mark filled = s_.blockArena.mark();
      s_.blockArena.rewind(filled);
    }
    if (!keep) s_.blockArena.rewind(mark);
  }

  void finishOutputs() {
    for (uint32_t o : program_.ragged) {
      OutputColumn& column = result_.outputs_[o];
      const RaggedBuffer& buffer = result_.ragged_[o];
      std::swap(result_.ragged_[o], s_.ragged[o]);
      column.ids = buffer.ids;
      column.weights = buffer.weights;
      column.dense = buffer.dense;
      std::span<const uint32_t> lengths = std::span(s_.lengths[o]).first(static_cast<size_t>(column.rows));
      if (column.perElement) column.elementOffsets = offsetsOf(lengths, result_.elementOffsets_[o]);
      if (column.ragged)
        column.offsets = offsetsOf(column.perElement ? buffer.idsOfElement : lengths, result_.offsets_[o]);
    }
    for (size_t item = 0; item < static_cast<size_t>(result_.items_); ++item) {
      RowStatus& status = result_.itemStatus_[item];
      if (status == RowStatus::Ok) status = s_.requestStatus[static_cast<size_t>(result_.requestOfItem_[item])];
    }
  }

  // 0, then the sum of the lengths so far.
  static std::span<const int64_t> offsetsOf(std::span<const uint32_t> lengths, std::vector<int64_t>& offsets) {
    offsets.resize(lengths.size() + 1);
    offsets[0] = 0;
    for (size_t i = 0; i < lengths.size(); ++i) offsets[i + 1] = offsets[i] + lengths[i];
    return offsets;
  }

  const Program& program_;
  const ProgramLayout& layout_;
  Scratch::State& s_;
  Result& result_;
  bool sameRows_ = false;  // as the call before that was given the result
  ShardFrame shard_;
};

Extractor::Extractor(ProgramInfo info, std::shared_ptr<const Executable> executable, StoreBinding stores,
                     RunLimits limits)
    : program_(std::make_shared<Program>(std::move(info), std::move(executable), std::move(stores), limits)) {}

const ProgramInfo& Extractor::info() const { return program_->info; }
const Executable& Extractor::executable() const { return *program_->executable; }

RunError Extractor::run(const Batch& batch, Scratch& scratch, Result& result) const {
  Scratch::State& state = *scratch.state_;
  RunError error;
  if (state.program != program_) error = {"the scratch was made for another extractor"};
  if (!error) error = checkBatch(program_->info, batch);
  if (!error) {
    FloatEnvironment floats;
    // Answers that are still to come write to the scratch: nothing leaves before them.
    struct Finish {
      CallReads& reads;
      ~Finish() { reads.finish(); }
    } finish{state.reads};
    try {
      error = Call(*program_, state, result).run(batch);
    } catch (const std::bad_alloc&) {
      error = {"not enough memory for the batch"};
    }
  }
  if (error) result = {};
  return error;
}

}  // namespace featc
