// SPDX-License-Identifier: Apache-2.0
// Reads Arrow IPC and Parquet files column by column, as far as columns are wanted.
#include "data/arrow/files/file_batches.h"

#include <arrow/io/api.h>
#include <arrow/io/buffered.h>
#include <arrow/io/stdio.h>
#include <arrow/ipc/api.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include "data/arrow/files/arrow_files.h"

namespace featc {
namespace {

constexpr int64_t kStdinBytes = 65'536;
constexpr int64_t kBatchRows = 16'384;  // read from Parquet at a time

bool isStdio(const char* path) { return std::strcmp(path, "-") == 0; }

// A batch without columns would not say how many rows there are.
void wantOne(uint8_t* wanted, int columns) {
  if (columns > 0 && std::all_of(wanted, wanted + columns, [](uint8_t w) { return w == FEATC_ARROW_NOTHING; }))
    wanted[0] = FEATC_ARROW_VALUES;
}

std::vector<int> chosen(const uint8_t* wanted, int columns) {
  std::vector<int> out;
  for (int i = 0; i < columns; ++i)
    if (wanted[i] != FEATC_ARROW_NOTHING) out.push_back(i);
  return out;
}

// -- IPC ----------------------------------------------------------------------------------------------

// Of a file with a table of its batches: the bytes of other columns are not read.
class IpcFile final : public FileBatches {
 public:
  explicit IpcFile(std::shared_ptr<arrow::ipc::RecordBatchFileReader> file, std::shared_ptr<arrow::io::ReadableFile> in)
      : file_(std::move(file)), in_(std::move(in)) {}
  std::shared_ptr<arrow::Schema> schema() const override { return file_->schema(); }

  arrow::Status choose(uint8_t* wanted) override {
    const int columns = file_->schema()->num_fields();
    wantOne(wanted, columns);
    arrow::ipc::IpcReadOptions options;
    options.included_fields = chosen(wanted, columns);
    return arrow::ipc::RecordBatchFileReader::Open(in_, options).Value(&file_);
  }

 private:
  arrow::Status readNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    *batch = nullptr;
    if (next_ == file_->num_record_batches()) return arrow::Status::OK();
    return file_->ReadRecordBatch(next_++).Value(batch);
  }

  std::shared_ptr<arrow::ipc::RecordBatchFileReader> file_;
  std::shared_ptr<arrow::io::ReadableFile> in_;
  int next_ = 0;
};

// Of a stream, which is read whole.
class IpcStream final : public FileBatches {
 public:
  explicit IpcStream(std::shared_ptr<arrow::RecordBatchReader> stream) : stream_(std::move(stream)) {}
  std::shared_ptr<arrow::Schema> schema() const override { return stream_->schema(); }

  arrow::Status choose(uint8_t* wanted) override {
    const int columns = stream_->schema()->num_fields();
    wantOne(wanted, columns);
    columns_ = chosen(wanted, columns);
    isChosen_ = true;
    return arrow::Status::OK();
  }

 private:
  arrow::Status readNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    ARROW_RETURN_NOT_OK(stream_->ReadNext(batch));
    if (*batch == nullptr || !isChosen_) return arrow::Status::OK();
    return (*batch)->SelectColumns(columns_).Value(batch);
  }

  std::shared_ptr<arrow::RecordBatchReader> stream_;
  std::vector<int> columns_;
  bool isChosen_ = false;
};

// -- Parquet ------------------------------------------------------------------------------------------

void addLeaves(const parquet::arrow::SchemaField& field, std::vector<int>& leaves) {
  if (field.is_leaf()) leaves.push_back(field.column_index);
  for (const parquet::arrow::SchemaField& child : field.children) addLeaves(child, leaves);
}

class ParquetFile final : public FileBatches {
 public:
  ParquetFile(std::shared_ptr<arrow::io::RandomAccessFile> bytes, std::unique_ptr<parquet::arrow::FileReader> file,
              std::shared_ptr<arrow::Schema> schema)
      : bytes_(std::move(bytes)), file_(std::move(file)), schema_(std::move(schema)) {
    chosen_.resize(static_cast<size_t>(schema_->num_fields()));
    std::iota(chosen_.begin(), chosen_.end(), 0);
  }
  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Status choose(uint8_t* wanted) override {
    const std::vector<parquet::arrow::SchemaField>& fields = file_->manifest().schema_fields;
    const int columns = schema_->num_fields();
    for (int i = 0; i < columns; ++i)
      if (wanted[i] == FEATC_ARROW_PRESENCE && isNeverMissing(fields[static_cast<size_t>(i)]))
        wanted[i] = FEATC_ARROW_NOTHING;
    wantOne(wanted, columns);
    chosen_ = chosen(wanted, columns);
    return arrow::Status::OK();
  }

  // Made by the first call, which no other is beside.
  arrow::Result<ParquetPieces*> pieces() override {
    if (pieces_ != nullptr) return pieces_.get();
    std::vector<ParquetPieces::Column> columns;
    for (int i : chosen_) {
      columns.push_back({schema_->field(i), {}});
      addLeaves(file_->manifest().schema_fields[static_cast<size_t>(i)], columns.back().leaves);
    }
    ARROW_ASSIGN_OR_RAISE(pieces_,
                          ParquetPieces::open(bytes_, file_->parquet_reader()->metadata(), std::move(columns)));
    return pieces_.get();
  }

 private:
  arrow::Status readNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    if (batches_ == nullptr) {
      std::vector<int> leaves;
      for (int i : chosen_) addLeaves(file_->manifest().schema_fields[static_cast<size_t>(i)], leaves);
      std::vector<int> groups(static_cast<size_t>(file_->num_row_groups()));
      std::iota(groups.begin(), groups.end(), 0);
      ARROW_RETURN_NOT_OK(file_->GetRecordBatchReader(groups, leaves).Value(&batches_));
    }
    return batches_->ReadNext(batch);
  }

  // By its type, or by the counts of every row group. Of lists these count elements too.
  bool isNeverMissing(const parquet::arrow::SchemaField& field) const {
    if (!field.field->nullable()) return true;
    if (!field.is_leaf()) return false;
    const std::shared_ptr<parquet::FileMetaData> metadata = file_->parquet_reader()->metadata();
    for (int g = 0; g < metadata->num_row_groups(); ++g) {
      const std::shared_ptr<parquet::Statistics> counts =
          metadata->RowGroup(g)->ColumnChunk(field.column_index)->statistics();
      if (counts == nullptr || !counts->HasNullCount() || counts->null_count() != 0) return false;
    }
    return true;
  }

  std::shared_ptr<arrow::io::RandomAccessFile> bytes_;
  std::unique_ptr<parquet::arrow::FileReader> file_;
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<int> chosen_;                            // fields that are read
  std::unique_ptr<arrow::RecordBatchReader> batches_;  // null before the first batch
  std::unique_ptr<ParquetPieces> pieces_;
};

}  // namespace

arrow::Status FileBatches::ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) {
  ARROW_RETURN_NOT_OK(readNext(batch));
  return *batch == nullptr ? arrow::Status::OK() : (*batch)->ValidateFull();
}

arrow::Result<std::shared_ptr<FileBatches>> openParquet(const char* path) {
  if (isStdio(path)) return arrow::Status::Invalid("Parquet cannot be read from stdin: it is read from its end");
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::io::ReadableFile> file, arrow::io::ReadableFile::Open(path));
  parquet::ReaderProperties properties;
  properties.enable_buffered_stream();
  parquet::ArrowReaderProperties arrowProperties;
  arrowProperties.set_batch_size(kBatchRows);
  arrowProperties.set_pre_buffer(false);
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(file, properties));
  builder.properties(arrowProperties);
  ARROW_ASSIGN_OR_RAISE(std::unique_ptr<parquet::arrow::FileReader> reader, builder.Build());
  std::shared_ptr<arrow::Schema> schema;
  ARROW_RETURN_NOT_OK(reader->GetSchema(&schema));
  return std::make_shared<ParquetFile>(std::move(file), std::move(reader), std::move(schema));
}

arrow::Result<std::shared_ptr<FileBatches>> openIpc(const char* path) {
  std::shared_ptr<arrow::io::InputStream> stream;
  if (isStdio(path)) {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::io::BufferedInputStream> input,
                          arrow::io::BufferedInputStream::Create(kStdinBytes, arrow::default_memory_pool(),
                                                                 std::make_shared<arrow::io::StdinStream>()));
    // Behind its magic a file begins as a stream does.
    ARROW_ASSIGN_OR_RAISE(std::string_view start, input->Peek(6));
    if (start == "ARROW1") ARROW_RETURN_NOT_OK(input->Advance(8));
    stream = std::move(input);
  } else {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::io::ReadableFile> file, arrow::io::ReadableFile::Open(path));
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> start, file->ReadAt(0, 6));
    if (start->ToString() == "ARROW1") {
      ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::ipc::RecordBatchFileReader> reader,
                            arrow::ipc::RecordBatchFileReader::Open(file));
      return std::make_shared<IpcFile>(std::move(reader), std::move(file));
    }
    // Reading at a place may have moved where reading goes on.
    ARROW_RETURN_NOT_OK(file->Seek(0));
    stream = file;
  }
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::RecordBatchReader> reader,
                        arrow::ipc::RecordBatchStreamReader::Open(std::move(stream)));
  return std::make_shared<IpcStream>(std::move(reader));
}

}  // namespace featc
