// SPDX-License-Identifier: Apache-2.0
// From a config to something that runs: the whole compiler behind two calls.
//
//   featc::CompiledConfig config = featc::compileConfig("takeaway.feat");
//   if (config.diagnostics.hasErrors()) ...render config.diagnostics.sorted()...
//   featc::ExtractorResult made = featc::makeExtractor(config.optimized, {});
//   featc::Scratch scratch(*made.extractor);
//   featc::Result result;
//   made.extractor->run(batch, scratch, result);
//
// engine/open_config.h does it all in one call, with a cache.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/llvm/codegen.h"
#include "engine/compile_pool.h"
#include "engine/object_cache.h"
#include "engine/tiered.h"
#include "frontend/frontend.h"
#include "ir/graph.h"
#include "optimizer/pass.h"
#include "runtime/calls/extractor.h"
#include "support/diagnostics.h"

namespace featc {

struct CompileOptions {
  FrontendOptions frontend;
  OptimizeOptions optimizer;
};

// Seconds by stage.
struct CompileTimes {
  double parse = 0;
  double check = 0;  // names, types and lowering to the graph
  double optimize = 0;
};

// Everything known of a config before an engine is chosen. The graphs are whole only when
// `diagnostics` has no errors.
struct CompiledConfig {
  Sources sources;
  Diagnostics diagnostics;
  Ast ast;
  Graph raw;
  Graph optimized;
  std::vector<PassReport> passes;  // what each pass did
  CompileTimes times;

  bool ok() const { return !diagnostics.hasErrors(); }
  // All diagnostics as text, one after another.
  std::string diagnosticsText() const;
};

// Reads, checks, lowers and optimizes the config at `path` and its imports; `text` replaces the
// content of the main file. Never throws for what a config or the file system does.
CompiledConfig compileConfig(const std::filesystem::path& path, const CompileOptions& options = {},
                             std::optional<std::string> text = std::nullopt);

enum class EngineKind {
  Jit,     // native code, compiled before makeExtractor returns
  Interp,  // the interpreter: ready at once, slower
  Tiered,  // the interpreter until native code has been compiled on another thread
};

// What people call them, in that order, and back; nothing where there is no such engine.
const std::vector<std::string>& engineNames();
std::optional<EngineKind> engineKindOf(std::string_view name);

struct EngineOptions {
  EngineKind engine = EngineKind::Jit;
  CodegenOptions codegen;
  StoreBinding stores;
  RunLimits limits;
  // Native code is looked for here first, and put here when it was compiled. Null: no cache.
  std::shared_ptr<const ObjectCache> cache;
  // Where Tiered compiles, which must live until it has; null: CompilePool::shared().
  CompilePool* pool = nullptr;
};

struct ExtractorResult {
  std::shared_ptr<const Extractor> extractor;
  std::string error;   // not empty: no extractor, e.g. this machine cannot run code for that CPU
  CodegenTimes times;  // of what was done before makeExtractor returned
  bool codeFromCache = false;
  // Tiered only: tells whether native code is in, and waits for it. Null where the cache had the code.
  std::shared_ptr<const TieredExecutable> tiered;
};

// `graphText` is toText(graph) where that is known already; else the cache makes it.
ExtractorResult makeExtractor(const Graph& graph, const EngineOptions& options = {}, std::string graphText = {});

}  // namespace featc
