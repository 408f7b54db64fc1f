// SPDX-License-Identifier: Apache-2.0
// From a config to something that runs: the whole compiler behind two calls.
#include "engine/compile.h"

#include <chrono>

#include "engine/native_code.h"
#include "frontend/id_range.h"
#include "ir/fingerprint.h"
#include "ir/interpreter.h"
#include "ir/text.h"

namespace featc {

namespace {

template <class F>
auto timed(double& seconds, F&& f) {
  auto start = std::chrono::steady_clock::now();
  auto result = f();
  seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace

std::string CompiledConfig::diagnosticsText() const {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics.sorted()) text += renderText(sources, diagnostic);
  return text;
}

CompiledConfig compileConfig(const std::filesystem::path& path, const CompileOptions& options,
                             std::optional<std::string> text) {
  CompiledConfig config;
  config.ast = timed(config.times.parse, [&] {
    return parseConfig(path, std::move(text), options.frontend, config.sources, config.diagnostics);
  });
  config.raw = timed(config.times.check,
                     [&] { return makeGraph(config.ast, options.frontend, config.sources, config.diagnostics); });
  if (!config.ok()) return config;
  config.raw.info().fingerprint = fingerprintOf(config.raw);
  markRounding(config.raw);
  OptimizeOptions optimizer = options.optimizer;
  optimizer.after = [&](const PassReport& report, const Graph& graph) {
    config.passes.push_back(report);
    if (options.optimizer.after) options.optimizer.after(report, graph);
  };
  config.optimized = timed(config.times.optimize, [&] { return optimize(config.raw, optimizer); });
  return config;
}

const std::vector<std::string>& engineNames() {
  static const std::vector<std::string> kNames{"jit", "interp", "tiered"};
  return kNames;
}

std::optional<EngineKind> engineKindOf(std::string_view name) {
  auto found = std::ranges::find(engineNames(), name);
  if (found == engineNames().end()) return std::nullopt;
  return static_cast<EngineKind>(found - engineNames().begin());
}

ExtractorResult makeExtractor(const Graph& graph, const EngineOptions& options, std::string graphText) {
  ExtractorResult result;
  std::shared_ptr<const Executable> executable;
  if (options.engine == EngineKind::Interp) {
    executable = makeInterpreter(graph);
  } else {
    if (options.cache != nullptr && graphText.empty()) graphText = toText(graph);
    NativeCode code(options.codegen, options.cache, std::move(graphText));
    NativeResult native = code.find(graph);
    result.codeFromCache = native.executable != nullptr;
    if (!result.codeFromCache && options.engine == EngineKind::Jit) native = code.make(graph);
    executable = std::move(native.executable);
    result.times = native.times;
    result.error = std::move(native.error);
    if (options.engine == EngineKind::Tiered && executable == nullptr) {
      auto tiered = std::make_shared<TieredExecutable>(makeInterpreter(graph));
      CompilePool& pool = options.pool == nullptr ? CompilePool::shared() : *options.pool;
      pool.submit(std::make_unique<TierUpJob>(tiered, graph, std::move(code)));
      result.tiered = tiered;
      executable = std::move(tiered);
    }
  }
  if (executable) {
    result.extractor = std::make_shared<Extractor>(graph.info(), std::move(executable), options.stores, options.limits);
  }
  return result;
}

}  // namespace featc
