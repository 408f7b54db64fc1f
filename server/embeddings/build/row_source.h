// SPDX-License-Identifier: Apache-2.0
// Where rows of embeddings come from: ids and vectors, some at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "server/embeddings/row_type.h"
#include "support/error.h"

namespace featc {

// Rows of one file, which are those from `firstRow` on, counted from 1.
struct RowBatch {
  uint64_t firstRow = 1;
  std::vector<uint64_t> ids;
  std::vector<float> numbers;    // dim an id
  std::vector<uint8_t> missing;  // one an id: not 0 where there is no vector, whose numbers are then 0
};

class RowSource {
 public:
  virtual ~RowSource() = default;
  // Its name in messages.
  virtual const std::string& file() const = 0;
  // The numbers of a vector; 0 until a row had one.
  virtual uint32_t dim() const = 0;
  // False behind the last row. An error names file and row.
  virtual Expected<bool> next(RowBatch& batch) = 0;
};

// Why a table of that type cannot have the row; empty: it can.
std::string rowProblem(RowType type, uint64_t id, std::span<const float> numbers);
// An error of row `i` of a batch.
Error rowError(const RowSource& source, const RowBatch& batch, size_t i, const std::string& what);

}  // namespace featc
