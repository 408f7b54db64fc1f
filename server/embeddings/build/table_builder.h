// SPDX-License-Identifier: Apache-2.0
// Makes a table file of rows in any order, with bounded memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/embeddings/build/partitioner.h"
#include "server/embeddings/build/row_source.h"
#include "server/embeddings/build/table_writer.h"
#include "server/embeddings/row_type.h"
#include "support/error.h"

namespace featc {

// What an id that has several rows is.
enum class Repeated : uint8_t { Error, TakeLast };

struct TableBuildOptions {
  RowType type = RowType::Float32;
  Repeated repeated = Repeated::Error;
  uint64_t memory = uint64_t{1} << 30U;  // bytes, about
  std::string temporaryFolder = ".";
};

class TableBuilder {
 public:
  explicit TableBuilder(TableBuildOptions options) : options_(std::move(options)) {}

  // Takes all rows of a source. An error names its file and the row: a vector of another width than those before, one
  // that is missing, a number that is not finite or beyond the table's type.
  Error add(RowSource& source);
  // A row of `dim` numbers that needs no check.
  Error addRow(uint64_t id, const std::byte* row, uint32_t dim);
  // Writes the file, which appears whole or not at all. Ids with several rows are an error that names two of them.
  Expected<BuiltTable> finish(const std::string& path);

 private:
  Error addBatch(const RowSource& source, const RowBatch& batch);
  Error begin(uint32_t dim);
  std::string placeText(uint64_t place) const;

  TableBuildOptions options_;
  uint32_t dim_ = 0;
  std::string dimFrom_;             // the file
  std::vector<std::string> files_;  // that rows came from
  uint64_t added_ = 0;              // by addRow
  std::unique_ptr<Partitioner> rows_;
  std::vector<std::byte> row_;
};

}  // namespace featc
