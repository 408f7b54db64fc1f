// SPDX-License-Identifier: Apache-2.0
// Which formats features can be written in.
#include "tools/output_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "data/csv/csv_writer.h"
#include "data/formats/labelled_writer.h"
#include "data/formats/matrix_writer.h"
#include "data/formats/tensor_sequence_writer.h"
#include "data/json/json_writer.h"
#include "data/tfrecord/tfrecord_writer.h"
#include "tools/arrow_files.h"

namespace featc {
namespace {

using Writer = Expected<std::unique_ptr<ResultWriter>>;
using Info = const ProgramInfo&;
using Options = const WriterOptions&;

constexpr OutputFormat kFormats[] = {
    {"json", ".json .jsonl .ndjson", [](Info info, Options) -> Writer { return newJsonWriter(info); }},
    {"csv", ".csv", [](Info info, Options) -> Writer { return newCsvWriter(info); }},
    {"tsv", ".tsv .tab", [](Info info, Options) { return newTsvWriter(info); }},
    {.name = "libsvm",
     .suffixes = ".libsvm .svm .svmlight",
     .make = [](Info info, Options o) { return newLibsvmWriter(info, o.label); },
     .takesLabel = true},
    {.name = "vw",
     .suffixes = ".vw",
     .make = [](Info info, Options o) { return newVwWriter(info, o.label); },
     .takesLabel = true},
    {"tfrecord", ".tfrecord .tfrecords", [](Info info, Options) { return newTfrecordWriter(info); }},
    {.name = "tensor-sequence",
     .suffixes = ".fts",
     .make = [](Info info, Options o) -> Writer { return newTensorSequenceWriter(info, o.compress == "zstd"); },
     .takesCompress = true},
    {.name = "matrix",
     .suffixes = ".matrix",
     .make = [](Info info,
                Options o) { return newMatrixWriter(info, o.cell == "u64" ? MatrixCell::U64 : MatrixCell::F32); },
     .takesCell = true},
    {.name = "arrow",
     .suffixes = ".arrow .feather .ipc",
     .make = [](Info info, Options o) { return newArrowWriter(info, "arrow", o); },
     .takesCompress = true,
     .takesIdLists = true},
    {.name = "parquet",
     .suffixes = ".parquet .pq",
     .make = [](Info info, Options o) { return newArrowWriter(info, "parquet", o); },
     .takesCompress = true,
     .takesIdLists = true},
};

}  // namespace

std::span<const OutputFormat> outputFormats() { return kFormats; }

std::vector<std::string> outputFormatNames() {
  std::vector<std::string> names;
  for (const OutputFormat& format : kFormats) names.emplace_back(format.name);
  return names;
}

namespace {

// What featc does not write, and whose names say that it is.
struct ForeignSuffix {
  std::string_view suffix;
  std::string_view instead;
};
constexpr ForeignSuffix kForeign[] = {
    {".gz", "featc does not compress with gzip: name the file without it, or pipe the features through gzip"},
    {".zst", "--compress zstd compresses tensor sequences, Arrow and Parquet files inside: name the file without it"},
    {".bz2", "featc does not compress with bzip2: name the file without it"},
    {".xz", "featc does not compress with xz: name the file without it"},
    {".arrows", "featc writes Arrow files, not streams: name the file .arrow"},
    {".avro", "featc does not write Avro: name the file .parquet"},
    {".orc", "featc does not write ORC: name the file .parquet"},
    {".xlsx", "featc does not write spreadsheets: name the file .csv"},
    {".npy", "featc does not write NumPy's files: name the file .matrix, or .parquet"},
};

std::string suffixOf(std::string_view path) {
  size_t slash = path.rfind('/');
  std::string_view name = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
  size_t dot = name.rfind('.');
  // What begins with a dot is a name, not a suffix.
  if (dot == std::string_view::npos || dot == 0) return {};
  std::string suffix(name.substr(dot));
  for (char& c : suffix) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return suffix;
}

bool hasSuffix(const OutputFormat& format, const std::string& suffix) {
  return (" " + std::string(format.suffixes) + " ").find(" " + suffix + " ") != std::string::npos;
}

std::string_view firstSuffix(std::string_view format) {
  auto known = std::ranges::find(kFormats, format, [](const OutputFormat& f) { return std::string_view(f.name); });
  return known->suffixes.substr(0, known->suffixes.find(' '));
}

}  // namespace

Expected<std::string> chooseFormat(std::string_view output, const WriterOptions& options, std::string format) {
  auto wrong = [](std::string message) { return Error(std::move(message), ErrorCode::BadArgument); };
  std::string suffix = suffixOf(output);
  auto meant = suffix.empty() ? std::end(kFormats)
                              : std::ranges::find_if(kFormats, [&](const auto& f) { return hasSuffix(f, suffix); });
  if (meant != std::end(kFormats)) {
    if (format.empty() || format == meant->name) return std::string(meant->name);
    return wrong(
        fmt::format("--output {} is a name for {}, and --format says {}: leave --format out, or name the file {}{}",
                    output, meant->name, format, output.substr(0, output.size() - suffix.size()), firstSuffix(format)));
  }
  auto foreign = std::ranges::find(kForeign, suffix, &ForeignSuffix::suffix);
  // Who has the inside compressed may well say so in the name.
  bool isSaid = suffix == ".zst" && options.compress == "zstd";
  if (foreign != std::end(kForeign) && !isSaid) return wrong(fmt::format("--output {}: {}", output, foreign->instead));
  return format.empty() ? "json" : format;
}

Expected<std::unique_ptr<ResultWriter>> newResultWriter(std::string_view format, const ProgramInfo& info,
                                                        const WriterOptions& options) {
  const WriterOptions defaults;
  auto wrong = [](std::string message) { return Error(std::move(message), ErrorCode::BadArgument); };
  for (const OutputFormat& known : kFormats) {
    if (known.name != format) continue;
    if (!known.takesIdLists && options.idLists) return wrong("--id-lists is for --format arrow and parquet");
    if (!known.takesCompress && options.compress != defaults.compress)
      return wrong("--compress is for --format tensor-sequence, arrow and parquet");
    if (!known.takesLabel && !options.label.empty()) return wrong("--label is for --format libsvm and vw");
    if (!known.takesCell && options.cell != defaults.cell) return wrong("--cell is for --format matrix");
    return known.make(info, options);
  }
  return wrong(fmt::format("there is no format \"{}\"", format));
}

}  // namespace featc
