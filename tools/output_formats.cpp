// SPDX-License-Identifier: Apache-2.0
// Which formats features can be written in.
#include "tools/output_formats.h"

#include <fmt/format.h>

#include "runtime/formats/labelled_writer.h"
#include "runtime/formats/matrix_writer.h"
#include "runtime/formats/tensor_sequence_writer.h"
#include "runtime/formats/tfrecord/tfrecord_writer.h"
#include "runtime/io/csv_writer.h"
#include "runtime/io/json_writer.h"
#include "tools/arrow_files.h"

namespace featc {
namespace {

using Writer = std::unique_ptr<ResultWriter>;
using Info = const ProgramInfo&;
using Options = const WriterOptions&;

constexpr OutputFormat kFormats[] = {
    {"json", [](Info info, Options, std::string&) -> Writer { return newJsonWriter(info); }},
    {"csv", [](Info info, Options, std::string&) -> Writer { return newCsvWriter(info); }},
    {"tsv", [](Info info, Options, std::string& refused) { return newTsvWriter(info, refused); }},
    {.name = "libsvm",
     .make = [](Info info, Options o, std::string& refused) { return newLibsvmWriter(info, o.label, refused); },
     .takesLabel = true},
    {.name = "vw",
     .make = [](Info info, Options o, std::string& refused) { return newVwWriter(info, o.label, refused); },
     .takesLabel = true},
    {"tfrecord", [](Info info, Options, std::string& refused) { return newTfrecordWriter(info, refused); }},
    {.name = "tensor-sequence",
     .make = [](Info info, Options o, std::string&) { return newTensorSequenceWriter(info, o.compress == "zstd"); },
     .takesCompress = true},
    {.name = "matrix",
     .make =
         [](Info info, Options o, std::string& refused) {
           return newMatrixWriter(info, o.cell == "u64" ? MatrixCell::U64 : MatrixCell::F32, refused);
         },
     .takesCell = true},
    {.name = "arrow",
     .make = [](Info info, Options o,
                std::string& refused) { return newArrowWriter(info, "arrow", o.compress == "zstd", refused); },
     .takesCompress = true},
    {.name = "parquet",
     .make = [](Info info, Options o,
                std::string& refused) { return newArrowWriter(info, "parquet", o.compress == "zstd", refused); },
     .takesCompress = true},
};

}  // namespace

std::span<const OutputFormat> outputFormats() { return kFormats; }

std::vector<std::string> outputFormatNames() {
  std::vector<std::string> names;
  for (const OutputFormat& format : kFormats) names.emplace_back(format.name);
  return names;
}

std::unique_ptr<ResultWriter> newResultWriter(std::string_view format, const ProgramInfo& info,
                                              const WriterOptions& options, std::string& refused) {
  const WriterOptions defaults;
  for (const OutputFormat& known : kFormats) {
    if (known.name != format) continue;
    if (!known.takesCell && options.cell != defaults.cell) refused = "--cell is for --format matrix";
    if (!known.takesLabel && !options.label.empty()) refused = "--label is for --format libsvm and vw";
    if (!known.takesCompress && options.compress != defaults.compress)
      refused = "--compress is for --format tensor-sequence, arrow and parquet";
    return refused.empty() ? known.make(info, options, refused) : nullptr;
  }
  refused = fmt::format("there is no format \"{}\"", format);
  return nullptr;
}

}  // namespace featc
