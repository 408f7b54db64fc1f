// SPDX-License-Identifier: Apache-2.0
// What a call writes: sums of counts, memory for outputs of one value or width a row.
#include "runtime/result.h"

#include <cstring>
#include <new>

namespace featc {

namespace {

constexpr std::align_val_t kLine{64};
constexpr size_t kLineBytes = 64;

size_t wholeGroups(int64_t rows) { return (static_cast<size_t>(rows) + 7) / 8 * 8; }

// Columns of an even number of cache lines would compete for the same sets of the cache.
size_t columnBytes(size_t rows, uint32_t cellBytes) {
  return ((rows * cellBytes + kLineBytes - 1) / kLineBytes | 1) * kLineBytes;
}

}  // namespace

void RaggedBuffer::rewind(const Mark& mark) {
  ids.resize(mark.ids);
  weights.resize(mark.weights);
  idsOfElement.resize(mark.idsOfElement);
  dense.resize(mark.dense);
}

size_t RaggedBuffer::bytesHeld() const {
  return Mark{ids.capacity(), weights.capacity(), idsOfElement.capacity(), dense.capacity()}.bytes();
}

size_t bytesHeld(const std::vector<RaggedBuffer>& buffers, std::span<const uint32_t> outputs) {
  size_t bytes = 0;
  for (uint32_t output : outputs) bytes += buffers[output].bytesHeld();
  return bytes;
}

void RaggedBuffer::fit() {
  ids.shrink_to_fit();
  weights.shrink_to_fit();
  idsOfElement.shrink_to_fit();
  dense.shrink_to_fit();
}

void RaggedBuffer::append(const RaggedBuffer& later) {
  auto add = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  add(ids, later.ids);
  add(weights, later.weights);
  add(idsOfElement, later.idsOfElement);
  add(dense, later.dense);
}

ReadCounts& ReadCounts::operator+=(const ReadCounts& more) {
  keys += more.keys;
  found += more.found;
  absent += more.absent;
  failed += more.failed;
  timedOut += more.timedOut;
  badFields += more.badFields;
  return *this;
}

ReadCounts Result::reads() const {
  ReadCounts all;
  for (const ReadCounts& counts : reads_) all += counts;
  return all;
}

void FixedOutputs::Free::operator()(char* memory) const { ::operator delete[](memory, kLine); }

void FixedOutputs::add(Scope scope, uint32_t cellBytes) {
  cells_.push_back({scope, cellBytes});
  data_.push_back(nullptr);
  requestRoom_ = itemRoom_ = 0;
}

void FixedOutputs::reserve(int64_t requests, int64_t items) {
  size_t requestRows = wholeGroups(requests);
  size_t itemRows = wholeGroups(items);
  if (requestRows <= requestRoom_ && itemRows <= itemRoom_) return;
  requestRows = std::max(requestRows, requestRoom_);
  itemRows = std::max(itemRows, itemRoom_);
  auto bytesOf = [&](const Cells& cells) {
    return cells.bytes == 0 ? 0 : columnBytes(cells.scope == Scope::Item ? itemRows : requestRows, cells.bytes);
  };
  size_t total = 0;
  for (const Cells& cells : cells_) total += bytesOf(cells);
  free();
  memory_.reset(static_cast<char*>(::operator new[](total, kLine)));
  std::memset(memory_.get(), 0, total);
  char* at = memory_.get();
  for (size_t o = 0; o < cells_.size(); ++o) {
    data_[o] = cells_[o].bytes == 0 ? nullptr : at;
    at += bytesOf(cells_[o]);
  }
  requestRoom_ = requestRows;
  itemRoom_ = itemRows;
  bytes_ = total;
}

void FixedOutputs::free() {
  requestRoom_ = itemRoom_ = 0;
  bytes_ = 0;
  memory_.reset();
  std::ranges::fill(data_, nullptr);
}

}  // namespace featc
