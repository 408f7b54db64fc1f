// SPDX-License-Identifier: Apache-2.0
// Writes a table file of rows that come by the hashes of their ids.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/embeddings/row_type.h"
#include "support/error.h"

namespace featc {

struct BuiltTable {
  uint32_t dim = 0;
  uint64_t rows = 0;
  uint64_t checksum = 0;  // EmbeddingTable::checksum()
  uint64_t fileBytes = 0;
  uint64_t replaced = 0;      // rows of ids that had a later one
  std::vector<float> mean{};  // of all rows, by column; zeros of none
};

class TableWriter {
 public:
  // `rows`: how many will come, or a few more. What is known only at the end is kept in a temporary file.
  static Expected<std::unique_ptr<TableWriter>> create(const std::string& path, uint32_t dim, RowType type,
                                                       uint64_t rows, const std::string& temporaryFolder);
  virtual ~TableWriter() = default;
  // Hashes ascend. `row` has `dim` numbers of the table's type.
  virtual void add(uint64_t id, uint64_t hash, const std::byte* row) = 0;
  // The file appears whole or not at all.
  virtual Expected<BuiltTable> finish() = 0;
};

}  // namespace featc
