// SPDX-License-Identifier: Apache-2.0
// The data that a subcommand reads: requests and the stores beside them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/record_reader.h"
#include "runtime/calls/extractor.h"
#include "tools/progress.h"

namespace featc {

class Command;

struct DataOptions {
  std::string input;
  std::string inputFormat;  // empty: by the input's suffix
  std::string delimiter;    // empty: the format's own
  std::string listDelimiter = "|";
  std::optional<bool> quote;   // nothing: CSV yes, TSV no
  std::optional<bool> header;  // nothing: unless there are columns
  std::string columns;         // names between commas; empty: the first line has them
  std::vector<std::string> nulls;
  bool trim = false;
  bool jsonLists = false;
  std::vector<std::string> stores;  // NAME=URL
};

// --input, how it is written, --store.
void addDataOptions(Command& command, DataOptions& options);

// --store, NAME=URL, as often as wanted.
void addStoreOption(Command& command, std::vector<std::string>& stores, const std::string& help);
struct StoreChoice {
  std::string source;  // or `default`
  std::string url;
};
// What --store says, sources checked; nothing where it is wrong, with `problem` set.
std::optional<std::vector<StoreChoice>> chooseStores(const std::vector<std::string>& texts, const ProgramInfo& info,
                                                     std::string& problem);

// A file, or stdin for `-`, as UTF-8 text, unpacked; null, with the reason in `error`.
std::unique_ptr<ByteSource> openText(std::unique_ptr<ByteSource> source, std::string& error);
// The same of a path, the way through it told to `progress`; null after saying why.
std::unique_ptr<ByteSource> openCounted(const std::string& path, Progress& progress);

// The reader of --input, its messages and its way through the file told to `progress`; without one the
// reason was printed and `exitCode` is set.
std::unique_ptr<RecordReader> openInput(const DataOptions& options, const ProgramInfo& info, bool strict,
                                        Progress& progress, int& exitCode);

struct StoreOpening {
  bool strict = false;    // a bad row of JSON lines is an error
  bool mustOpen = false;  // so is a store that cannot be read; else its reads fail
};
// Opens the stores that --store names. Sources bound to none are warned of and read nothing. Nothing, after saying why,
// where that fails.
std::optional<StoreBinding> openStores(const DataOptions& options, const ProgramInfo& info, const StoreOpening& opening,
                                       int& exitCode);
// Which store serves a source, and why its reads failed the last time; empty where none did.
std::string degradedStore(const StoreBinding& binding, const SourceInfo& source);

}  // namespace featc
