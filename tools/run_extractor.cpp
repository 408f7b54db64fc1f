// SPDX-License-Identifier: Apache-2.0
// Compiles configs and opens libraries for featc run.
#include "tools/run_extractor.h"

#include <fmt/core.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "data/log/read_recorder.h"
#include "engine/aot/model.h"
#include "support/print_error.h"
#include "support/stopwatch.h"
#include "tools/command.h"

namespace featc {
namespace {

// What getting ready took, of which `seconds` are for opening the config and its code.
void printCompileStats(const RunOptions& options, const OpenedGraph& config, const ExtractorResult& made,
                       const ObjectCache* cache, double seconds) {
  const ProgramInfo& info = config.graph.info();
  printError("config    {}: model {}, {} features, semantics {}\n", options.config.file, info.model,
             info.outputs.size(), info.semantics);
  printError("graph     {} nodes, {} after optimization\n", config.rawNodes, config.graph.size());
  if (cache != nullptr)
    printError("cache     config {}, code {}: loaded in {:.1f} ms, {}\n", config.fromCache ? "hit" : "miss",
               options.engine == "interp" ? "not needed" : (made.codeFromCache ? "hit" : "miss"), seconds * 1e3,
               cache->folder().string());
  const CodegenTimes& code = made.times;
  double total = config.times.parse + config.times.check + config.times.optimize + code.plan + code.compile + code.load;
  printError("compile   {:.1f} ms: parse {:.1f}, check {:.1f}, optimize {:.1f}", total * 1e3, config.times.parse * 1e3,
             config.times.check * 1e3, config.times.optimize * 1e3);
  if (options.engine == "jit")
    printError(", plan {:.1f}, machine code {:.1f}, load {:.1f}", code.plan * 1e3, code.compile * 1e3, code.load * 1e3);
  if (made.tiered != nullptr) printError("; native code is compiled while the run goes on");
  printError("\n");
}

// Opens the cache that --cache or FEATC_CACHE names; none is fine. The option's folder must be usable, one
// from the environment, which may be meant for another user, only draws a warning.
Expected<std::shared_ptr<const ObjectCache>> openCache(const RunOptions& options) {
  const char* inherited = std::getenv("FEATC_CACHE");
  std::string folder = options.cache;
  if (folder.empty() && inherited != nullptr) folder = inherited;
  if (folder.empty()) return std::shared_ptr<const ObjectCache>();
  Expected<std::shared_ptr<const ObjectCache>> cache = ObjectCache::open(folder, options.cacheBytes);
  if (cache || !options.cache.empty()) return cache;
  printError("featc: warning: {}\n", cache.error().message);
  return std::shared_ptr<const ObjectCache>();
}

// What makeExtractor would say at once, were native code not left to another thread.
std::string cpuProblem(const RunOptions& options, const CodegenOptions& codegen) {
  if (options.engine != "tiered" || options.cpu.empty()) return {};
  return dumpNative(Graph(), NativeStage::Llvm, codegen).error;
}

// As they are bound, or for a log recording what they answer.
StoreBinding storesOf(const RunOptions& options, StoreBinding bound, const ProgramInfo& info) {
  return options.log.empty() ? std::move(bound) : recordingStores(bound, info.sources);
}

// Compiles a config and opens its stores.
Expected<RunParts> compileProgram(const RunOptions& options) {
  EngineOptions engine;
  engine.engine = engineKindOf(options.engine).value();
  engine.codegen.cpu = options.cpu;
  engine.codegen.threads = 0;  // nothing else is to be done meanwhile
  if (std::string problem = cpuProblem(options, engine.codegen); !problem.empty())
    return Error(std::move(problem), ErrorCode::BadArgument);
  Expected<std::shared_ptr<const ObjectCache>> cache = openCache(options);
  if (!cache) return cache.error();
  engine.cache = *cache;
  Stopwatch opening;
  MainFile file = mainFile(options.config.file);
  OpenedGraph config =
      openGraph(file.path, frontendOptions(options.config), engine.cache, engine.codegen, std::move(file.text));
  double openSeconds = opening.seconds();
  printDiagnostics(options.config, config.diagnostics);
  if (!config.ok) return Error("", ErrorCode::BadConfig);

  Expected<StoreBinding> stores = openStores(options.data, config.graph.info(), {options.strict, true});
  if (!stores) return stores.error();
  engine.stores = storesOf(options, *stores, config.graph.info());
  opening = Stopwatch();
  ExtractorResult made = makeExtractor(config.graph, engine, config.graphText);
  openSeconds += opening.seconds();
  if (made.extractor == nullptr) return Error(std::move(made.error), ErrorCode::BadArgument);
  if (options.stats) printCompileStats(options, config, made, engine.cache.get(), openSeconds);
  return RunParts{std::move(made), *std::move(stores), std::move(config.graph)};
}

// The same of a library that `featc build` made.
Expected<RunParts> openBuiltProgram(const RunOptions& options) {
  if (options.engine != "jit" || !options.cpu.empty() || !options.cache.empty())
    return Error(
        fmt::format("--engine, --cpu and --cache are for configs: {} is compiled already", options.config.file),
        ErrorCode::BadArgument);
  Expected<std::shared_ptr<const Model>> opened =
      openLibrary(options.config.file, pluginFolders(options.config.plugins));
  if (!opened) return opened.error();
  const Model& model = **opened;
  Expected<StoreBinding> stores = openStores(options.data, model.info(), {options.strict, true});
  if (!stores) return stores.error();
  ExtractorResult made;
  made.extractor = std::make_shared<Extractor>(model.extractor(storesOf(options, *stores, model.info())));
  return RunParts{std::move(made), *std::move(stores), model.graph()};
}

}  // namespace

Expected<RunParts> openRunParts(const RunOptions& options) {
  return options.config.file.ends_with(".so") ? openBuiltProgram(options) : compileProgram(options);
}

}  // namespace featc
