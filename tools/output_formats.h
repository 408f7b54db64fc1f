// SPDX-License-Identifier: Apache-2.0
// The table of output formats: adding one is a file with its writer and a row here.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/result_writer.h"
#include "support/error.h"

namespace featc {

// What the command line may say of how features are written.
struct WriterOptions {
  std::string cell = "f32";
  std::string label;  // empty: none
  std::string compress = "none";
  bool idLists = false;
};

struct OutputFormat {
  const char* name;
  // Of files in it, separated by blanks.
  std::string_view suffixes;
  // Fails where the config's outputs do not fit.
  Expected<std::unique_ptr<ResultWriter>> (*make)(const ProgramInfo& info, const WriterOptions& options);
  bool takesCell = false;
  bool takesLabel = false;
  bool takesCompress = false;
  bool takesIdLists = false;
};

std::span<const OutputFormat> outputFormats();
std::vector<std::string> outputFormatNames();

// The name of the format: `format`, which --format gives, or where that is empty what the suffix of `output` says, else
// json. Fails with BadArgument where the two differ, or the suffix is of a format that featc does not write.
Expected<std::string> chooseFormat(std::string_view output, const WriterOptions& options, std::string format);

// The writer of `format`, which is one of the names. Fails with BadArgument where the outputs do not fit, or an option
// is given that the format does not take.
Expected<std::unique_ptr<ResultWriter>> newResultWriter(std::string_view format, const ProgramInfo& info,
                                                        const WriterOptions& options);

}  // namespace featc
