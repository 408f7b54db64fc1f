// SPDX-License-Identifier: Apache-2.0
// Opens the input and the stores that the command line names.
#include "tools/data_options.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "runtime/csv_reader.h"
#include "runtime/json_reader.h"
#include "runtime/memory_store.h"
#include "support/suggest.h"
#include "tools/command.h"

namespace featc {
namespace {

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::string formatOf(const DataOptions& options) {
  if (!options.inputFormat.empty()) return options.inputFormat;
  if (endsWith(options.input, ".jsonl") || endsWith(options.input, ".json")) return "jsonl";
  if (endsWith(options.input, ".csv")) return "csv";
  if (endsWith(options.input, ".tsv")) return "tsv";
  return "";
}

// One byte: itself, or as `\t` or `tab`, which a shell does not pass on easily.
std::optional<char> parseDelimiter(const std::string& text) {
  if (text == "\\t" || text == "tab") return '\t';
  if (text.size() != 1) return std::nullopt;
  return text[0];
}

// Tells the progress bar what was read.
class CountedSource final : public ByteSource {
 public:
  CountedSource(std::unique_ptr<ByteSource> source, Progress& progress)
      : source_(std::move(source)), progress_(progress) {}
  int64_t read(char* to, size_t size, std::string& error) override {
    int64_t bytes = source_->read(to, size, error);
    if (bytes > 0) progress_.addBytes(static_cast<uint64_t>(bytes));
    return bytes;
  }

 private:
  std::unique_ptr<ByteSource> source_;
  Progress& progress_;
};

int badCommand(const std::string& message) {
  fmt::print(stderr, "featc: {}\n", message);
  return kBadCommand;
}

// `NAME=jsonl:PATH` in parts.
struct StoreOption {
  std::string source;
  std::string path;
};

std::optional<StoreOption> parseStore(const std::string& text, std::string& problem) {
  size_t equals = text.find('=');
  size_t colon = equals == std::string::npos ? equals : text.find(':', equals);
  if (equals == std::string::npos || equals == 0 || colon == std::string::npos || colon + 1 == text.size()) {
    problem = fmt::format("--store {}: expected NAME=jsonl:PATH, or default=jsonl:PATH for all sources", text);
    return std::nullopt;
  }
  std::string kind = text.substr(equals + 1, colon - equals - 1);
  if (kind != "jsonl") {
    problem = fmt::format("--store {}: unknown kind of store \"{}\"; this version knows jsonl", text, kind);
    return std::nullopt;
  }
  return StoreOption{text.substr(0, equals), text.substr(colon + 1)};
}

// Null, after saying why, when the file cannot be read, or has a bad row and `strict` is set.
std::shared_ptr<Store> loadStore(const std::string& path, const ProgramInfo& info, bool strict) {
  StoreLoadReport report;
  std::shared_ptr<MemoryStore> store = MemoryStore::load(path, info.sources, report);
  if (store == nullptr) {
    fmt::print(stderr, "featc: cannot read {}: {}\n", path, report.error);
    return nullptr;
  }
  for (const StoreLoadReport::BadLine& bad : report.badLines) {
    fmt::print(stderr, "{}:{}: {}\n", path, bad.line, bad.reason);
    if (strict) return nullptr;
  }
  if (report.badLineCount > 0) fmt::print(stderr, "{}: {} bad store rows were left out\n", path, report.badLineCount);
  for (const std::string& warning : report.warnings) fmt::print(stderr, "{}: warning: {}\n", path, warning);
  return store;
}

std::string unknownSource(const StoreOption& store, const ProgramInfo& info) {
  std::vector<std::string_view> names{"default"};
  for (const SourceInfo& source : info.sources) names.push_back(source.name);
  std::optional<std::string> nearest = nearestName(store.source, names);
  return fmt::format("--store {}=...: the config has no such source{}", store.source,
                     nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : "");
}

}  // namespace

void addDataOptions(CLI::App& command, DataOptions& options) {
  command.add_option("--input", options.input, "The requests; - is stdin")->required()->type_name("DATA");
  command.add_option("--input-format", options.inputFormat, "Format of the requests (default: by the suffix)")
      ->check(CLI::IsMember({"jsonl", "csv", "tsv"}));
  command.add_option("--delimiter", options.delimiter, "Between cells (default: , in csv and tab in tsv)")
      ->type_name("C");
  command.add_option("--list-delimiter", options.listDelimiter, "Between the elements of a list in a cell")
      ->type_name("C")
      ->capture_default_str();
  command.add_option("--store", options.stores, "Serve source NAME, or every other one, from a file of JSON lines")
      ->type_name("NAME|default=jsonl:PATH")
      ->allow_extra_args(false);
}

std::unique_ptr<RecordReader> openInput(const DataOptions& options, const ProgramInfo& info, bool strict,
                                        Progress& progress, int& exitCode) {
  std::string format = formatOf(options);
  if (format.empty()) {
    exitCode =
        badCommand(fmt::format("the format of {} does not follow from its name; say --input-format jsonl, csv or tsv",
                               options.input == "-" ? "stdin" : options.input));
    return nullptr;
  }
  CsvOptions csv;
  csv.delimiter = format == "tsv" ? '\t' : ',';
  if (!options.delimiter.empty()) {
    std::optional<char> delimiter = parseDelimiter(options.delimiter);
    if (!delimiter) {
      exitCode = badCommand(fmt::format("--delimiter \"{}\" is not one character", options.delimiter));
      return nullptr;
    }
    csv.delimiter = *delimiter;
  }
  std::optional<char> listDelimiter = parseDelimiter(options.listDelimiter);
  if (!listDelimiter) {
    exitCode = badCommand(fmt::format("--list-delimiter \"{}\" is not one character", options.listDelimiter));
    return nullptr;
  }
  csv.listDelimiter = *listDelimiter;
  if (std::string problem = checkCsvOptions(csv); !problem.empty()) {
    exitCode = badCommand(problem);
    return nullptr;
  }

  std::string error;
  std::unique_ptr<ByteSource> source = openFile(options.input, error);
  if (source == nullptr) {
    fmt::print(stderr, "featc: cannot read {}: {}\n", options.input, error);
    exitCode = kBadInput;
    return nullptr;
  }
  std::error_code unknownSize;
  uintmax_t size = std::filesystem::file_size(options.input, unknownSize);
  progress.setTotal(unknownSize ? 0 : size);
  source = std::make_unique<CountedSource>(std::move(source), progress);
  DataSink sink = [&progress](const DataMessage& message) { progress.message(message.render()); };
  std::string name = options.input == "-" ? "<stdin>" : options.input;
  if (format == "jsonl") return newJsonReader(info, std::move(source), name, strict, std::move(sink));
  return newCsvReader(info, std::move(source), name, strict, std::move(sink), csv);
}

std::optional<StoreBinding> openStores(const DataOptions& options, const ProgramInfo& info, bool strict,
                                       int& exitCode) {
  StoreBinding binding;
  std::map<std::string, std::shared_ptr<Store>> loaded;  // by path: one file may serve several sources
  for (const std::string& text : options.stores) {
    std::string problem;
    std::optional<StoreOption> option = parseStore(text, problem);
    bool isDefault = option && option->source == "default";
    if (option && !isDefault &&
        std::none_of(info.sources.begin(), info.sources.end(), [&](const auto& s) { return s.name == option->source; }))
      problem = unknownSource(*option, info);
    if (option && (isDefault ? binding.fallback != nullptr : binding.bySource.contains(option->source)))
      problem = fmt::format("--store {}=... is given twice", option->source);
    if (!problem.empty()) {
      exitCode = badCommand(problem);
      return std::nullopt;
    }
    std::shared_ptr<Store>& store = loaded[option->path];
    if (store == nullptr) store = loadStore(option->path, info, strict);
    if (store == nullptr) {
      exitCode = kBadInput;
      return std::nullopt;
    }
    (isDefault ? binding.fallback : binding.bySource[option->source]) = store;
  }
  for (const SourceInfo& source : info.sources)
    if (binding.find(source.name) == nullptr)
      fmt::print(stderr,
                 "featc: warning: no store serves source \"{}\": all its rows are absent (say --store {}=jsonl:PATH)\n",
                 source.name, source.name);
  return binding;
}

}  // namespace featc
