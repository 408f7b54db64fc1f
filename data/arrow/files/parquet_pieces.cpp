// SPDX-License-Identifier: Apache-2.0
// Deals columns out to lanes, and puts what lanes have decoded side by side.
#include "data/arrow/files/parquet_pieces.h"

#include <arrow/status.h>
#include <arrow/table.h>
#include <parquet/arrow/reader.h>
#include <parquet/properties.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <numeric>
#include <utility>

namespace featc {
namespace {

// More would be of use to more threads, but each has buffers of its own.
constexpr size_t kMostLanes = 8;

arrow::Result<std::unique_ptr<parquet::arrow::FileReader>> openReader(
    const std::shared_ptr<arrow::io::RandomAccessFile>& file, const std::shared_ptr<parquet::FileMetaData>& metadata) {
  parquet::ReaderProperties properties;
  properties.enable_buffered_stream();
  parquet::ArrowReaderProperties arrowProperties;
  arrowProperties.set_batch_size(ParquetPieces::kRows);
  arrowProperties.set_pre_buffer(false);
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(file, properties, metadata));
  builder.properties(arrowProperties);
  return builder.Build();
}

}  // namespace

// Some columns, decoded by whichever thread is here.
class ParquetPieces::Lane {
 public:
  arrow::Status open(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                     const std::shared_ptr<parquet::FileMetaData>& metadata, const std::vector<Column>& columns) {
    ARROW_ASSIGN_OR_RAISE(file_, openReader(file, metadata));
    std::vector<int> leaves;
    std::ranges::sort(columns_);
    for (size_t column : columns_)
      leaves.insert(leaves.end(), columns[column].leaves.begin(), columns[column].leaves.end());
    std::vector<int> groups(static_cast<size_t>(file_->num_row_groups()));
    std::iota(groups.begin(), groups.end(), 0);
    return file_->GetRecordBatchReader(groups, leaves).Value(&batches_);
  }

  // Dealing out: what this lane has to decode.
  void add(size_t column, int64_t bytes) {
    columns_.push_back(column);
    bytes_ += bytes;
  }
  int64_t bytes() const { return bytes_; }
  const std::vector<size_t>& columns() const { return columns_; }

  std::unique_lock<std::mutex> tryLock() { return std::unique_lock(mutex_, std::try_to_lock); }
  std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }

  // The rows of a piece. Pieces before it that nobody has asked for yet are decoded on the way, and kept for those who
  // will. While the lock is held.
  arrow::Result<arrow::RecordBatchVector> read(int64_t piece) {
    for (; next_ <= piece; ++next_) {
      ARROW_RETURN_NOT_OK(failure_);
      arrow::RecordBatchVector rows;
      failure_ = decode(rows);
      ARROW_RETURN_NOT_OK(failure_);
      decoded_.emplace(next_, std::move(rows));
    }
    auto found = decoded_.extract(piece);
    return found.empty() ? arrow::Status::Invalid("a piece is read twice")
                         : arrow::Result<arrow::RecordBatchVector>(std::move(found.mapped()));
  }

 private:
  // The next kRows rows, or all that are left.
  arrow::Status decode(arrow::RecordBatchVector& out) {
    int64_t wanted = kRows;
    while (wanted > 0) {
      if (rest_ == nullptr) ARROW_RETURN_NOT_OK(batches_->ReadNext(&rest_));
      if (rest_ == nullptr) break;
      const int64_t rows = std::min(wanted, rest_->num_rows());
      if (rows > 0) out.push_back(rest_->Slice(0, rows));
      rest_ = rows == rest_->num_rows() ? nullptr : rest_->Slice(rows);
      wanted -= rows;
    }
    return arrow::Status::OK();
  }

  std::vector<size_t> columns_;
  int64_t bytes_ = 0;
  std::mutex mutex_;
  std::unique_ptr<parquet::arrow::FileReader> file_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  std::shared_ptr<arrow::RecordBatch> rest_;
  int64_t next_ = 0;
  std::map<int64_t, arrow::RecordBatchVector> decoded_;
  arrow::Status failure_;
};

ParquetPieces::ParquetPieces() = default;
ParquetPieces::~ParquetPieces() = default;

arrow::Result<std::unique_ptr<ParquetPieces>> ParquetPieces::open(std::shared_ptr<arrow::io::RandomAccessFile> file,
                                                                  std::shared_ptr<parquet::FileMetaData> metadata,
                                                                  std::vector<Column> columns) {
  auto pieces = std::make_unique<ParquetPieces>();
  pieces->rows_ = metadata->num_rows();
  arrow::FieldVector fields;
  for (const Column& column : columns) fields.push_back(column.field);
  pieces->schema_ = arrow::schema(std::move(fields));

  std::vector<std::pair<int64_t, size_t>> sizes;
  for (size_t i = 0; i < columns.size(); ++i) {
    int64_t bytes = 0;
    for (int g = 0; g < metadata->num_row_groups(); ++g)
      for (int leaf : columns[i].leaves) bytes += metadata->RowGroup(g)->ColumnChunk(leaf)->total_uncompressed_size();
    sizes.emplace_back(bytes, i);
  }
  // The largest first, each to the lane that has least.
  std::ranges::sort(sizes, std::greater());
  for (size_t i = 0; i < std::min(columns.size(), kMostLanes); ++i) pieces->lanes_.push_back(std::make_unique<Lane>());
  for (auto [bytes, column] : sizes) (*std::ranges::min_element(pieces->lanes_, {}, &Lane::bytes))->add(column, bytes);
  for (const std::unique_ptr<Lane>& lane : pieces->lanes_) ARROW_RETURN_NOT_OK(lane->open(file, metadata, columns));
  return pieces;
}

arrow::Result<arrow::RecordBatchVector> ParquetPieces::read(int64_t piece) {
  std::vector<arrow::RecordBatchVector> parts(lanes_.size());
  std::vector<size_t> open(lanes_.size());
  std::iota(open.begin(), open.end(), 0);
  // Lanes where nobody is come first; where there is none, one waits.
  while (!open.empty()) {
    const size_t before = open.size();
    for (auto lane = open.begin(); lane != open.end();) {
      const bool waits = open.size() == before && lane + 1 == open.end();
      std::unique_lock lock = waits ? lanes_[*lane]->lock() : lanes_[*lane]->tryLock();
      if (!lock) {
        ++lane;
        continue;
      }
      ARROW_ASSIGN_OR_RAISE(parts[*lane], lanes_[*lane]->read(piece));
      lane = open.erase(lane);
    }
  }
  return together(parts, std::min(kRows, rows_ - piece * kRows));
}

arrow::Result<arrow::RecordBatchVector> ParquetPieces::together(const std::vector<arrow::RecordBatchVector>& parts,
                                                                int64_t rows) const {
  std::vector<arrow::ArrayVector> chunks(static_cast<size_t>(schema_->num_fields()));
  bool isOne = true;
  for (size_t lane = 0; lane < parts.size(); ++lane) {
    int64_t found = 0;
    for (const std::shared_ptr<arrow::RecordBatch>& batch : parts[lane]) {
      found += batch->num_rows();
      for (size_t i = 0; i < lanes_[lane]->columns().size(); ++i)
        chunks[lanes_[lane]->columns()[i]].push_back(batch->column(static_cast<int>(i)));
    }
    if (found != rows) return arrow::Status::Invalid("a column has fewer rows than the file says");
    isOne = isOne && parts[lane].size() == 1;
  }
  arrow::RecordBatchVector batches;
  if (isOne) {
    arrow::ArrayVector columns;
    for (arrow::ArrayVector& column : chunks) columns.push_back(std::move(column[0]));
    batches.push_back(arrow::RecordBatch::Make(schema_, rows, std::move(columns)));
  } else {
    arrow::ChunkedArrayVector columns;
    for (int i = 0; i < schema_->num_fields(); ++i)
      columns.push_back(
          std::make_shared<arrow::ChunkedArray>(std::move(chunks[static_cast<size_t>(i)]), schema_->field(i)->type()));
    arrow::TableBatchReader cut(arrow::Table::Make(schema_, std::move(columns), rows));
    ARROW_ASSIGN_OR_RAISE(batches, cut.ToRecordBatches());
  }
  for (const std::shared_ptr<arrow::RecordBatch>& batch : batches) ARROW_RETURN_NOT_OK(batch->ValidateFull());
  return batches;
}

}  // namespace featc
