// SPDX-License-Identifier: Apache-2.0
// Loads the module featc_arrow_files.so, and hands files and arrays to it.
#include "tools/arrow_files.h"

#include <stdexcept>

#include "data/arrow/arrow_result.h"
#include "data/arrow/files/arrow_files.h"
#include "support/module.h"
#include "tools/output_formats.h"

namespace featc {
namespace {

constexpr const char* kNoModule =
    "this featc was built without Arrow files: run scripts/setup, which brings libarrow, then build it again";

const Expected<const FeatcArrowFiles*>& arrowFiles() {
  static const Expected<const FeatcArrowFiles*> files =
      loadModule<FeatcArrowFiles>("featc_arrow_files.so", "featcArrowFiles", FEATC_ARROW_FILES_VERSION, kNoModule);
  return files;
}

// The module has numbers of C for these.
static_assert(static_cast<int>(ArrowWanted::Nothing) == FEATC_ARROW_NOTHING &&
              static_cast<int>(ArrowWanted::Presence) == FEATC_ARROW_PRESENCE &&
              static_cast<int>(ArrowWanted::Values) == FEATC_ARROW_VALUES);

int isParquet(std::string_view format) { return format == "parquet" ? 1 : 0; }

class ModuleFile final : public ArrowFile {
 public:
  ModuleFile(const FeatcArrowFiles& files, std::string_view format, const WriterOptions& options)
      : files_(files), isParquet_(isParquet(format)), isCompressed_(options.compress == "zstd" ? 1 : 0) {}
  ~ModuleFile() override {
    if (writer_ != nullptr) files_.drop(writer_);
  }
  ModuleFile(const ModuleFile&) = delete;
  ModuleFile& operator=(const ModuleFile&) = delete;

  void begin(ArrowSchema* schema, std::string& out) override {
    out_ = &out;
    check(files_.create(isParquet_, isCompressed_, schema, sink, this, &writer_));
  }
  void write(ArrowArray* array, std::string& out) override {
    out_ = &out;
    check(files_.write(writer_, array));
  }
  void end(std::string& out) override {
    out_ = &out;
    check(files_.finish(writer_));
  }

 private:
  static void sink(void* file, const void* bytes, int64_t size) {
    static_cast<ModuleFile*>(file)->out_->append(static_cast<const char*>(bytes), static_cast<size_t>(size));
  }
  static void check(char* problem) {
    if (problem != nullptr) throw std::runtime_error(takeModuleText(problem));
  }

  const FeatcArrowFiles& files_;
  const int isParquet_;
  const int isCompressed_;
  void* writer_ = nullptr;
  std::string* out_ = nullptr;  // of the call that is under way
};

class ArrowWriter final : public ResultWriter {
 public:
  ArrowWriter(std::unique_ptr<ArrowFile> file, const ProgramInfo& info, const WriterOptions& options)
      : file_(std::move(file)), info_(info), export_{.leaveOutFailed = true, .idLists = options.idLists} {}

  bool isOrdered() const override { return true; }
  void begin(std::string& out) const override {
    ArrowOwner<ArrowSchema> schema;
    exportArrowSchema(info_, export_, schema.get());
    file_->begin(schema.get(), out);
  }
  void write(const Result& result, std::span<const InputRow>, std::string& out) const override {
    ArrowOwner<ArrowArray> array;
    // Borrowed: what is written is copied before the array is let go.
    const std::shared_ptr<const Result> borrowed(std::shared_ptr<const Result>(), &result);
    if (std::string problem = exportArrowResult(info_, export_, borrowed, array.get()); !problem.empty())
      throw std::runtime_error(problem);
    file_->write(array.get(), out);
  }
  void end(std::string& out) const override { file_->end(out); }

 private:
  const std::unique_ptr<ArrowFile> file_;
  const ProgramInfo info_;
  const ArrowExport export_;
};

}  // namespace

Expected<ArrowInput> openArrowFile(const std::string& path, std::string_view format) {
  if (!arrowFiles()) return arrowFiles().error();
  const FeatcArrowFiles* files = *arrowFiles();
  ArrowInput out;
  void* file = nullptr;
  std::string problem = takeModuleText(files->open(path.c_str(), isParquet(format), out.stream.get(), &file));
  if (!problem.empty()) return Error(std::move(problem), ErrorCode::NoFile, path);
  out.choose = [files, file](std::vector<ArrowWanted>& wanted) {
    return takeModuleText(files->choose(file, reinterpret_cast<uint8_t*>(wanted.data())));
  };
  out.split = [files, file](ArrowPieces& pieces) {
    pieces.read = [files, file](int64_t piece, ArrowArrayStream* rows) {
      return takeModuleText(files->read(file, piece, rows));
    };
    return takeModuleText(files->pieces(file, &pieces.rows, &pieces.pieceRows));
  };
  out.isChecked = true;
  return out;
}

Expected<std::unique_ptr<ResultWriter>> newArrowWriter(const ProgramInfo& info, std::string_view format,
                                                       const WriterOptions& options) {
  Expected<std::unique_ptr<ArrowFile>> file = ArrowFile::make(format, options);
  if (!file) return file.error();
  return std::unique_ptr<ResultWriter>(std::make_unique<ArrowWriter>(*std::move(file), info, options));
}

Expected<std::unique_ptr<ArrowFile>> ArrowFile::make(std::string_view format, const WriterOptions& options) {
  if (!arrowFiles()) return Error(arrowFiles().error().message, ErrorCode::BadArgument);
  return std::unique_ptr<ArrowFile>(std::make_unique<ModuleFile>(**arrowFiles(), format, options));
}

}  // namespace featc
