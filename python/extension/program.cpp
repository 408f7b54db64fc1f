// SPDX-License-Identifier: Apache-2.0
// Compiles configs, binds stores and explains rows, without Python.
#include "extension/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "runtime/io/json_reader.h"
#include "runtime/stores/open_store.h"
#include "tools/explain.h"

namespace featc::python {

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

Extractor Program::extractor(const StoreUrls& stores) const { return {info(), executable_, bindStores(stores)}; }

std::string Program::explain(const std::string& request, uint64_t item, bool brief, const StoreUrls& stores) const {
  std::string said;
  std::unique_ptr<RecordReader> reader =
      newJsonReader(info(), memorySource(request), "row", false, [&](const DataMessage& m) {
        if (m.isError) said += (said.empty() ? "" : "; ") + m.text;
      });
  BatchBuilder builder(info());
  std::vector<InputRow> rows;
  const bool isRead = reader->next(builder, rows, 1) == ReadStatus::Batch;
  if (!said.empty()) throw std::invalid_argument("the row is bad: " + said);
  if (!isRead) throw std::invalid_argument("there is no row");
  if (item >= rows.size())
    throw std::invalid_argument(fmt::format("there is no item {}: the request has {}", item, rows.size()));
  ExplainedRow row;
  row.file = "row";
  row.batch = builder.batch();
  row.item = static_cast<int64_t>(item);
  row.origin = rows[item];
  const StoreBinding bound = bindStores(stores);
  return brief ? explainBrief(config_.raw, config_, bound, row) : explainSteps(config_.optimized, bound, row);
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
