// SPDX-License-Identifier: Apache-2.0
// The rows of a table that deltas changed, in memory: looked at before the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "server/embeddings/row_type.h"
#include "server/embeddings/table_layout.h"

namespace featc {

// What became of an id.
struct RowChange {
  uint64_t id = 0;
  const std::byte* row = nullptr;  // in the table's type; null: deleted
};

// Immutable: a delta makes a new one.
class TableOverlay {
 public:
  // `before`, which may be null, with `changes` on top; of an id's changes the last one counts. Rows are copied.
  static std::shared_ptr<const TableOverlay> make(const TableOverlay* before, std::span<const RowChange> changes,
                                                  size_t rowBytes);

  const TableIndex& index() const { return index_; }
  // Of a row that index() led to.
  bool isDeleted(const std::byte* row) const {
    return deleted_[static_cast<size_t>(row - index_.rows) / index_.rowBytes] != 0;
  }
  size_t size() const { return deleted_.size(); }
  // By the hashes of their ids.
  std::vector<RowChange> changes() const;

 private:
  TableOverlay() = default;

  TableIndex index_;
  std::vector<TableBucket> buckets_;
  std::vector<std::byte> rows_;
  std::vector<uint8_t> deleted_;  // by row
};

}  // namespace featc
