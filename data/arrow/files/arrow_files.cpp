// SPDX-License-Identifier: Apache-2.0
// Arrow IPC and Parquet files through libarrow and libparquet.
#include "data/arrow/files/arrow_files.h"

#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <arrow/io/api.h>
#include <arrow/io/buffered.h>
#include <arrow/io/stdio.h>
#include <arrow/ipc/api.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

namespace {

constexpr int64_t kStdinBytes = 65'536;
constexpr int64_t kBatchRows = 16'384;  // read from Parquet at a time
// A row group stays in memory until it is written.
constexpr int64_t kRowGroupRows = 131'072;

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

// -- Writing ------------------------------------------------------------------------------------------

// Hands bytes to the program.
class SinkStream final : public arrow::io::OutputStream {
 public:
  SinkStream(FeatcArrowSink sink, void* context) : sink_(sink), context_(context) {}
  // From now on bytes are dropped.
  void detach() { sink_ = nullptr; }
  arrow::Status Write(const void* bytes, int64_t size) override {
    if (sink_ != nullptr) sink_(context_, bytes, size);
    position_ += size;
    return arrow::Status::OK();
  }
  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }

 private:
  FeatcArrowSink sink_;
  void* context_;
  int64_t position_ = 0;
  bool closed_ = false;
};

// One of the two writers is there.
struct FileWriter {
  std::shared_ptr<arrow::Schema> schema;
  std::shared_ptr<SinkStream> sink;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> ipc;
  std::unique_ptr<parquet::arrow::FileWriter> parquet;
};

arrow::Status beginIpc(bool isCompressed, FileWriter& writer) {
  arrow::ipc::IpcWriteOptions options;
  if (isCompressed) {
    ARROW_ASSIGN_OR_RAISE(options.codec, arrow::util::Codec::Create(arrow::Compression::ZSTD));
  }
  return arrow::ipc::MakeFileWriter(writer.sink, writer.schema, options).Value(&writer.ipc);
}

arrow::Status beginParquet(bool isCompressed, FileWriter& writer) {
  auto properties = parquet::WriterProperties::Builder()
                        .compression(isCompressed ? arrow::Compression::ZSTD : arrow::Compression::UNCOMPRESSED)
                        ->max_row_group_length(kRowGroupRows)
                        ->build();
  // Types, names of elements and metadata come back as they were.
  auto arrowProperties = parquet::ArrowWriterProperties::Builder()
                             .store_schema()
                             ->disable_compliant_nested_types()
                             ->set_use_threads(true)
                             ->build();
  return parquet::arrow::FileWriter::Open(*writer.schema, arrow::default_memory_pool(), writer.sink, properties,
                                          arrowProperties)
      .Value(&writer.parquet);
}

char* createFile(int isParquet, int isCompressed, ArrowSchema* schema, FeatcArrowSink sink, void* context, void** out) {
  return guarded([&]() -> arrow::Status {
    auto writer = std::make_unique<FileWriter>();
    writer->sink = std::make_shared<SinkStream>(sink, context);
    ARROW_ASSIGN_OR_RAISE(writer->schema, arrow::ImportSchema(schema));
    ARROW_RETURN_NOT_OK(isParquet != 0 ? beginParquet(isCompressed != 0, *writer)
                                       : beginIpc(isCompressed != 0, *writer));
    *out = writer.release();
    return arrow::Status::OK();
  });
}

char* writeArray(void* handle, ArrowArray* array) {
  auto& writer = *static_cast<FileWriter*>(handle);
  return guarded([&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::RecordBatch> batch, arrow::ImportRecordBatch(array, writer.schema));
    return writer.ipc != nullptr ? writer.ipc->WriteRecordBatch(*batch) : writer.parquet->WriteRecordBatch(*batch);
  });
}

char* finishFile(void* handle) {
  auto& writer = *static_cast<FileWriter*>(handle);
  return guarded([&]() -> arrow::Status {
    ARROW_RETURN_NOT_OK(writer.ipc != nullptr ? writer.ipc->Close() : writer.parquet->Close());
    return writer.sink->Close();
  });
}

// libparquet ends a file whose writer goes away, and so would make a whole one of a part.
void dropWriter(void* handle) {
  auto* writer = static_cast<FileWriter*>(handle);
  writer->sink->detach();
  delete writer;
}

}  // namespace

extern "C" const FeatcArrowFiles* featcArrowFiles(uint32_t version) {
  static constexpr FeatcArrowFiles kFiles = {openFile, createFile, writeArray, finishFile, dropWriter};
  return version == FEATC_ARROW_FILES_VERSION ? &kFiles : nullptr;
}
