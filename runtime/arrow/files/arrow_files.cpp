// SPDX-License-Identifier: Apache-2.0
// Arrow IPC and Parquet files through libarrow and libparquet.
#include "runtime/arrow/files/arrow_files.h"

#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <arrow/io/api.h>
#include <arrow/io/buffered.h>
#include <arrow/io/stdio.h>
#include <arrow/ipc/api.h>
#include <parquet/arrow/reader.h>
#include <parquet/properties.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

namespace {

constexpr int64_t kStdinBytes = 65'536;
constexpr int64_t kBatchRows = 16'384;  // read from Parquet at a time

// arrow::Status in the module's way of telling.
char* told(const arrow::Status& status) { return status.ok() ? nullptr : strdup(status.message().c_str()); }

template <class F>
char* guarded(F&& f) {
  try {
    return told(f());
  } catch (const std::exception& failure) {
    return strdup(failure.what());
  }
}

bool isStdio(const char* path) { return std::strcmp(path, "-") == 0; }

// Checks each batch of a file before anyone trusts its offsets.
class CheckedReader final : public arrow::RecordBatchReader {
 public:
  explicit CheckedReader(std::shared_ptr<arrow::RecordBatchReader> reader) : reader_(std::move(reader)) {}
  std::shared_ptr<arrow::Schema> schema() const override { return reader_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    ARROW_RETURN_NOT_OK(reader_->ReadNext(batch));
    return *batch == nullptr ? arrow::Status::OK() : (*batch)->ValidateFull();
  }

 private:
  std::shared_ptr<arrow::RecordBatchReader> reader_;
};

// The batches of an IPC file one after another.
class FileBatches final : public arrow::RecordBatchReader {
 public:
  explicit FileBatches(std::shared_ptr<arrow::ipc::RecordBatchFileReader> file) : file_(std::move(file)) {}
  std::shared_ptr<arrow::Schema> schema() const override { return file_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    *batch = nullptr;
    if (next_ == file_->num_record_batches()) return arrow::Status::OK();
    return file_->ReadRecordBatch(next_++).Value(batch);
  }

 private:
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> file_;
  int next_ = 0;
};

// Keeps the file open while its batches are read.
class ParquetBatches final : public arrow::RecordBatchReader {
 public:
  ParquetBatches(std::unique_ptr<parquet::arrow::FileReader> file, std::unique_ptr<arrow::RecordBatchReader> batches)
      : file_(std::move(file)), batches_(std::move(batches)) {}
  std::shared_ptr<arrow::Schema> schema() const override { return batches_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override { return batches_->ReadNext(batch); }

 private:
  std::unique_ptr<parquet::arrow::FileReader> file_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
};

using Batches = arrow::Result<std::shared_ptr<arrow::RecordBatchReader>>;

Batches openParquet(const char* path) {
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
  ARROW_ASSIGN_OR_RAISE(std::unique_ptr<arrow::RecordBatchReader> batches, reader->GetRecordBatchReader());
  return std::make_shared<ParquetBatches>(std::move(reader), std::move(batches));
}

Batches openIpc(const char* path) {
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
      return std::make_shared<FileBatches>(std::move(reader));
    }
    // Reading at a place may have moved where reading goes on.
    ARROW_RETURN_NOT_OK(file->Seek(0));
    stream = file;
  }
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::RecordBatchReader> reader,
                        arrow::ipc::RecordBatchStreamReader::Open(std::move(stream)));
  return reader;
}

char* openFile(const char* path, int isParquet, ArrowArrayStream* out) {
  return guarded([&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::RecordBatchReader> batches,
                          isParquet != 0 ? openParquet(path) : openIpc(path));
    return arrow::ExportRecordBatchReader(std::make_shared<CheckedReader>(std::move(batches)), out);
  });
}

}  // namespace

extern "C" const FeatcArrowFiles* featcArrowFiles(uint32_t version) {
  static constexpr FeatcArrowFiles kFiles = {openFile};
  return version == FEATC_ARROW_FILES_VERSION ? &kFiles : nullptr;
}
