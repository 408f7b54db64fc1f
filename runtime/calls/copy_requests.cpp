// SPDX-License-Identifier: Apache-2.0
// Some requests of a result as a result of their own.
#include <algorithm>

#include "runtime/calls/call_outputs.h"

namespace featc {

namespace {

// Elements begin .. end-1 of `from` as all that `to` holds.
template <class T>
void assignPart(std::vector<T>& to, std::span<const T> from, size_t begin, size_t end) {
  from = from.subspan(begin, end - begin);
  to.assign(from.begin(), from.end());
}

// Offsets of entries begin .. end-1, counted from the first.
std::span<const int64_t> copyOffsets(std::span<const int64_t> from, size_t begin, size_t end,
                                     std::vector<int64_t>& to) {
  assignPart(to, from, begin, end + 1);
  for (int64_t& offset : to) offset -= from[begin];
  return to;
}

}  // namespace

void CallOutputs::copyRequests(const CallProgram& program, const Result& all, int64_t firstRequest, int64_t requests,
                               std::span<const ReadCounts> reads, Result& part) {
  auto first = static_cast<size_t>(firstRequest);
  size_t end = first + static_cast<size_t>(requests);
  auto firstItem = static_cast<size_t>(all.itemOffsets_[first]);
  auto endItem = static_cast<size_t>(all.itemOffsets_[end]);
  prepare(program, requests, static_cast<int64_t>(endItem - firstItem), SIZE_MAX, part);
  copyOffsets(all.itemOffsets_, first, end, part.itemOffsets_);
  assignPart<int32_t>(part.requestOfItem_, all.requestOfItem_, firstItem, endItem);
  for (int32_t& request : part.requestOfItem_) request -= static_cast<int32_t>(first);
  assignPart<RowStatus>(part.itemStatus_, all.itemStatus_, firstItem, endItem);
  part.counts_.assign(all.counts_.size(), {});
  part.reads_.assign(reads.begin(), reads.end());
  part.events_ = {};
  if (first == 0) {
    part.counts_ = all.counts_;
    part.events_ = all.events_;
  }

  for (size_t o = 0; o < all.outputs_.size(); ++o) {
    const OutputColumn& from = all.outputs_[o];
    size_t begin = from.scope == Scope::Item ? firstItem : first;
    auto rows = static_cast<size_t>(part.outputs_[o].rows);
    if (program.isRagged[o]) {
      copyRagged(all, begin, o, part);
      continue;
    }
    char* cells = part.fixed_.data()[o];
    if (from.width > 0)
      std::ranges::copy(from.dense.subspan(begin * from.width, rows * from.width), reinterpret_cast<float*>(cells));
    else
      std::ranges::copy(from.ids.subspan(begin, rows), reinterpret_cast<uint64_t*>(cells));
  }
  if (part.share_.budget() != all.share_.budget()) part.share_ = MemoryShare(all.share_.budget());
  part.raggedBytes_ = bytesHeld(part.ragged_, program.ragged);
  countMemory(program, part);
}

// Rows from `begin` on, as many as `part` has.
void CallOutputs::copyRagged(const Result& all, size_t begin, size_t o, Result& part) {
  const OutputColumn& from = all.outputs_[o];
  OutputColumn& to = part.outputs_[o];
  size_t end = begin + static_cast<size_t>(to.rows);
  // What has offsets, and what has values: rows, or the elements of rows.
  if (from.perElement) {
    to.elementOffsets = copyOffsets(from.elementOffsets, begin, end, part.elementOffsets_[o]);
    begin = static_cast<size_t>(from.elementOffsets[begin]);
    end = static_cast<size_t>(from.elementOffsets[end]);
  }
  RaggedBuffer& buffer = part.ragged_[o];
  buffer.clear();
  if (from.width > 0) {
    assignPart(buffer.dense, from.dense, begin * from.width, end * from.width);
  } else {
    if (from.ragged) {
      to.offsets = copyOffsets(from.offsets, begin, end, part.offsets_[o]);
      begin = static_cast<size_t>(from.offsets[begin]);
      end = static_cast<size_t>(from.offsets[end]);
    }
    assignPart(buffer.ids, from.ids, begin, end);
    if (from.weighted) assignPart(buffer.weights, from.weights, begin, end);
  }
  to.ids = buffer.ids;
  to.weights = buffer.weights;
  to.dense = buffer.dense;
}

}  // namespace featc
