// SPDX-License-Identifier: Apache-2.0
// The data that a subcommand reads: requests and the stores beside them.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/extractor.h"
#include "runtime/record_reader.h"
#include "tools/progress.h"

namespace featc {

struct DataOptions {
  std::string input;
  std::string inputFormat;  // empty: by the input's suffix
  std::string delimiter;    // empty: the format's own
  std::string listDelimiter = "|";
  std::vector<std::string> stores;  // NAME=KIND:PLACE
};

// --input, --input-format, --delimiter, --list-delimiter, --store.
void addDataOptions(CLI::App& command, DataOptions& options);

// The reader of --input, its messages and its way through the file told to `progress`; without one the
// reason was printed and `exitCode` is set.
std::unique_ptr<RecordReader> openInput(const DataOptions& options, const ProgramInfo& info, bool strict,
                                        Progress& progress, int& exitCode);

// Loads the stores that --store names. Sources bound to none are warned of and read nothing. With
// `strict` a bad store row is an error.
std::optional<StoreBinding> openStores(const DataOptions& options, const ProgramInfo& info, bool strict, int& exitCode);

}  // namespace featc
