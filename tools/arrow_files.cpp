// SPDX-License-Identifier: Apache-2.0
// Loads the module featc_arrow_files.so, and hands files and arrays to it.
#include "tools/arrow_files.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "data/arrow/arrow_result.h"
#include "data/arrow/files/arrow_files.h"
#include "tools/output_formats.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModule = "featc_arrow_files.so";
constexpr const char* kNoModule =
    "this featc was built without Arrow files: run scripts/setup, which brings libarrow, then build it again";

// Beside the program, as it is built and as it is installed. Null, with the reason: there is none.
const FeatcArrowFiles* load(std::string& problem) {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& folder : {program / "lib/featc", program.parent_path() / "lib/featc"}) {
    const fs::path file = folder / kModule;
    if (!fs::exists(file, ignored)) continue;
    // Never closed: what it has made may be in use until the program ends.
    void* module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
      problem = fmt::format("cannot load {}: {}", file.string(), dlerror());
      return nullptr;
    }
    auto* files = reinterpret_cast<const FeatcArrowFiles* (*)(uint32_t)>(dlsym(module, "featcArrowFiles"));
    const FeatcArrowFiles* found = files == nullptr ? nullptr : files(FEATC_ARROW_FILES_VERSION);
    if (found == nullptr) problem = fmt::format("{} belongs to another version of featc", file.string());
    return found;
  }
  problem = kNoModule;
  return nullptr;
}

const FeatcArrowFiles* arrowFiles(std::string& problem) {
  static std::string reason;
  static const FeatcArrowFiles* const files = load(reason);
  problem = reason;
  return files;
}

std::string taken(char* text) {
  std::string out = text == nullptr ? "" : text;
  std::free(text);
  return out;
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
    if (problem != nullptr) throw std::runtime_error(taken(problem));
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

bool openArrowFile(const std::string& path, std::string_view format, ArrowInput& out, std::string& problem) {
  const FeatcArrowFiles* files = arrowFiles(problem);
  if (files == nullptr) return false;
  void* file = nullptr;
  problem = taken(files->open(path.c_str(), isParquet(format), out.stream.get(), &file));
  out.choose = [files, file](std::vector<ArrowWanted>& wanted) {
    return taken(files->choose(file, reinterpret_cast<uint8_t*>(wanted.data())));
  };
  out.split = [files, file](ArrowPieces& pieces) {
    pieces.read = [files, file](int64_t piece, ArrowArrayStream* rows) {
      return taken(files->read(file, piece, rows));
    };
    return taken(files->pieces(file, &pieces.rows, &pieces.pieceRows));
  };
  out.isChecked = true;
  return problem.empty();
}

std::unique_ptr<ResultWriter> newArrowWriter(const ProgramInfo& info, std::string_view format,
                                             const WriterOptions& options, std::string& problem) {
  std::unique_ptr<ArrowFile> file = ArrowFile::make(format, options, problem);
  return file == nullptr ? nullptr : std::make_unique<ArrowWriter>(std::move(file), info, options);
}

std::unique_ptr<ArrowFile> ArrowFile::make(std::string_view format, const WriterOptions& options,
                                           std::string& problem) {
  const FeatcArrowFiles* files = arrowFiles(problem);
  return files == nullptr ? nullptr : std::make_unique<ModuleFile>(*files, format, options);
}

}  // namespace featc
