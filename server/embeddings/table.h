// SPDX-License-Identifier: Apache-2.0
// A table file: the embeddings of many ids, immutable and in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "server/embeddings/row_type.h"
#include "server/embeddings/table_layout.h"
#include "support/error.h"
#include "support/memory_budget.h"

namespace featc {

struct TableOptions {
  // What tables may hold together; null: no limit.
  std::shared_ptr<MemoryBudget> budget = nullptr;
  // Compares the sum of every byte, which also brings the whole file into memory. Without it only the header and the
  // index are checked, and rows are read from the disk when they are first looked up.
  bool checkRows = true;
  // Copies the file into huge pages where the system has them: a lookup takes two thirds of the time, and nothing that
  // happens to the file matters any more. Without it the file is memory-mapped, so that processes share its memory.
  bool copy = true;
};

// Thread-safe.
class EmbeddingTable {
 public:
  // An error names the file: it is not there, is not a table, is of another version, is cut short or damaged, or the
  // budget has no room for it.
  static Expected<std::shared_ptr<const EmbeddingTable>> open(const std::string& path,
                                                              const TableOptions& options = {});

  virtual ~EmbeddingTable() = default;

  uint32_t dim() const { return header_.dim; }
  RowType type() const { return static_cast<RowType>(header_.type); }
  uint64_t rows() const { return header_.rows; }
  uint64_t fileBytes() const { return header_.fileBytes; }
  // Of the header, which has the sums of the rest: what tells one table from another.
  uint64_t checksum() const { return header_.headerSum; }
  const TableHeader& header() const { return header_; }
  const TableIndex& index() const { return index_; }

  // The row's numbers in the table's type; null: there is no row. For many ids use a TableLookup.
  const std::byte* find(uint64_t id) const;

 protected:
  EmbeddingTable() = default;

  TableHeader header_{};
  TableIndex index_{};
};

}  // namespace featc
