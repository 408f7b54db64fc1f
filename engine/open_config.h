// SPDX-License-Identifier: Apache-2.0
// A config made ready to answer in one call, out of the cache where it is there.
//
//   featc::LoadOptions options;
//   options.engine.engine = featc::EngineKind::Tiered;
//   auto cache = featc::ObjectCache::open("/var/cache/scorer/featc");
//   if (cache) options.engine.cache = *cache;
//   featc::Expected<featc::OpenedConfig> opened = featc::openConfig("takeaway.feat", options);
//   if (!opened) ...opened.error().message has all mistakes...
//   opened->extractor->run(batch, scratch, result);
#pragma once

#include <functional>

#include "engine/compile.h"
#include "support/error.h"

namespace featc {

// A config up to its optimized graph, compiled or restored from the cache.
struct OpenedGraph {
  Graph graph;
  std::string graphText;  // with a cache only
  // What it was made of, the main file first; not of a config that came as a text or through a pipe.
  std::vector<CachedFile> files;
  std::vector<std::string> unreadFiles;  // that it wants besides
  std::vector<RenderedDiagnostic> diagnostics;
  bool ok = false;         // no errors: `graph` is whole
  bool fromCache = false;  // the config itself was not read as a language
  uint64_t rawNodes = 0;   // before optimization
  CompileTimes times;

  std::string diagnosticsText() const;
};

// As compileConfig; looks in `cache`, which may be null, before, and leaves there what it finds. `codegen`
// takes part in the key only.
OpenedGraph openGraph(const std::filesystem::path& path, const FrontendOptions& frontend,
                      const std::shared_ptr<const ObjectCache>& cache = nullptr, const CodegenOptions& codegen = {},
                      std::optional<std::string> text = std::nullopt);

struct LoadOptions {
  FrontendOptions frontend;
  EngineOptions engine;
  // Binds stores where that takes knowing the sources; says what is wrong, else nothing.
  std::function<std::string(const ProgramInfo& info, StoreBinding& stores)> bindStores;
};

struct OpeningDetails {
  OpenedGraph config;
  ExtractorResult made;
  ErrorCode code = ErrorCode::None;  // of made.error
  double seconds = 0;                // all of it

  // Why there is no extractor: the diagnostics, or what else went wrong.
  std::string problem() const { return config.ok ? made.error : config.diagnosticsText(); }
};

// Why there is no graph: NoFile, or BadConfig with all diagnostics and the place of the first error.
Error graphError(const OpenedGraph& config, const std::filesystem::path& path);

// Of a config without errors: binds the stores and makes the code. Fails with BadStore (what bindStores says),
// OtherMachine (no code for the CPU that was asked for) or Failed.
Expected<ExtractorResult> makeExtractor(const OpenedGraph& config, const LoadOptions& options);

// As openConfig, with all that is known on the way, for tools.
OpeningDetails openInDetail(const std::filesystem::path& path, const LoadOptions& options);

struct OpenedConfig {
  std::shared_ptr<const Extractor> extractor;  // not null
  std::string warnings;                        // diagnostics that are no errors
  // EngineKind::Tiered only: tells whether native code is in, and waits for it. Null where the cache had the code.
  std::shared_ptr<const TieredExecutable> tiered;
};

// Fails with NoFile, BadConfig (the message has all diagnostics, the place is that of the first error), BadStore (what
// bindStores says), OtherMachine (no code for the CPU that was asked for) or Failed.
Expected<OpenedConfig> openConfig(const std::filesystem::path& path, const LoadOptions& options = {});

}  // namespace featc
