// SPDX-License-Identifier: Apache-2.0
// Copies outputs of results into tensors, and looks up the rows of ids.
#include "server/model/network_inputs.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "values/hash.h"

namespace featc {
namespace {

// -1 for no id.
int64_t payloadOrNone(uint64_t id) { return id == 0 ? -1 : static_cast<int64_t>(payloadOf(id)); }

// The elements of a row, of a sequence or a group.
std::pair<int64_t, int64_t> elementsOf(const OutputColumn& column, int64_t row) {
  std::span<const int64_t> offsets = column.perElement ? column.elementOffsets : column.offsets;
  auto at = static_cast<size_t>(row);
  return {offsets[at], offsets[at + 1]};
}

// All ids of a column; of a group by element.
IdRows idRows(const OutputColumn& column) {
  auto rows = static_cast<size_t>(column.rows);
  size_t places = column.perElement ? static_cast<size_t>(column.elementOffsets[rows]) : rows;
  IdRows out;
  out.ids = column.ragged ? column.ids : column.ids.first(places);
  if (column.ragged) out.offsets = column.offsets.first(places + 1);
  if (column.weighted) out.weights = column.weights;
  return out;
}

}  // namespace

NetworkInputs::NetworkInputs(const ProgramInfo& info, const Binding& binding)
    : info_(info), binding_(binding), buffers_(binding.inputs.size()), lookups_(info.outputs.size()) {}

void NetworkInputs::begin(const EmbeddingSnapshot* tables) {
  tables_ = tables;
  items_ = requests_ = 0;
  for (Buffer& buffer : buffers_) {
    buffer.floats.clear();
    buffer.ints.clear();
  }
  std::ranges::fill(lookups_, LookupCounts{});
}

void NetworkInputs::add(const Result& result) {
  newItems_.clear();
  newRequests_.clear();
  requestRowOf_.assign(static_cast<size_t>(result.requests()), -1);
  for (int64_t item = 0; item < result.items(); ++item) {
    if (result.status(item) != RowStatus::Ok) continue;
    newItems_.push_back(item);
    int64_t request = result.requestOf(item);
    int64_t& row = requestRowOf_[static_cast<size_t>(request)];
    if (row >= 0) continue;
    row = requests_ + static_cast<int64_t>(newRequests_.size());
    newRequests_.push_back(request);
  }
  for (size_t i = 0; i < buffers_.size(); ++i) {
    const BoundInput& input = binding_.inputs[i];
    if (input.type == TensorType::Float32)
      fillFloats(input, result, buffers_[i].floats);
    else
      fillInts(input, result, buffers_[i].ints);
  }
  items_ += static_cast<int64_t>(newItems_.size());
  requests_ += static_cast<int64_t>(newRequests_.size());
}

std::span<const TensorSpan> NetworkInputs::tensors() {
  views_.clear();
  for (size_t i = 0; i < buffers_.size(); ++i) {
    const BoundInput& input = binding_.inputs[i];
    Buffer& buffer = buffers_[i];
    buffer.shape = {input.perRequest ? requests_ : items_};
    buffer.shape.insert(buffer.shape.end(), input.rowShape.begin(), input.rowShape.end());
    bool isFloat = input.type == TensorType::Float32;
    views_.push_back(
        {input.type, buffer.shape, isFloat ? static_cast<const void*>(buffer.floats.data()) : buffer.ints.data()});
  }
  return views_;
}

void NetworkInputs::chooseRows(const BoundInput& input, const Result& result, const OutputColumn& column) {
  if (input.perRequest || column.scope == Scope::Item) {
    rows_ = input.perRequest ? newRequests_ : newItems_;
    return;
  }
  rows_.clear();
  for (int64_t item : newItems_) rows_.push_back(result.requestOf(item));
}

bool NetworkInputs::areAllRows(const OutputColumn& column) const {
  if (static_cast<int64_t>(rows_.size()) != column.rows) return false;
  for (size_t i = 0; i < rows_.size(); ++i)
    if (rows_[i] != static_cast<int64_t>(i)) return false;
  return true;
}

size_t NetworkInputs::firstPlace(const BoundPart& part, int64_t elements) const {
  return info_.outputs[part.output].padLeft ? part.length - static_cast<size_t>(elements) : 0;
}

void NetworkInputs::fillFloats(const BoundInput& input, const Result& result, std::vector<float>& buffer) {
  size_t begin = buffer.size();
  buffer.resize(begin + (input.perRequest ? newRequests_ : newItems_).size() * input.rowSize());
  if (buffer.size() == begin) return;
  Place<float> to{buffer.data() + begin, input.rowSize(), input.width};
  for (const BoundPart& part : input.parts) {
    const OutputColumn& column = result.output(part.output);
    chooseRows(input, result, column);
    if (part.kind == BoundKind::Dense)
      fillDense(part, column, to);
    else
      fillEmbedding(part, column, to);
    to.begin += part.width;
  }
}

void NetworkInputs::fillInts(const BoundInput& input, const Result& result, std::vector<int64_t>& buffer) {
  size_t begin = buffer.size();
  buffer.resize(begin + (input.perRequest ? newRequests_ : newItems_).size() * input.rowSize(), -1);
  if (buffer.size() == begin) return;
  Place<int64_t> to{buffer.data() + begin, input.rowSize(), input.width};
  for (const BoundPart& part : input.parts) {
    if (part.kind == BoundKind::RequestOfItem) {
      for (size_t i = 0; i < newItems_.size(); ++i)
        *to.row(i) = requestRowOf_[static_cast<size_t>(result.requestOf(newItems_[i]))];
    } else {
      const OutputColumn& column = result.output(part.output);
      chooseRows(input, result, column);
      if (part.kind == BoundKind::Length)
        fillLengths(column, to);
      else
        fillPayloads(part, column, to);
    }
    to.begin += part.width;
  }
}

void NetworkInputs::fillDense(const BoundPart& part, const OutputColumn& column, const Place<float>& to) {
  const float* from = column.dense.data();
  size_t bytes = part.width * sizeof(float);
  for (size_t i = 0; i < rows_.size(); ++i) {
    float* row = to.row(i);
    if (part.length == 0) {
      std::memcpy(row, from + static_cast<size_t>(rows_[i]) * part.width, bytes);
      continue;
    }
    auto [first, end] = elementsOf(column, rows_[i]);
    row += firstPlace(part, end - first) * to.width;
    for (int64_t element = first; element < end; ++element, row += to.width)
      std::memcpy(row, from + static_cast<size_t>(element) * part.width, bytes);
  }
}

void NetworkInputs::fillEmbedding(const BoundPart& part, const OutputColumn& column, const Place<float>& to) {
  const OutputInfo& output = info_.outputs[part.output];
  const TableLookup& table = tables_->table(*tables_->tableOf(output.name));
  LookupCounts& counts = lookups_[part.output];
  IdRows ids = idRows(column);
  auto lookUp = [&](PooledRows out) {
    if (part.length == 0)
      table.pool(ids, out, counts);
    else if (column.perElement)
      table.poolElements(ids, column.elementOffsets.first(static_cast<size_t>(column.rows) + 1), part.length, out,
                         counts);
    else
      table.sequences(ids, part.length, out, counts);
  };
  // Rows of the table go to their place, unless items share those of their request or some are left out.
  if (areAllRows(column) && !(part.length != 0 && output.padLeft)) {
    lookUp({to.begin, to.width});
    return;
  }
  size_t places = part.length == 0 ? 1 : part.length;
  pooled_.resize(static_cast<size_t>(column.rows) * places * part.width);
  lookUp({pooled_.data(), part.width});
  for (size_t i = 0; i < rows_.size(); ++i) {
    const float* from = pooled_.data() + static_cast<size_t>(rows_[i]) * places * part.width;
    size_t first = 0;
    size_t count = places;
    if (part.length != 0) {
      auto [begin, end] = elementsOf(column, rows_[i]);
      count = static_cast<size_t>(end - begin);
      first = firstPlace(part, end - begin);
    }
    for (size_t k = 0; k < count; ++k)
      std::memcpy(to.row(i) + (first + k) * to.width, from + k * part.width, part.width * sizeof(float));
  }
}

void NetworkInputs::fillPayloads(const BoundPart& part, const OutputColumn& column, const Place<int64_t>& to) {
  for (size_t i = 0; i < rows_.size(); ++i) {
    int64_t* row = to.row(i);
    if (part.length == 0) {
      *row = payloadOrNone(column.ids[static_cast<size_t>(rows_[i])]);
      continue;
    }
    auto [first, end] = elementsOf(column, rows_[i]);
    row += firstPlace(part, end - first) * to.width;
    for (int64_t element = first; element < end; ++element, row += to.width)
      *row = payloadOrNone(column.ids[static_cast<size_t>(element)]);
  }
}

void NetworkInputs::fillLengths(const OutputColumn& column, const Place<int64_t>& to) {
  for (size_t i = 0; i < rows_.size(); ++i) {
    auto [first, end] = elementsOf(column, rows_[i]);
    *to.row(i) = end - first;
  }
}

}  // namespace featc
