// SPDX-License-Identifier: Apache-2.0
// A config made ready to answer in one call, out of the cache where it is there.
#include "engine/open_config.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <set>

#include "engine/native_code.h"
#include "frontend/imports.h"
#include "ir/text.h"
#include "ops/extern_fn.h"

namespace featc {

namespace {

namespace fs = std::filesystem;

// The first key: all that decides what the config means and how its diagnostics read, besides the files
// it imports, which are only known with the entry.
std::string configKey(const fs::path& path, const std::string& text, const FrontendOptions& options,
                      const CodegenOptions& codegen) {
  const FrontendLimits& l = options.limits;
  // A limit that is added must come into the key.
  static_assert(sizeof(FrontendLimits) == 3 * sizeof(size_t) + 8 * sizeof(uint32_t));
  std::error_code error;
  fs::path resolved = fs::weakly_canonical(fs::absolute(path, error), error);
  std::string plugins;
  for (const fs::path& folder : options.plugins.folders)
    plugins += fmt::format("plugins {}\n", fs::weakly_canonical(fs::absolute(folder, error), error).string());
  return cacheIdentity(codegen) + plugins +
         fmt::format(
             "config {}\nresolved {}\nroot {}\ntext {} {}\nlimits {} {} {} {} {} {} {} {} {} {} {}\nunused {}\n",
             path.string(), resolved.string(), resolveRoot(options.root, path).string(), text.size(),
             toHex(hash128(text)), l.fileBytes, l.totalBytes, l.dataBytes, l.nesting, l.literalElements, l.imports,
             l.outputs, l.tokens, l.statementTokens, l.expressionDepth, l.graphNodes, options.warnUnusedFields);
}

std::vector<CachedFile> filesOf(const CompiledConfig& config) {
  std::vector<CachedFile> files;
  for (const ImportedFile& import : config.ast.imports)
    files.push_back({import.asked, import.path, hash128(config.sources.file(import.file).text())});
  return files;
}

// The libraries of extern fns. One that was replaced since it was loaded gets a content that no file has.
void addPlugins(const CompiledConfig& config, const PluginFolders& folders, OpenedGraph& opened) {
  std::set<std::string> seen;
  for (const ExternFnDecl& decl : config.ast.externs) {
    if (decl.library.find('/') != std::string::npos || !seen.insert(decl.library).second) continue;
    std::optional<fs::path> file = findPlugin(decl.library, folders);
    Expected<std::string> bytes = file ? readConfigFile(*file, SIZE_MAX) : Error();
    if (!bytes) {
      for (const fs::path& folder : folders.folders) opened.unreadFiles.push_back((folder / decl.library).string());
      continue;
    }
    CachedFile library{file->string(), file->string(), hash128(*bytes)};
    std::optional<std::string> now = pluginContent(*file);
    for (const auto& fn : config.raw.info().externs)
      if (fn->decl.library == decl.library && now != fn->content) library.content = {};
    opened.files.push_back(std::move(library));
  }
}

// The main file as openGraph was asked for it, with what it held.
CachedFile mainFile(const fs::path& path, std::string_view text) {
  std::error_code error;
  fs::path asked = fs::absolute(path, error);
  return {asked.string(), fs::weakly_canonical(asked, error).string(), hash128(text)};
}

OpenedGraph compiledGraph(CompiledConfig& config, const PluginFolders& plugins) {
  OpenedGraph opened;
  opened.files = filesOf(config);
  opened.unreadFiles = config.ast.unreadImports;
  addPlugins(config, plugins, opened);
  for (const Diagnostic& diagnostic : config.diagnostics.sorted())
    opened.diagnostics.push_back({renderText(config.sources, diagnostic), renderJson(config.sources, diagnostic)});
  opened.ok = config.ok();
  opened.rawNodes = config.raw.size();
  opened.times = config.times;
  opened.graph = std::move(config.optimized);
  return opened;
}

bool restoreGraph(const ObjectCache& cache, const std::string& key, const PluginFolders& plugins, OpenedGraph& opened) {
  std::optional<ConfigEntry> entry = cache.findConfig(key);
  if (!entry) return false;
  Expected<Graph> graph = parseGraph(entry->graph, nullptr, plugins);
  if (!graph) return false;
  opened.graph = std::move(*graph);
  opened.files = std::move(entry->files);
  opened.graphText = std::move(entry->graph);
  opened.diagnostics = std::move(entry->diagnostics);
  opened.rawNodes = entry->rawNodes;
  opened.ok = true;
  opened.fromCache = true;
  return true;
}

// `shops.feat:3:5`, as its text begins.
std::string placeOfFirstError(const std::vector<RenderedDiagnostic>& diagnostics) {
  for (const RenderedDiagnostic& diagnostic : diagnostics) {
    const size_t line = diagnostic.text.find('\n');
    const size_t end = diagnostic.text.find(": error: ");
    if (end < line) return diagnostic.text.substr(0, end);
  }
  return {};
}

}  // namespace

std::string OpenedGraph::diagnosticsText() const {
  std::string text;
  for (const RenderedDiagnostic& diagnostic : diagnostics) text += diagnostic.text;
  return text;
}

OpenedGraph openGraph(const fs::path& path, const FrontendOptions& frontend,
                      const std::shared_ptr<const ObjectCache>& cache, const CodegenOptions& codegen,
                      std::optional<std::string> text) {
  bool isFile = !text && path != "-";
  if (isFile) {
    Expected<std::string> read = readConfigFile(path, frontend.limits.fileBytes);
    if (read) text = *std::move(read);
  }
  CachedFile main = isFile && text ? mainFile(path, *text) : CachedFile();
  OpenedGraph opened;
  std::string key = cache != nullptr && text ? configKey(path, *text, frontend, codegen) : "";
  if (key.empty() || !restoreGraph(*cache, key, frontend.plugins, opened)) {
    CompiledConfig config = compileConfig(path, {frontend, {}}, std::move(text));
    opened = compiledGraph(config, frontend.plugins);
    if (opened.ok && !key.empty()) {
      opened.graphText = toText(opened.graph);
      cache->store(ConfigEntry{key, opened.files, opened.diagnostics, opened.rawNodes, opened.graphText});
    }
  }
  if (isFile && !main.asked.empty())
    opened.files.insert(opened.files.begin(), std::move(main));
  else if (isFile)
    opened.unreadFiles.push_back(mainFile(path, "").asked);
  return opened;
}

Error graphError(const OpenedGraph& config, const fs::path& path) {
  const bool isRead = !config.files.empty() || path == "-";
  return {config.diagnosticsText(), isRead ? ErrorCode::BadConfig : ErrorCode::NoFile,
          placeOfFirstError(config.diagnostics)};
}

Expected<ExtractorResult> makeExtractor(const OpenedGraph& config, const LoadOptions& options) {
  EngineOptions engine = options.engine;
  if (options.bindStores) {
    std::string problem = options.bindStores(config.graph.info(), engine.stores);
    if (!problem.empty()) return Error(std::move(problem), ErrorCode::BadStore);
  }
  ExtractorResult made = makeExtractor(config.graph, engine, config.graphText);
  if (made.error.empty()) return made;
  return Error(std::move(made.error), engine.codegen.cpu.empty() ? ErrorCode::Failed : ErrorCode::OtherMachine);
}

OpeningDetails openInDetail(const fs::path& path, const LoadOptions& options) {
  auto start = std::chrono::steady_clock::now();
  OpeningDetails opened;
  opened.config = openGraph(path, options.frontend, options.engine.cache, options.engine.codegen);
  if (opened.config.ok) {
    Expected<ExtractorResult> made = makeExtractor(opened.config, options);
    if (made) {
      opened.made = *std::move(made);
    } else {
      opened.made.error = made.error().message;
      opened.code = made.error().code;
    }
  }
  opened.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return opened;
}

Expected<OpenedConfig> openConfig(const fs::path& path, const LoadOptions& options) {
  OpeningDetails opened = openInDetail(path, options);
  ExtractorResult& made = opened.made;
  if (!opened.config.ok) return graphError(opened.config, path);
  if (made.extractor == nullptr) return Error(std::move(made.error), opened.code, path.string());
  return OpenedConfig{std::move(made.extractor), opened.config.diagnosticsText(), std::move(made.tiered)};
}

}  // namespace featc
