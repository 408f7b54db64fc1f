// SPDX-License-Identifier: Apache-2.0
// Which formats requests can be read in.
#include "tools/input_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "data/arrow/arrow_reader.h"
#include "data/csv/csv_reader.h"
#include "data/csv/csv_record.h"
#include "data/json/json_reader.h"
#include "data/text_source.h"
#include "tools/arrow_files.h"

namespace featc {
namespace {

Error badArgument(std::string message) { return {std::move(message), ErrorCode::BadArgument}; }

// One byte: itself, or as `\t` or `tab`, which a shell does not pass on easily.
std::optional<char> parseDelimiter(const std::string& text) {
  if (text == "\\t" || text == "tab") return '\t';
  if (text.size() != 1) return std::nullopt;
  return text[0];
}

// The names that --columns gives, written as a record of CSV.
std::vector<std::string> columnNames(const std::string& text) {
  std::vector<std::string> names;
  InputWindow window(memorySource(text));
  const CsvOptions options;
  CsvRecordReader record(window, options);
  if (record.next())
    for (const CsvCell& cell : record.cells()) names.emplace_back(cell.text);
  return names;
}

// How CSV or TSV, which is written as `csv` says unless options say more, is written.
Expected<CsvOptions> csvOptions(const DataOptions& options, CsvOptions csv) {
  std::string problem;
  auto takeDelimiter = [&](std::string_view name, const std::string& text, char& to) {
    std::optional<char> delimiter = parseDelimiter(text);
    if (!delimiter && problem.empty()) problem = fmt::format("{} \"{}\" is not one character", name, text);
    to = delimiter.value_or(to);
  };
  if (!options.delimiter.empty()) takeDelimiter("--delimiter", options.delimiter, csv.delimiter);
  takeDelimiter("--list-delimiter", options.listDelimiter, csv.listDelimiter);
  csv.quotes = options.quote.value_or(csv.quotes);
  // Who asks for quotes may have a file in which they are none.
  csv.tellsSpans = csv.quotes && (csv.tellsSpans || options.quote.has_value());
  csv.trim = options.trim;
  csv.jsonLists = options.jsonLists;
  csv.nulls = options.nulls;
  csv.columns = columnNames(options.columns);
  csv.skipsHeader = options.header.value_or(false);
  if (problem.empty() && csv.columns.empty() && !options.header.value_or(true))
    problem = "--no-header needs the columns' names: --columns NAME,NAME,...";
  if (problem.empty()) problem = checkCsvOptions(csv);
  if (!problem.empty()) return badArgument(std::move(problem));
  return csv;
}

Expected<std::unique_ptr<RecordReader>> openJson(const InputFile& file) {
  Expected<std::unique_ptr<ByteSource>> source = openCounted(file.options.input, file.progress);
  if (!source) return source.error();
  return newJsonReader(file.info, *std::move(source), file.name(), file.strict, file.sink());
}

Expected<std::unique_ptr<RecordReader>> openCells(const InputFile& file, const CsvOptions& usual) {
  Expected<CsvOptions> csv = csvOptions(file.options, usual);
  if (!csv) return csv.error();
  Expected<std::unique_ptr<ByteSource>> source = openCounted(file.options.input, file.progress);
  if (!source) return source.error();
  return newCsvReader(file.info, *std::move(source), file.name(), file.strict, file.sink(), *csv);
}

Expected<std::unique_ptr<RecordReader>> openArrow(const InputFile& file, const char* format) {
  const std::string& path = file.options.input;
  Expected<ArrowInput> input = openArrowFile(path, format);
  if (!input) return Error(fmt::format("cannot read {}: {}", path, input.error().message), input.error().code, path);
  return newArrowReader(file.info, *std::move(input), file.name(), file.strict, file.sink());
}

constexpr InputFormat kFormats[] = {
    {"jsonl", ".jsonl .json .ndjson", openJson},
    {.name = "csv",
     .suffixes = ".csv",
     .open = [](const InputFile& file) { return openCells(file, CsvOptions()); },
     .takesCells = true},
    {.name = "tsv",
     .suffixes = ".tsv .tab",
     .open = [](const InputFile& file) { return openCells(file, CsvOptions::tsv()); },
     .takesCells = true},
    {"arrow", ".arrow .arrows .feather .ipc", [](const InputFile& file) { return openArrow(file, "arrow"); }},
    {"parquet", ".parquet .pq", [](const InputFile& file) { return openArrow(file, "parquet"); }},
};

bool endsInOneOf(std::string_view path, std::string_view suffixes) {
  while (!suffixes.empty()) {
    std::string_view suffix = suffixes.substr(0, suffixes.find(' '));
    if (path.ends_with(suffix)) return true;
    suffixes.remove_prefix(std::min(suffix.size() + 1, suffixes.size()));
  }
  return false;
}

// An option that only formats with cells have a use for; null: none is given.
const char* cellOption(const DataOptions& options) {
  if (!options.delimiter.empty()) return "--delimiter";
  if (options.quote) return *options.quote ? "--quote" : "--no-quote";
  if (options.header) return *options.header ? "--header" : "--no-header";
  if (!options.columns.empty()) return "--columns";
  if (!options.nulls.empty()) return "--null";
  if (options.trim) return "--trim";
  return options.jsonLists ? "--json-lists" : nullptr;
}

}  // namespace

std::string InputFile::name() const { return options.input == "-" ? "<stdin>" : options.input; }

DataSink InputFile::sink() const {
  return [&to = progress](const DataMessage& message) { to.message(message.render()); };
}

std::span<const InputFormat> inputFormats() { return kFormats; }

std::vector<std::string> inputFormatNames() {
  std::vector<std::string> names;
  for (const InputFormat& format : kFormats) names.emplace_back(format.name);
  return names;
}

std::string listedInputFormats(std::string_view last, bool (*isWanted)(const InputFormat& format)) {
  std::vector<std::string_view> names;
  for (const InputFormat& format : kFormats)
    if (isWanted == nullptr || isWanted(format)) names.emplace_back(format.name);
  std::string text;
  for (size_t i = 0; i < names.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == names.size() ? fmt::format(" {} ", last) : ", ", names[i]);
  return text;
}

const InputFormat* inputFormatOf(std::string_view path) {
  const auto* format =
      std::ranges::find_if(kFormats, [&](const InputFormat& f) { return endsInOneOf(path, f.suffixes); });
  return format == std::end(kFormats) ? nullptr : format;
}

Expected<const InputFormat*> chooseInputFormat(const DataOptions& options) {
  std::string_view path = options.input;
  for (std::string_view packed : {".gz", ".gzip"})
    if (path.ends_with(packed)) path.remove_suffix(packed.size());
  const auto* format = std::ranges::find_if(kFormats, [&](const InputFormat& f) {
    return options.inputFormat.empty() ? endsInOneOf(path, f.suffixes) : options.inputFormat == f.name;
  });
  if (format == std::end(kFormats)) {
    return badArgument(fmt::format("the format of {} does not follow from its name; pass --input-format {}",
                                   options.input == "-" ? "stdin" : options.input, listedInputFormats("or")));
  }
  const char* unused = format->takesCells ? nullptr : cellOption(options);
  if (unused == nullptr) return format;
  std::string takers = listedInputFormats("and", [](const InputFormat& f) { return f.takesCells; });
  return badArgument(fmt::format("{} is for {}, and the input is {}", unused, takers, format->name));
}

}  // namespace featc
