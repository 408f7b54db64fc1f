// SPDX-License-Identifier: Apache-2.0
// Looks up ids of a table in batches, and pools their rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "server/embeddings/row_type.h"
#include "server/embeddings/table.h"

namespace featc {

class TableOverlay;

// Rows of ids, as an OutputColumn has them. Id 0 is no id: a missing element of a sequence.
struct IdRows {
  std::span<const uint64_t> ids;
  // Row i has ids[offsets[i]] .. ids[offsets[i + 1] - 1]; they ascend, and the last is at most ids.size().
  // Empty: row i has ids[i] only.
  std::span<const int64_t> offsets;
  std::span<const float> weights;  // one an id; empty: all are 1

  size_t rows() const { return offsets.empty() ? ids.size() : offsets.size() - 1; }
};

// Where results go: row i at data[i * stride].
struct PooledRows {
  float* data = nullptr;
  size_t stride = 0;  // floats, at least the table's dim
};

// Of an output's ids, id 0 left out.
struct LookupCounts {
  uint64_t ids = 0;
  uint64_t absent = 0;  // without a row: they got the default row
  LookupCounts& operator+=(const LookupCounts& more) {
    ids += more.ids;
    absent += more.absent;
    return *this;
  }
  bool operator==(const LookupCounts&) const = default;
};

// A table as it is at one sequence of its deltas. Thread-safe; calls allocate nothing. Results are the same to the bit
// on every machine: numbers are added in the order of the ids, in float32.
class TableLookup {
 public:
  // `defaultRow` has the table's dim numbers and is rounded to its type. `overlay` may be null.
  TableLookup(std::shared_ptr<const EmbeddingTable> table, Combiner combiner, std::span<const float> defaultRow,
              std::shared_ptr<const TableOverlay> overlay = nullptr);

  uint32_t dim() const { return table_->dim(); }
  RowType type() const { return table_->type(); }
  Combiner combiner() const { return combiner_; }
  const EmbeddingTable& table() const { return *table_; }
  const std::shared_ptr<const EmbeddingTable>& sharedTable() const { return table_; }
  // Null: no delta changed the table.
  const std::shared_ptr<const TableOverlay>& overlay() const { return overlay_; }

  // float [rows, dim]: the rows of a row's ids, w * v of each with weights, added up. With Combiner::Mean over the
  // number of ids, or the sum of their weights. Zeros where there is no id, or the weights' sum is 0.
  // An id without a row has the default row, and counts.
  void pool(const IdRows& rows, PooledRows out, LookupCounts& counts) const;

  // float [rows, length, dim]: the rows of a sequence's first `length` elements, one after another; weights are left
  // alone. Zeros for a missing element, and behind the end. Row r's element i is row r * length + i of `out`.
  void sequences(const IdRows& rows, size_t length, PooledRows out, LookupCounts& counts) const;

  // The same of a sequence group's sparse output: `elements` has the ids of each element, pooled as pool() does, and
  // row r has elements elementOffsets[r] .. elementOffsets[r + 1] - 1.
  void poolElements(const IdRows& elements, std::span<const int64_t> elementOffsets, size_t length, PooledRows out,
                    LookupCounts& counts) const;

  // One row of `dim` floats. False: the id has none, and `out` is left alone.
  bool get(uint64_t id, float* out) const;

 private:
  class Pipeline;

  std::shared_ptr<const EmbeddingTable> table_;
  std::shared_ptr<const TableOverlay> overlay_;
  Combiner combiner_;
  // In the table's type: first the default row, then zeros.
  std::vector<std::byte> spareRows_;
};

}  // namespace featc
