// SPDX-License-Identifier: Apache-2.0
// The record batches of a file, of the columns that somebody wants.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <cstdint>
#include <memory>

#include "data/arrow/files/parquet_pieces.h"

namespace featc {

// Until columns are chosen the schema is that of the whole file. Each batch is checked before anyone trusts its
// offsets.
class FileBatches : public arrow::RecordBatchReader {
 public:
  // `wanted` as FeatcArrowFiles::choose has it.
  virtual arrow::Status choose(uint8_t* wanted) = 0;
  // The same rows for several threads, after choose() and instead of ReadNext(); null: this file is not read so.
  virtual arrow::Result<ParquetPieces*> pieces() { return static_cast<ParquetPieces*>(nullptr); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) final;

 private:
  // Null behind the last.
  virtual arrow::Status readNext(std::shared_ptr<arrow::RecordBatch>* batch) = 0;
};

// `path` "-" is stdin, which Parquet cannot be read from.
arrow::Result<std::shared_ptr<FileBatches>> openParquet(const char* path);
arrow::Result<std::shared_ptr<FileBatches>> openIpc(const char* path);

}  // namespace featc
