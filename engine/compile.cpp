// SPDX-License-Identifier: Apache-2.0
// From a config to something that runs: the whole compiler behind two calls.
#include "engine/compile.h"

#include <chrono>

#include "ir/interpreter.h"

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
                     [&] { return lowerConfig(config.ast, options.frontend, config.sources, config.diagnostics); });
  if (!config.ok()) return config;
  OptimizeOptions optimizer = options.optimizer;
  optimizer.after = [&](const PassReport& report, const Graph& graph) {
    config.passes.push_back(report);
    if (options.optimizer.after) options.optimizer.after(report, graph);
  };
  config.optimized = timed(config.times.optimize, [&] { return optimize(config.raw, optimizer); });
  return config;
}

ExtractorResult makeExtractor(const Graph& graph, const EngineOptions& options) {
  ExtractorResult result;
  std::shared_ptr<const Executable> executable;
  if (options.engine == EngineKind::Interp) {
    executable = makeInterpreter(graph);
  } else {
    NativeResult native = compileNative(graph, options.codegen);
    result.times = native.times;
    result.error = native.error;
    executable = native.executable;
  }
  if (executable) {
    result.extractor = std::make_shared<Extractor>(graph.info(), std::move(executable), options.stores, options.limits);
  }
  return result;
}

}  // namespace featc
