// SPDX-License-Identifier: Apache-2.0
// A config made ready to answer in one call, out of the cache where it is there.
#include "engine/load.h"

#include <fmt/format.h>

#include <chrono>

#include "engine/native_code.h"
#include "frontend/imports.h"
#include "ir/text.h"

namespace featc {

namespace {

namespace fs = std::filesystem;

// The first key: all that decides what the config means and how its diagnostics read, besides the files
// it imports, which are only known with the entry.
std::string configKey(const fs::path& path, const std::string& text, const FrontendOptions& options,
                      const CodegenOptions& codegen) {
  const FrontendLimits& l = options.limits;
  // A limit that is added must come into the key.
  static_assert(sizeof(FrontendLimits) == 2 * sizeof(size_t) + 8 * sizeof(uint32_t));
  std::error_code error;
  fs::path resolved = fs::weakly_canonical(fs::absolute(path, error), error);
  return cacheIdentity(codegen) +
         fmt::format("config {}\nresolved {}\nroot {}\ntext {} {}\nlimits {} {} {} {} {} {} {} {} {} {}\nunused {}\n",
                     path.string(), resolved.string(), resolveRoot(options.root, path).string(), text.size(),
                     toHex(hash128(text)), l.fileBytes, l.totalBytes, l.nesting, l.literalElements, l.imports,
                     l.outputs, l.tokens, l.statementTokens, l.expressionDepth, l.graphNodes, options.warnUnusedFields);
}

std::vector<CachedFile> filesOf(const CompiledConfig& config) {
  std::vector<CachedFile> files;
  for (const ImportedFile& import : config.ast.imports)
    files.push_back({import.asked, import.path, hash128(config.sources.file(import.file).text())});
  return files;
}

LoadedGraph toLoaded(CompiledConfig& config) {
  LoadedGraph loaded;
  for (const Diagnostic& diagnostic : config.diagnostics.sorted())
    loaded.diagnostics.push_back({renderText(config.sources, diagnostic), renderJson(config.sources, diagnostic)});
  loaded.ok = config.ok();
  loaded.rawNodes = config.raw.size();
  loaded.times = config.times;
  loaded.graph = std::move(config.optimized);
  return loaded;
}

bool findLoaded(const ObjectCache& cache, const std::string& key, LoadedGraph& loaded) {
  std::optional<ConfigEntry> entry = cache.findConfig(key);
  if (!entry) return false;
  std::string error;
  std::optional<Graph> graph = parseGraph(entry->graph, error);
  if (!graph) return false;
  loaded.graph = std::move(*graph);
  loaded.graphText = std::move(entry->graph);
  loaded.diagnostics = std::move(entry->diagnostics);
  loaded.rawNodes = entry->rawNodes;
  loaded.ok = true;
  loaded.fromCache = true;
  return true;
}

}  // namespace

std::string LoadedGraph::diagnosticsText() const {
  std::string text;
  for (const RenderedDiagnostic& diagnostic : diagnostics) text += diagnostic.text;
  return text;
}

LoadedGraph loadGraph(const fs::path& path, const FrontendOptions& frontend,
                      const std::shared_ptr<const ObjectCache>& cache, const CodegenOptions& codegen,
                      std::optional<std::string> text) {
  if (cache != nullptr && !text && path != "-") {
    auto content = readConfigFile(path, frontend.limits.fileBytes);
    if (auto* read = std::get_if<std::string>(&content)) text = std::move(*read);
  }
  if (cache == nullptr || !text) {
    CompiledConfig config = compileConfig(path, {frontend, {}}, std::move(text));
    return toLoaded(config);
  }
  LoadedGraph loaded;
  std::string key = configKey(path, *text, frontend, codegen);
  if (findLoaded(*cache, key, loaded)) return loaded;
  CompiledConfig config = compileConfig(path, {frontend, {}}, std::move(text));
  std::vector<CachedFile> files = filesOf(config);
  loaded = toLoaded(config);
  if (!loaded.ok) return loaded;
  loaded.graphText = toText(loaded.graph);
  cache->store(ConfigEntry{std::move(key), std::move(files), loaded.diagnostics, loaded.rawNodes, loaded.graphText});
  return loaded;
}

LoadedConfig loadExtractor(const fs::path& path, const LoadOptions& options) {
  auto start = std::chrono::steady_clock::now();
  LoadedConfig loaded;
  EngineOptions engine = options.engine;
  loaded.config = loadGraph(path, options.frontend, engine.cache, engine.codegen);
  if (loaded.config.ok) {
    if (options.bindStores) loaded.made.error = options.bindStores(loaded.config.graph.info(), engine.stores);
    if (loaded.made.error.empty()) loaded.made = makeExtractor(loaded.config.graph, engine, loaded.config.graphText);
  }
  loaded.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return loaded;
}

}  // namespace featc
