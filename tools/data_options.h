// SPDX-License-Identifier: Apache-2.0
// The data that a subcommand reads: requests and the stores beside them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/record_reader.h"
#include "runtime/calls/extractor.h"
#include "support/error.h"
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
// What --store says, sources checked.
Expected<std::vector<StoreChoice>> chooseStores(const std::vector<std::string>& texts, const ProgramInfo& info);

// The file at `path`, or stdin for `-`, as UTF-8 text, unpacked.
Expected<std::unique_ptr<ByteSource>> openText(const std::string& path);
// The same, the way through it told to `progress`.
Expected<std::unique_ptr<ByteSource>> openCounted(const std::string& path, Progress& progress);

// The reader of --input, its messages and its way through the file told to `progress`.
Expected<std::unique_ptr<RecordReader>> openInput(const DataOptions& options, const ProgramInfo& info, bool strict,
                                                  Progress& progress);

struct StoreOpening {
  bool strict = false;    // a bad row of JSON lines is an error
  bool mustOpen = false;  // so is a store that cannot be read; else its reads fail
};
// Opens the stores that --store names. Sources bound to none are warned of and read nothing. Bad rows and several
// stores that cannot be read are printed, and the error has no message then.
Expected<StoreBinding> openStores(const DataOptions& options, const ProgramInfo& info, const StoreOpening& opening);
// Which store serves a source, and why its reads failed the last time; empty where none did.
std::string degradedStore(const StoreBinding& binding, const SourceInfo& source);

}  // namespace featc
