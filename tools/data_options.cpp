// SPDX-License-Identifier: Apache-2.0
// Opens the input and the stores that the command line names.
#include "tools/data_options.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <span>
#include <utility>

#include "data/gzip/gunzip.h"
#include "data/text_source.h"
#include "stores/described_store.h"
#include "stores/open_store.h"
#include "stores/row_decoder.h"
#include "stores/store_kind.h"
#include "support/print_error.h"
#include "support/suggest.h"
#include "tools/command.h"
#include "tools/input_formats.h"

namespace featc {
namespace {

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
  bool skip(uint64_t bytes, std::string& error) override {
    progress_.addBytes(bytes);
    return source_->skip(bytes, error);
  }

 private:
  std::unique_ptr<ByteSource> source_;
  Progress& progress_;
};

// Rows that could not be read when the run began: every read fails, as those of a server that is not there do.
class UnreadStore final : public DescribedStore {
 public:
  UnreadStore(std::string name, std::string problem) : name_(std::move(name)), problem_(std::move(problem)) {}
  void fetch(const FetchRequest& request, Done done) override { done(answerAll(request, KeyStatus::Failed)); }
  std::string name() const override { return name_; }
  std::string problem() const override { return problem_; }

 private:
  std::string name_;
  std::string problem_;
};

// False, after saying why, when a row is bad and `strict` is set.
bool reportRows(const std::string& file, const StoreLoadReport& report, bool strict) {
  for (const StoreLoadReport::BadLine& bad : report.badLines) {
    printError("{}:{}: {}\n", file, bad.line, bad.reason);
    if (strict) return false;
  }
  if (report.badLineCount > 0) printError("{}: {} bad store rows were left out\n", file, report.badLineCount);
  for (const std::string& warning : report.warnings) printError("{}: warning: {}\n", file, warning);
  return true;
}

// Waits for each of the stores; false, after saying why, where one cannot be read.
bool canBeRead(std::span<const std::pair<std::string, std::shared_ptr<Store>>> stores) {
  // Each try has a shorter time of its own (`connect_timeout`), once for each address of a name.
  constexpr std::chrono::seconds kLongest{30};
  auto until = std::chrono::steady_clock::now() + kLongest;
  bool good = true;
  for (const auto& [source, store] : stores) {
    std::string problem = storeOpenProblem(*store, until);
    if (problem.empty()) continue;
    good = false;
    printError("featc: --store {}=...: {}: {}\n", source, storeName(*store), problem);
  }
  return good;
}

std::string unknownSource(const std::string& name, const ProgramInfo& info) {
  std::vector<std::string_view> names{"default"};
  for (const SourceInfo& source : info.sources) names.push_back(source.name);
  std::optional<std::string> nearest = nearestName(name, names);
  return fmt::format("--store {}=...: the config has no such source{}", name,
                     nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : "");
}

}  // namespace

void addDataOptions(Command& command, DataOptions& options) {
  command.option("--input", options.input, "The requests; - is stdin").required().placeholder("DATA");
  command.option("--input-format", options.inputFormat, "Format of the requests (default: by the suffix)")
      .oneOf(inputFormatNames());
  command.option("--delimiter", options.delimiter, "Delimiter between cells (default: , in csv and tab in tsv)")
      .placeholder("C");
  command.option("--list-delimiter", options.listDelimiter, "Delimiter between the elements of a list in a cell")
      .placeholder("C")
      .showDefault();
  command.choice("quote", options.quote, "Whether \" encloses cells in csv and tsv (default: in csv, not in tsv)");
  command.option("--columns", options.columns, "Names of the columns of csv and tsv that have no header")
      .placeholder("A,B,...");
  command.choice("header", options.header, "Whether the first line is a header (default: unless there is --columns)");
  command
      .option("--null", options.nulls,
              "A cell or an element of a list in csv and tsv that stands for a missing value, such as \\N")
      .placeholder("TEXT")
      .oneValueEach();
  command.flag("--trim", options.trim, "Remove blanks around cells, elements, keys and values in csv and tsv");
  command.flag("--json-lists", options.jsonLists, "Read lists and maps in csv and tsv as JSON");
  addStoreOption(command, options.stores, fmt::format("Serve source NAME, or all others, from {}", storeForms()));
}

void addStoreOption(Command& command, std::vector<std::string>& stores, const std::string& help) {
  command.option("--store", stores, help).placeholder("NAME|default=URL").oneValueEach();
}

Expected<std::vector<StoreChoice>> chooseStores(const std::vector<std::string>& texts, const ProgramInfo& info) {
  std::vector<StoreChoice> choices;
  auto wrong = [](std::string message) { return Error(std::move(message), ErrorCode::BadArgument); };
  for (const std::string& text : texts) {
    // A URL is not repeated in a message: it may hold a password by mistake.
    size_t equals = text.find('=');
    std::string name = text.substr(0, equals);
    if (equals == std::string::npos || equals == 0 || name.find(':') != std::string::npos)
      return wrong(
          fmt::format("--store: expected NAME=URL, or default=URL for all sources; the URL is {}", storeForms()));
    if (name != "default" && std::ranges::find(info.sources, name, &SourceInfo::name) == info.sources.end())
      return wrong(unknownSource(name, info));
    if (std::ranges::find(choices, name, &StoreChoice::source) != choices.end())
      return wrong(fmt::format("--store {}=... is given twice", name));
    choices.push_back({name, text.substr(equals + 1)});
  }
  return choices;
}

Expected<std::unique_ptr<RecordReader>> openInput(const DataOptions& options, const ProgramInfo& info, bool strict,
                                                  Progress& progress) {
  Expected<const InputFormat*> format = chooseInputFormat(options);
  if (!format) return format.error();
  return (*format)->open({options, info, strict, progress});
}

namespace {

// What `count` makes of the file, as text.
template <class Count>
Expected<std::unique_ptr<ByteSource>> textAt(const std::string& path, Count&& count) {
  Expected<std::unique_ptr<ByteSource>> source = openFile(path);
  if (source) source = asUtf8(unpacked(count(*std::move(source))));
  if (!source) return Error(fmt::format("cannot read {}: {}", path, source.error().message), source.error().code, path);
  return source;
}

}  // namespace

Expected<std::unique_ptr<ByteSource>> openText(const std::string& path) {
  return textAt(path, [](std::unique_ptr<ByteSource> source) { return source; });
}

Expected<std::unique_ptr<ByteSource>> openCounted(const std::string& path, Progress& progress) {
  return textAt(path, [&](std::unique_ptr<ByteSource> source) {
    std::error_code unknownSize;
    uintmax_t size = std::filesystem::file_size(path, unknownSize);
    progress.setTotal(unknownSize ? 0 : size);
    return std::make_unique<CountedSource>(std::move(source), progress);
  });
}

Expected<StoreBinding> openStores(const DataOptions& options, const ProgramInfo& info, const StoreOpening& opening) {
  Expected<std::vector<StoreChoice>> choices = chooseStores(options.stores, info);
  if (!choices) return choices.error();
  StoreBinding binding;
  std::vector<std::pair<std::string, std::shared_ptr<Store>>> opened;  // by the first name that each has
  // By URL and password: one store may serve several sources.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<Store>> byUrl;
  for (const StoreChoice& choice : *choices) {
    StoreOptions storeOptions;
    storeOptions.source = choice.source;
    std::shared_ptr<Store>& store = byUrl[{choice.url, storePassword(storeOptions)}];
    if (store == nullptr) {
      OpenedStore made = openStore(choice.url, storeOptions, info.sources);
      if (made.store == nullptr && !made.badUrl && !opening.mustOpen) {
        printError("featc: warning: --store {}=...: {}: its reads fail\n", choice.source, made.error);
        made.store = std::make_shared<UnreadStore>(choice.url, std::exchange(made.error, {}));
      }
      if (made.store == nullptr ||
          !reportRows(choice.url.substr(choice.url.find(':') + 1), made.report, opening.strict)) {
        std::string why = made.error.empty() ? "" : fmt::format("--store {}=...: {}", choice.source, made.error);
        return Error(std::move(why), made.badUrl ? ErrorCode::BadArgument : ErrorCode::BadStore);
      }
      store = std::move(made.store);
      opened.emplace_back(choice.source, store);
    }
    (choice.source == "default" ? binding.fallback : binding.bySource[choice.source]) = store;
  }
  if (opening.mustOpen && !canBeRead(opened)) return Error("", ErrorCode::BadStore);
  for (const SourceInfo& source : info.sources)
    if (binding.find(source.name) == nullptr)
      printError(
          "featc: warning: no store serves source \"{}\": all its rows are absent (pass --store {}=jsonl:PATH)\n",
          source.name, source.name);
  return binding;
}

std::string degradedStore(const StoreBinding& binding, const SourceInfo& source) {
  const Store* store = binding.find(source.name);
  std::string problem = store == nullptr ? "" : storeProblem(*store);
  return problem.empty() ? "" : fmt::format("source {}: {}: {}", source.name, storeName(*store), problem);
}

}  // namespace featc
