// SPDX-License-Identifier: Apache-2.0
// A call's result: made ready to be filled, and put together from what the shards filled.
#include "runtime/calls/call_outputs.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <utility>

#include "runtime/bind.h"

namespace featc {

namespace {

size_t padded(int64_t rows) { return static_cast<size_t>(roundUpToGroup(rows)); }

// 0, then the sum of the lengths so far.
std::span<const int64_t> sumsOf(std::span<const uint32_t> lengths, std::vector<int64_t>& offsets) {
  offsets.resize(lengths.size() + 1);
  offsets[0] = 0;
  for (size_t i = 0; i < lengths.size(); ++i) offsets[i + 1] = offsets[i] + lengths[i];
  return offsets;
}

// Of the integers that an output has made floats of; its default is the config's own. 2^24 counts: 2^24 + 1 rounds to
// it.
uint64_t countLarge(const OutputColumn& column, float defaultValue) {
  constexpr float kExact = 1 << FLT_MANT_DIG;
  // Those of one row each lie in a buffer that has room for more.
  bool isRagged = column.perElement;
  auto used = isRagged ? column.dense.size() : static_cast<size_t>(column.rows) * column.width;
  auto isLarge = [&](float x) { return std::abs(x) >= kExact && x != defaultValue; };
  return static_cast<uint64_t>(std::ranges::count_if(column.dense.first(used), isLarge));
}

}  // namespace

CallOutputs::CallOutputs(const CallProgram& program) : program_(program), ends_(program.info.outputs.size()) {}

void CallOutputs::begin(std::span<const Batch> batches, Result& result, const std::shared_ptr<MemoryBudget>& budget,
                        uint32_t rowIds) {
  result_ = &result;
  rowIds_ = rowIds;
  if (result.share_.budget() != budget) result.share_ = MemoryShare(budget);
  int64_t requests = 0;
  int64_t items = 0;
  for (const Batch& batch : batches) {
    requests += batch.requests;
    items += batch.items;
  }
  size_t bytes = padded(requests) * program_.bytesOf(Scope::Request) + padded(items) * program_.bytesOf(Scope::Item);
  prepare(program_, requests, items, keptRows_.keep(bytes), result);
  beginRows(batches);
  requestStatus_.assign(padded(requests), RowStatus::Ok);
  if (rowIds != 0) {
    requestIdsLeft_.assign(padded(requests), rowIds - std::min(rowIds, program_.fixedIds[0]));
    itemIdsLeft_.assign(padded(items), rowIds - std::min(rowIds, program_.fixedIds[1]));
  }
  result.events_ = {};
  result.reads_.assign(program_.info.sources.size(), {});
}

void CallOutputs::beginRows(std::span<const Batch> batches) {
  Result& result = *result_;
  result.itemOffsets_.assign(1, 0);
  // Padding items belong to request 0, so that whole groups can be looked up.
  result.requestOfItem_.assign(padded(result.items_), 0);
  result.itemStatus_.assign(padded(result.items_), RowStatus::Ok);
  int32_t request = 0;
  for (const Batch& batch : batches) {
    int64_t first = result.itemOffsets_.back();
    for (int64_t r = 0; r < batch.requests; ++r, ++request) {
      std::fill(result.requestOfItem_.begin() + first + batch.itemOffsets[r],
                result.requestOfItem_.begin() + first + batch.itemOffsets[r + 1], request);
      result.itemOffsets_.push_back(first + batch.itemOffsets[r + 1]);
    }
  }
}

void CallOutputs::prepare(const CallProgram& program, int64_t requests, int64_t items, size_t kept, Result& result) {
  bool sameRows = result.requests_ == requests && result.items_ == items;
  result.requests_ = requests;
  result.items_ = items;
  if (result.program_ != program.identity) {
    describeOutputs(program, result);
    sameRows = false;
  }
  if (sameRows) return;
  if (result.fixed_.bytesHeld() > kept) result.fixed_.free();
  freeAbove(result.itemOffsets_, kept);
  freeAbove(result.requestOfItem_, kept);
  freeAbove(result.itemStatus_, kept);
  result.fixed_.reserve(requests, items);
  for (size_t o = 0; o < result.outputs_.size(); ++o) showRows(program, o, result);
}

void CallOutputs::describeOutputs(const CallProgram& program, Result& result) {
  const std::vector<OutputInfo>& outputs = program.info.outputs;
  result.program_ = program.identity;
  result.outputs_.assign(outputs.size(), {});
  result.counts_.resize(outputs.size());
  result.ragged_.resize(outputs.size());
  result.offsets_.resize(outputs.size());
  result.elementOffsets_.resize(outputs.size());
  result.fixed_.clear();
  for (size_t o = 0; o < outputs.size(); ++o) {
    OutputColumn& column = result.outputs_[o];
    column.scope = outputs[o].scope;
    bool isDense = outputs[o].kind == OutputKind::Dense;
    column.perElement = !outputs[o].group.empty();
    column.ragged = outputs[o].hasSeveralIds();
    column.weighted = outputs[o].hasWeights();
    column.width = isDense ? outputs[o].width : 0;
    auto cellBytes = static_cast<uint32_t>(isDense ? sizeof(float) * column.width : sizeof(uint64_t));
    result.fixed_.add(outputs[o].scope, program.isRagged[o] ? 0 : cellBytes);
  }
}

void CallOutputs::showRows(const CallProgram& program, size_t o, Result& result) {
  OutputColumn& column = result.outputs_[o];
  // Outputs that depend on constants only have a row a request too.
  column.rows = program.info.outputs[o].scope == Scope::Item ? result.items_ : result.requests_;
  if (program.isRagged[o]) return;
  const char* data = result.fixed_.data()[o];
  size_t room = result.fixed_.roomOf(o);
  if (column.width > 0)
    column.dense = {reinterpret_cast<const float*>(data), room * column.width};
  else
    column.ids = {reinterpret_cast<const uint64_t*>(data), room};
}

void CallOutputs::beginRagged(std::span<Shard> shards) {
  for (size_t s = 0; s < shards.size(); ++s) {
    // The requests' outputs and the first items' are written where they stay; the others follow those.
    Shard& shard = shards[s];
    if (s < 2) {
      shard.ragged = &result_->ragged_;
      shard.raggedBytes = &result_->raggedBytes_;
      continue;
    }
    shard.ragged = &shard.own;
    shard.own.resize(program_.info.outputs.size());
    for (uint32_t o : program_.ragged) shard.own[o].clear();
    shard.raggedBytes = &shard.ownBytes;
    shard.ownBytes = bytesHeld(shard.own, program_.ragged);
  }
  for (uint32_t o : program_.ragged) {
    RaggedBuffer& buffer = result_->ragged_[o];
    buffer.ids.clear();
    buffer.weights.clear();
    buffer.idsOfElement.clear();
    buffer.dense.clear();
    std::vector<int64_t>& offsets = rowOffsets(o);
    offsets.resize(static_cast<size_t>(result_->outputs_[o].rows) + 1);
    offsets[0] = 0;
    ends_[o] = offsets.data() + 1;
  }
}

void CallOutputs::describe(CallFrame& frame) {
  frame.requests = result_->requests_;
  frame.items = result_->items_;
  frame.requestOfItem = result_->requestOfItem_.data();
  frame.outputs = result_->fixed_.data();
  frame.ends = ends_.data();
  frame.requestStatus = requestStatus_.data();
  frame.itemStatus = result_->itemStatus_.data();
  frame.requestIdsLeft = rowIds_ != 0 ? requestIdsLeft_.data() : nullptr;
  frame.itemIdsLeft = rowIds_ != 0 ? itemIdsLeft_.data() : nullptr;
}

size_t CallOutputs::bytesToFinish(std::span<const Shard> shards) const {
  size_t bytes = 0;
  if (shards.size() <= 2 && !program_.hasElementsOfSeveralIds) return bytes;
  for (uint32_t o : program_.ragged) {
    const RaggedBuffer& ragged = result_->ragged_[o];
    // A vector that grows may double.
    size_t joined = 0;
    size_t elements = ragged.idsOfElement.size();
    for (const Shard& shard : shards) {
      if (shard.own.empty() || shard.ragged != &shard.own) continue;
      joined += shard.own[o].mark().bytes();
      elements += shard.own[o].idsOfElement.size();
    }
    if (joined > 0) bytes += std::max(joined, ragged.mark().bytes());
    const OutputColumn& column = result_->outputs_[o];
    const std::vector<int64_t>& offsets = result_->offsets_[o];
    if (column.perElement && column.ragged && elements + 1 > offsets.capacity())
      bytes += std::max(elements + 1, 2 * offsets.size()) * sizeof(int64_t);
  }
  return bytes;
}

void CallOutputs::finish(std::span<Shard> shards, std::span<Worker> workers) {
  Result& result = *result_;
  // The worker's next call begins with counts of its own.
  std::swap(result.counts_, workers[0].counts);
  result.events_ = workers[0].events;
  for (Worker& worker : workers.subspan(1)) {
    for (size_t o = 0; o < result.counts_.size(); ++o) result.counts_[o] += worker.counts[o];
    result.events_.unequalLengths += worker.events.unequalLengths;
  }
  if (shards.size() > 2)
    for (uint32_t o : program_.ragged) joinShards(o, shards);
  shrinkRagged();
  for (uint32_t o : program_.ragged) showRagged(o, result);
  countMemory(program_, result);
  for (uint32_t o : program_.rounded)
    result.counts_[o].largeDense =
        countLarge(result.outputs_[o], static_cast<float>(program_.info.outputs[o].defaultValue));
  if (rowIds_ != 0) countRowIds();
  auto isOk = [](RowStatus status) { return status == RowStatus::Ok; };
  if (std::ranges::all_of(requestStatus_, isOk)) return;
  for (size_t item = 0; item < static_cast<size_t>(result.items_); ++item)
    fail(result.itemStatus_[item], requestStatus_[static_cast<size_t>(result.requestOfItem_[item])]);
}

// Those of an item are its own and its request's, which may be emitted after it.
void CallOutputs::countRowIds() {
  Result& result = *result_;
  bool never = program_.fixedIds[0] > rowIds_ || program_.fixedIds[1] > rowIds_;
  for (size_t item = 0; item < static_cast<size_t>(result.items_); ++item) {
    uint32_t ofRequest = rowIds_ - requestIdsLeft_[static_cast<size_t>(result.requestOfItem_[item])];
    if (never || ofRequest > itemIdsLeft_[item]) fail(result.itemStatus_[item], RowStatus::TooManyIds);
  }
}

void CallOutputs::shrinkRagged() {
  Result& result = *result_;
  size_t filled = 0;
  size_t held = 0;
  for (uint32_t o : program_.ragged) {
    filled += result.ragged_[o].mark().bytes();
    held += result.ragged_[o].bytesHeld();
  }
  result.raggedBytes_ = held;
  size_t kept = keptRagged_.keep(filled);
  if (result.raggedBytes_ <= std::max(kept, filled)) return;
  for (uint32_t o : program_.ragged) {
    result.ragged_[o].fit();
    // Of rows those of this call stay.
    if (bytesOf(rowOffsets(o)) > kept) rowOffsets(o).shrink_to_fit();
    if (result.outputs_[o].perElement) freeAbove(result.offsets_[o], kept);
  }
  result.raggedBytes_ = bytesHeld(result.ragged_, program_.ragged);
}

void CallOutputs::countMemory(const CallProgram& program, Result& result) {
  size_t held = result.fixed_.bytesHeld() + bytesOf(result.itemOffsets_) + bytesOf(result.requestOfItem_) +
                bytesOf(result.itemStatus_);
  held += result.raggedBytes_;
  for (uint32_t o : program.ragged) held += bytesOf(result.offsets_[o]) + bytesOf(result.elementOffsets_[o]);
  result.share_.hold(held);
}

size_t CallOutputs::end(std::span<Shard> shards) {
  size_t held = bytesOf(requestStatus_) + bytesOf(requestIdsLeft_) + bytesOf(itemIdsLeft_);
  size_t filled = requestStatus_.size();
  for (const Shard& shard : shards) {
    if (shard.own.empty()) continue;
    held += bytesHeld(shard.own, program_.ragged);
    for (uint32_t o : program_.ragged) filled += shard.own[o].mark().bytes();
  }
  if (held <= kept_.keep(filled)) return held;
  freeAbove(requestStatus_, 0);
  freeAbove(requestIdsLeft_, 0);
  freeAbove(itemIdsLeft_, 0);
  for (Shard& shard : shards) shard.own = {};
  return 0;
}

// The shards have the rows in order, so their ids follow one another.
void CallOutputs::joinShards(uint32_t o, std::span<Shard> shards) {
  if (result_->outputs_[o].scope != Scope::Item) return;
  for (const Shard& shard : shards.subspan(2)) {
    result_->ragged_[o].append(shard.own[o]);
    const int64_t before = ends_[o][shard.begin - 1];
    for (int64_t row = shard.begin; row < shard.end; ++row) ends_[o][row] += before;
  }
}

std::vector<int64_t>& CallOutputs::rowOffsets(uint32_t o) {
  return result_->outputs_[o].perElement ? result_->elementOffsets_[o] : result_->offsets_[o];
}

void CallOutputs::showRagged(size_t o, Result& result) {
  OutputColumn& column = result.outputs_[o];
  const RaggedBuffer& buffer = result.ragged_[o];
  column.ids = buffer.ids;
  column.weights = buffer.weights;
  column.dense = buffer.dense;
  if (column.perElement) column.elementOffsets = result.elementOffsets_[o];
  if (!column.ragged) return;
  column.offsets = column.perElement ? sumsOf(buffer.idsOfElement, result.offsets_[o]) : result.offsets_[o];
}

}  // namespace featc
