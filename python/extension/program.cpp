// SPDX-License-Identifier: Apache-2.0
// Compiles configs, binds stores and explains rows, without Python.
#include "extension/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "featc/arrow.hpp"
#include "featc/data.hpp"
#include "featc/explain.hpp"
#include "featc/stores.hpp"

namespace featc::python {
namespace {

// What messages call the data that is explained.
constexpr const char* kRow = "row";
// From this many rows on looking at some of them again costs little beside them.
constexpr uint64_t kRowsLookedInto = 4'096;

// Keeps what is wrong; what is only worth a warning is told by who made the data a stream.
DataSink sinkOf(std::vector<DataMessage>& problems) {
  return [&problems](const DataMessage& message) {
    if (message.isError) problems.push_back(message);
  };
}

}  // namespace

std::vector<std::pair<std::string, std::string>> Program::files() const {
  std::vector<std::pair<std::string, std::string>> files;
  auto add = [&](FileId id) {
    const SourceFile& file = config_.sources.file(id);
    files.emplace_back(file.path(), file.text());
  };
  add(config_.ast.mainFile);
  for (const ImportedFile& import : config_.ast.imports) add(import.file);
  return files;
}

StoreBinding Program::bindStores(const StoreUrls& stores) const {
  StoreBinding binding;
  // By URL and password: one store may serve several sources.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<Store>> opened;
  for (const auto& [source, url] : stores) {
    const std::vector<SourceInfo>& sources = info().sources;
    const bool isDefault = source == "default";
    if (!isDefault && std::ranges::none_of(sources, [&](const SourceInfo& s) { return s.name == source; }))
      throw std::invalid_argument(fmt::format("stores: the config has no source \"{}\"", source));
    StoreOptions options;
    options.source = source;
    std::shared_ptr<Store>& store = opened[{url, storePassword(options)}];
    if (store == nullptr) {
      OpenedStore found = openStore(url, options, sources);
      if (found.store == nullptr) throw std::invalid_argument(fmt::format("stores: {}", found.error));
      for (const StoreLoadReport::BadLine& bad : found.report.badLines)
        throw std::invalid_argument(fmt::format("stores: {}: line {}: {}", url, bad.line, bad.reason));
      store = std::move(found.store);
    }
    (isDefault ? binding.fallback : binding.bySource[source]) = store;
  }
  return binding;
}

std::vector<std::string> Program::findings(const ArrowStreamReport& report, const StoreBinding& stores) const {
  const bool isFirst = !isLookedAt_.exchange(true);
  const uint64_t rows = report.totals.written + report.totals.failedRows;
  if (report.sample == nullptr || report.totals.written == 0) return {};
  const bool lacks = std::ranges::any_of(report.totals.valued, [](uint64_t has) { return has == 0; });
  if (!isFirst && !lacks && rows < kRowsLookedInto) return {};
  ArrowSlice slice;
  const Batch sample = report.sample->slice(0, std::min<int64_t>(report.sample->requests(), kBlockRows), slice);
  return dataFindings(config_.optimized, stores, sample, report.totals, rows, rows > 1);
}

std::vector<std::string> Program::unserved(const StoreUrls& stores) const {
  std::vector<std::string> lines;
  for (const SourceInfo& source : info().sources)
    if (!stores.contains(source.name) && !stores.contains("default"))
      lines.push_back(
          fmt::format("no store serves source \"{}\": all its rows are absent (pass stores={{\"{}\": "
                      "\"jsonl:PATH\"}})",
                      source.name, source.name));
  return lines;
}

std::string Program::explain(const std::string& request, uint64_t item, bool brief, const StoreUrls& stores) const {
  std::vector<DataMessage> problems;
  std::unique_ptr<RecordReader> reader = newJsonReader(info(), memorySource(request), kRow, false, sinkOf(problems));
  return explain(*reader, problems, item, brief, stores);
}

std::string Program::explain(ArrowOwner<ArrowArrayStream> rows, uint64_t item, bool brief,
                             const StoreUrls& stores) const {
  std::vector<DataMessage> problems;
  std::unique_ptr<RecordReader> reader = newArrowReader(info(), {std::move(rows)}, kRow, false, sinkOf(problems));
  return explain(*reader, problems, item, brief, stores);
}

std::string Program::explain(RecordReader& reader, const std::vector<DataMessage>& problems, uint64_t item, bool brief,
                             const StoreUrls& stores) const {
  BatchBuilder builder(info());
  std::vector<InputRow> rows;
  // One request at a time, so that the last problem is that of the item where it is bad.
  while (reader.counts().items <= item && reader.next(builder, rows, 1) == ReadStatus::Batch) {
    const auto found = std::ranges::find(rows, item, &InputRow::row);
    if (found == rows.end()) continue;
    ExplainedRow row;
    row.file = kRow;
    row.batch = builder.batch();
    row.item = found - rows.begin();
    row.origin = *found;
    const StoreBinding bound = bindStores(stores);
    return brief ? explainBrief(config_.raw, config_, bound, row) : explainSteps(config_.optimized, bound, row);
  }
  const uint64_t items = reader.counts().items;
  if (!problems.empty() && (item < items || items == 0))
    throw std::invalid_argument("the row is bad: " + problems.back().text);
  if (items == 0) throw std::invalid_argument("there is no row");
  throw std::invalid_argument(fmt::format("there is no item {}: the data has {}", item, items));
}

Compiled compile(const std::string& path, std::optional<std::string> text, const std::string& root,
                 const std::string& engine, const std::string& cpu) {
  Compiled out;
  CompileOptions options;
  options.frontend.root = root;
  CompiledConfig config = compileConfig(path, options, std::move(text));
  for (const Diagnostic& diagnostic : config.diagnostics.sorted()) {
    out.diagnostics.push_back(renderJson(config.sources, diagnostic));
    out.texts.push_back(renderText(config.sources, diagnostic));
  }
  if (!config.ok()) return out;
  EngineOptions engineOptions;
  const std::optional<EngineKind> kind = engineKindOf(engine);
  if (!kind) throw std::invalid_argument(fmt::format("no engine is called {}", engine));
  engineOptions.engine = *kind;
  engineOptions.codegen.cpu = cpu;
  ExtractorResult made = makeExtractor(config.optimized, engineOptions);
  out.error = made.error;
  if (made.extractor == nullptr) return out;
  // The executable is kept by the extractor that it was made with.
  std::shared_ptr<const Executable> executable(made.extractor, &made.extractor->executable());
  out.program = std::make_shared<Program>(std::move(config), std::move(executable));
  return out;
}

}  // namespace featc::python
