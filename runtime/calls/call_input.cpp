// SPDX-License-Identifier: Apache-2.0
// From the batches of a call to its input columns.
#include "runtime/calls/call_input.h"

#include <fmt/format.h>

#include <cstring>

#include "ops/flat_lists.h"
#include "runtime/calls/absent_members.h"

namespace featc {

namespace {

Error badBatch(std::string message) { return {std::move(message), ErrorCode::BadBatch}; }

// Rows are numbered with 32 bits where a column of them is made (CallFrame::requestOfItem).
constexpr int64_t kMaxRows = INT32_MAX - kBlockRows;

// Rows 0 .. rows-1 of `from` become rows at .. of `to`.
void copyRows(const ColumnRef& from, Type type, int64_t rows, const ColumnRef& to, int64_t at) {
  if (type.is(Kind::Bool)) {
    for (int64_t i = 0; i < rows; ++i)
      setBit(static_cast<uint8_t*>(to.data), static_cast<uint64_t>(at + i), from.get<bool>(static_cast<uint64_t>(i)));
  } else {
    uint32_t size = cellSize(type);
    std::memcpy(static_cast<char*>(to.data) + at * size, from.data, static_cast<size_t>(rows) * size);
  }
  if (to.valid == nullptr) return;
  for (int64_t i = 0; i < rows; ++i)
    setBit(to.valid, static_cast<uint64_t>(at + i), from.present(static_cast<uint64_t>(i)));
}

void markBad(const uint8_t* bad, int64_t rows, RowStatus* status) {
  for (int64_t i = 0; bad != nullptr && i < rows; ++i)
    if (bad[i] != 0) status[i] = RowStatus::BadInput;
}

// Members of a list of structs that have different lengths are bad rows and then have no elements. Whether an
// output uses a member makes no difference.
void matchStructList(const ProgramInfo& info, StructList list, std::span<const Batch> batches, CallFrame& frame) {
  bool isItem = info.inputs[list.first].scope == Scope::Item;
  RowStatus* status = isItem ? frame.itemStatus : frame.requestStatus;
  int64_t at = 0;
  bool marked = false;
  for (const Batch& batch : batches) {
    int64_t rows = isItem ? batch.items : batch.requests;
    const ColumnData* first = nullptr;
    for (size_t i = list.first; i < list.end(); ++i) {
      const ColumnData& column = batch.columns[i];
      if (column.absent) continue;
      if (first == nullptr)
        first = &column;
      else
        marked = matchMembers(*first, column, rows, status + at) || marked;
    }
    at += rows;
  }
  // Bound lists have cells of their own.
  for (size_t i = list.first; marked && i < list.end(); ++i) {
    FlatLists* flat = frame.columns[i].flat;
    if (flat != nullptr && *flat) writeCells(frame.columns[i], info.inputs[i].type, static_cast<uint32_t>(at));
    if (flat != nullptr) *flat = {};
    auto* cells = static_cast<List<int64_t>*>(frame.columns[i].data);
    for (int64_t row = 0; cells != nullptr && row < at; ++row)
      if (status[row] == RowStatus::BadInput) cells[row] = {};
  }
}

// The columns of the only batch, as far as possible where they lie.
bool bindOne(const CallProgram& program, const Batch& batch, Binder& binder, Arena& arena, CallFrame& frame) {
  const std::vector<InputInfo>& inputs = program.info.inputs;
  const ProgramLayout& layout = program.layout();
  std::span<const ColumnData> columns = withAbsentMembers(program.info, program.structLists, batch, arena);
  frame.flat.resize(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const bool isItem = inputs[i].scope == Scope::Item;
    const int64_t rows = isItem ? batch.items : batch.requests;
    RowStatus* status = isItem ? frame.itemStatus : frame.requestStatus;
    ColumnRef& bound = frame.columns[i];
    bound = {};
    if (!layout.inputUsed[i]) {
      if (!binder.check(inputs[i], columns[i], rows, status)) return false;
      continue;
    }
    bool flatSuffices = false;
    if (rows >= kFlatRows) {
      frame.flat[i] = {};
      bound.flat = &frame.flat[i];
      flatSuffices = !layout.inputFlat.empty() && layout.inputFlat[i];
    }
    if (!binder.bind(inputs[i], columns[i], rows, status, bound, flatSuffices)) return false;
  }
  return true;
}

// The columns of several batches one behind the other.
bool bindJoined(const CallProgram& program, std::span<const Batch> batches, Binder& binder, Arena& arena,
                CallFrame& frame) {
  const std::vector<InputInfo>& inputs = program.info.inputs;
  auto* columnsOf = arena.allocate<std::span<const ColumnData>>(batches.size());
  for (size_t b = 0; b < batches.size(); ++b)
    columnsOf[b] = withAbsentMembers(program.info, program.structLists, batches[b], arena);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const bool isItem = inputs[i].scope == Scope::Item;
    const bool isUsed = program.layout().inputUsed[i];
    RowStatus* status = isItem ? frame.itemStatus : frame.requestStatus;
    ColumnRef joined;
    if (isUsed) joined = newColumn(arena, inputs[i].type, isItem ? frame.items : frame.requests);
    int64_t at = 0;
    for (size_t b = 0; b < batches.size(); ++b) {
      const ColumnData& column = columnsOf[b][i];
      const int64_t rows = isItem ? batches[b].items : batches[b].requests;
      ColumnRef own;
      if (!(isUsed ? binder.bind(inputs[i], column, rows, status + at, own)
                   : binder.check(inputs[i], column, rows, status + at)))
        return false;
      if (isUsed) copyRows(own, inputs[i].type, rows, joined, at);
      at += rows;
    }
    frame.columns[i] = joined;
  }
  return true;
}

}  // namespace

Error checkBatch(const ProgramInfo& info, const Batch& batch) {
  if (batch.columns.size() != info.inputs.size())
    return badBatch(
        fmt::format("the batch has {} columns, but the model has {} fields", batch.columns.size(), info.inputs.size()));
  if (batch.requests < 0 || batch.items < 0 || batch.requests > kMaxRows || batch.items > kMaxRows)
    return badBatch(fmt::format("the batch has {} requests and {} items; each must be within 0..{}", batch.requests,
                                batch.items, kMaxRows));
  if (batch.requests == 0)
    return batch.items == 0 ? Error() : badBatch("the batch has items, but no request they could belong to");
  const int64_t* offsets = batch.itemOffsets;
  if (offsets == nullptr) return badBatch("the batch has no item offsets");
  if (offsets[0] != 0) return badBatch(fmt::format("the item offsets start with {}, not with 0", offsets[0]));
  for (int64_t r = 0; r < batch.requests; ++r)
    if (offsets[r + 1] < offsets[r]) return badBatch(fmt::format("the item offsets descend after request {}", r));
  if (offsets[batch.requests] != batch.items)
    return badBatch(
        fmt::format("the item offsets end with {}, but the batch has {} items", offsets[batch.requests], batch.items));
  return {};
}

Error bindInputs(const CallProgram& program, std::span<const Batch> batches, Binder& binder, Arena& arena,
                 CallFrame& frame) {
  RowStatus* requestStatus = frame.requestStatus;
  RowStatus* itemStatus = frame.itemStatus;
  for (const Batch& batch : batches) {
    markBad(batch.badRequests, batch.requests, requestStatus);
    markBad(batch.badItems, batch.items, itemStatus);
    requestStatus += batch.requests;
    itemStatus += batch.items;
  }
  bool fits = batches.size() == 1 ? bindOne(program, batches[0], binder, arena, frame)
                                  : bindJoined(program, batches, binder, arena, frame);
  if (!fits) return badBatch(binder.error());
  for (const StructList& list : program.structLists) matchStructList(program.info, list, batches, frame);
  return {};
}

}  // namespace featc
