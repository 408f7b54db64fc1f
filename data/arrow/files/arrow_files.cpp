// SPDX-License-Identifier: Apache-2.0
// Arrow IPC and Parquet files through libarrow and libparquet.
#include "data/arrow/files/arrow_files.h"

#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <arrow/io/api.h>
#include <arrow/ipc/api.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "data/arrow/files/file_batches.h"

namespace {

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

char* openFile(const char* path, int isParquet, ArrowArrayStream* out, void** file) {
  return guarded([&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<featc::FileBatches> batches,
                          isParquet != 0 ? featc::openParquet(path) : featc::openIpc(path));
    *file = batches.get();
    return arrow::ExportRecordBatchReader(std::move(batches), out);
  });
}

char* chooseColumns(void* file, uint8_t* wanted) {
  return guarded([&] { return static_cast<featc::FileBatches*>(file)->choose(wanted); });
}

char* splitRows(void* file, int64_t* rows, int64_t* pieceRows) {
  *rows = *pieceRows = 0;
  return guarded([&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(const featc::ParquetPieces* pieces, static_cast<featc::FileBatches*>(file)->pieces());
    if (pieces == nullptr) return arrow::Status::OK();
    *rows = pieces->rows();
    *pieceRows = featc::ParquetPieces::kRows;
    return arrow::Status::OK();
  });
}

char* readPiece(void* file, int64_t piece, ArrowArrayStream* out) {
  return guarded([&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(featc::ParquetPieces * pieces, static_cast<featc::FileBatches*>(file)->pieces());
    ARROW_ASSIGN_OR_RAISE(arrow::RecordBatchVector batches, pieces->read(piece));
    ARROW_ASSIGN_OR_RAISE(auto reader, arrow::RecordBatchReader::Make(std::move(batches), pieces->schema()));
    return arrow::ExportRecordBatchReader(std::move(reader), out);
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

extern "C" __attribute__((visibility("default"))) const FeatcArrowFiles* featcArrowFiles(uint32_t version) {
  static constexpr FeatcArrowFiles kFiles = {openFile,   chooseColumns, splitRows,  readPiece,
                                             createFile, writeArray,    finishFile, dropWriter};
  return version == FEATC_ARROW_FILES_VERSION ? &kFiles : nullptr;
}
