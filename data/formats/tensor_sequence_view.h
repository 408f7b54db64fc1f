// SPDX-License-Identifier: Apache-2.0
// Reads tensor sequences in place; the C++ face of featc/tensor_sequence.h.
//
//   featc::Expected<featc::TensorSequence> read = featc::TensorSequence::open(bytes);
//   if (!read) ...read.error().message...
//   featc::TensorView tags = *read->find("tags");
//   for (uint64_t id : tags.ids(item)) ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "featc/tensor_sequence.h"
#include "support/error.h"

namespace featc {

// One output of a tensor sequence; borrows from the buffer. A cell is a row or, in a sequence group, an element.
class TensorView {
 public:
  explicit TensorView(const featc_ts_tensor& tensor) : t_(tensor) {}

  std::string_view name() const { return {t_.name, t_.name_bytes}; }
  std::string_view group() const { return {t_.group, t_.group_bytes}; }
  uint32_t slot() const { return t_.slot; }
  bool isRequestFeature() const { return t_.r_flag != 0; }
  bool isDense() const { return t_.kind == FEATC_TS_DENSE; }
  bool isSequence() const { return t_.kind == FEATC_TS_SEQUENCE; }
  uint32_t width() const { return t_.width; }
  bool padLeft() const { return t_.pad_left != 0; }
  uint64_t rows() const { return t_.rows; }
  uint64_t cells() const { return t_.cells; }

  // Whole arrays, laid out as the format's page says; empty where the tensor has none.
  std::span<const uint64_t> allIds() const { return {t_.ids, t_.ids == nullptr ? 0 : t_.values}; }
  std::span<const float> allFloats() const { return {t_.floats, t_.floats == nullptr ? 0 : t_.values}; }
  std::span<const float> allWeights() const { return {t_.weights, t_.weights == nullptr ? 0 : t_.values}; }
  std::span<const int32_t> offsets() const { return {t_.offsets, t_.offsets == nullptr ? 0 : t_.cells + 1}; }
  std::span<const int32_t> elementOffsets() const {
    return {t_.element_offsets, t_.element_offsets == nullptr ? 0 : t_.rows + 1};
  }

  // What one cell has; a cell that is not there has nothing.
  std::span<const uint64_t> ids(uint64_t cell) const { return of<uint64_t>(cell, featc_ts_row_ids); }
  std::span<const float> weights(uint64_t cell) const { return of<float>(cell, featc_ts_row_weights); }
  std::span<const float> floats(uint64_t cell) const { return of<float>(cell, featc_ts_row_floats); }

 private:
  template <class T, class Find>
  std::span<const T> of(uint64_t cell, Find find) const {
    uint64_t count = 0;
    const T* first = find(&t_, cell, &count);
    return {first, count};
  }
  featc_ts_tensor t_;
};

class TensorSequence {
 public:
  // The buffer at the start of `bytes`, which must be at a multiple of 8 and outlive the view. Fails where it is
  // truncated, damaged, compressed or of another version. `options`: FEATC_TS_SKIP_CHECKSUM, FEATC_TS_SKIP_OFFSETS.
  static Expected<TensorSequence> open(std::string_view bytes, unsigned options = 0);
  // How long the first buffer of a stream is; 0: no such buffer, or fewer than FEATC_TS_HEADER_BYTES bytes.
  static uint64_t totalBytes(std::string_view bytes) { return featc_ts_total_bytes(bytes.data(), bytes.size()); }

  std::string_view model() const { return {ts_.model, ts_.model_bytes}; }
  uint64_t fingerprint() const { return ts_.fingerprint; }
  uint32_t semantics() const { return ts_.semantics; }
  uint64_t requests() const { return ts_.requests; }
  uint64_t items() const { return ts_.items; }
  uint64_t failedItems() const { return ts_.failed; }
  std::span<const int64_t> itemOffsets() const { return {ts_.item_offsets, ts_.requests + 1}; }
  // RowStatus an item; 0 is fine.
  std::span<const uint8_t> status() const { return {ts_.status, ts_.items}; }
  // Where each item stood in the input: its number among all items; empty where the writer had no input.
  std::span<const uint64_t> inputRows() const { return {ts_.input_row, ts_.input_row == nullptr ? 0 : ts_.items}; }

  uint32_t size() const { return ts_.tensors; }
  TensorView operator[](uint32_t i) const { return TensorView(featc_ts_get(&ts_, i)); }
  std::optional<TensorView> find(const std::string& name) const;

 private:
  featc_ts ts_{};
};

// What a compressed buffer holds without compression, in memory at a multiple of 8; also takes one that is not
// compressed. Fails where it is damaged, and with OverLimit where it would take more than `maxBytes`.
Expected<std::vector<uint64_t>> unpackTensorSequence(std::string_view bytes, uint64_t maxBytes = uint64_t{1} << 30U);
inline std::string_view bytesOf(const std::vector<uint64_t>& words) {
  return {reinterpret_cast<const char*>(words.data()), words.size() * sizeof(uint64_t)};
}

}  // namespace featc
