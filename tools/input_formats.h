// SPDX-License-Identifier: Apache-2.0
// The table of input formats: adding one is a file with its reader and a row here.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/data_options.h"

namespace featc {

// The file of --input, and what goes with it.
struct InputFile {
  const DataOptions& options;
  const ProgramInfo& info;
  bool strict = false;
  Progress& progress;

  // For messages: its path.
  std::string name() const;
  DataSink sink() const;
};

struct InputFormat {
  const char* name;
  // Of files in it, separated by blanks; one for compressed text may follow.
  std::string_view suffixes;
  Expected<std::unique_ptr<RecordReader>> (*open)(const InputFile& file);
  bool takesCells = false;  // it has the options for cells: --delimiter, --quote, --columns ...
};

std::span<const InputFormat> inputFormats();
std::vector<std::string> inputFormatNames();
// `csv and tsv`: those that pass the test, or all.
std::string listedInputFormats(std::string_view last, bool (*isWanted)(const InputFormat& format) = nullptr);

// By the file's suffix; null: none has it.
const InputFormat* inputFormatOf(std::string_view path);

// What --input-format says, else the file's suffix.
Expected<const InputFormat*> chooseInputFormat(const DataOptions& options);

}  // namespace featc
