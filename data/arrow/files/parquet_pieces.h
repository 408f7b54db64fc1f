// SPDX-License-Identifier: Apache-2.0
// Rows of a Parquet file in pieces of equal length, which threads decode beside each other.
#pragma once

#include <arrow/io/interfaces.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type.h>
#include <parquet/metadata.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace featc {

// The pages of a column are decoded one after another, and a file may be one row group. So the columns are dealt out to
// lanes: within a lane piece follows piece, and lanes are beside each other.
class ParquetPieces {
 public:
  // The last piece may have fewer.
  static constexpr int64_t kRows = 16'384;

  // A column of the result: the numbers of the file's columns that make it up.
  struct Column {
    std::shared_ptr<arrow::Field> field;
    std::vector<int> leaves;
  };
  static arrow::Result<std::unique_ptr<ParquetPieces>> open(std::shared_ptr<arrow::io::RandomAccessFile> file,
                                                            std::shared_ptr<parquet::FileMetaData> metadata,
                                                            std::vector<Column> columns);
  ParquetPieces();
  ~ParquetPieces();
  ParquetPieces(const ParquetPieces&) = delete;
  ParquetPieces& operator=(const ParquetPieces&) = delete;

  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
  int64_t rows() const { return rows_; }
  // The rows of piece number `piece`, mostly one batch, checked. Each piece once, by any thread.
  arrow::Result<arrow::RecordBatchVector> read(int64_t piece);

 private:
  class Lane;

  arrow::Result<arrow::RecordBatchVector> together(const std::vector<arrow::RecordBatchVector>& parts,
                                                   int64_t rows) const;

  std::shared_ptr<arrow::Schema> schema_;
  int64_t rows_ = 0;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace featc
