// SPDX-License-Identifier: Apache-2.0
// featc run: features of data.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/aot/model.h"
#include "engine/load.h"
#include "runtime/csv_writer.h"
#include "runtime/json_writer.h"
#include "runtime/run_totals.h"
#include "runtime/serving/seda_executor.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/data_options.h"
#include "tools/output_file.h"
#include "tools/pipeline.h"
#include "tools/read_stats.h"

namespace featc {
namespace {

using Clock = std::chrono::steady_clock;

// Items a thread takes at a time.
constexpr int64_t kPieceItems = 4096;

struct RunOptions {
  ConfigOptions config;
  DataOptions data;
  std::string output = "-";
  std::string format = "json";
  std::string engine = "jit";
  std::string scheduler = "staged";
  std::string cpu;
  std::string cache;  // a folder; empty: FEATC_CACHE's
  uint64_t cacheBytes = ObjectCache::kDefaultBytes;
  uint32_t threads = 0;  // 0: one a core
  bool strict = false;
  bool stats = false;
  bool progress = false;
};

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// What the threads of a run share. Only the one that reads, or writes, touches its part.
struct SharedRun {
  const Extractor& extractor;
  const RunOptions& options;
  const ResultWriter& writer;
  RecordReader& reader;
  OutputFile& output;
  Progress& progress;
  RunTotals totals;
  SedaExecutor* executor = nullptr;  // with --scheduler seda
  ReadStats* reads = nullptr;        // with --stats
  RunLimits limits;
  bool readFailed = false;
  bool stoppedByBadRow = false;
};

class RunWorker final : public PipelineWorker {
 public:
  explicit RunWorker(SharedRun& run) : run_(run), builder_(run.extractor.info()), scratch_(run.extractor) {}

  bool read() override {
    ReadStatus status = run_.reader.next(builder_, rows_, kPieceItems);
    if (status == ReadStatus::Failed) run_.readFailed = true;
    return status == ReadStatus::Batch;
  }

  void work() override {
    Clock::time_point start = Clock::now();
    if (RunError error = extract(builder_.batch())) throw std::runtime_error(error.message);
    seconds_ = secondsSince(start);
    text_.clear();
    run_.writer.write(result_, rows_, text_);
  }

  bool write() override {
    run_.totals.add(result_);
    run_.totals.extractSeconds += seconds_;
    uint64_t failed = reportFailedRows();
    run_.totals.failedRows += failed;
    run_.totals.written += rows_.size() - failed;
    run_.progress.addItems(rows_.size());
    run_.stoppedByBadRow = run_.options.strict && failed > 0;
    return run_.output.write(text_) && !run_.stoppedByBadRow;
  }

 private:
  RunError extract(const Batch& batch) {
    CallOptions options;
    options.observer = run_.reads;
    if (run_.options.scheduler == "pipelined") options.scheduler = Scheduler::Pipelined;
    if (run_.executor == nullptr) return run_.extractor.run(batch, scratch_, result_, options);
    SedaExecutor::Answer answer = run_.executor->submit(batch, options.deadline).get();
    std::swap(result_, answer.result);
    return answer.error;
  }

  uint64_t reportFailedRows() {
    uint64_t failed = 0;
    for (size_t i = 0; i < rows_.size(); ++i) {
      RowStatus status = result_.status(static_cast<int64_t>(i));
      if (status == RowStatus::Ok) continue;
      ++failed;
      run_.progress.message(fmt::format("{}:{}: item {}: {}", run_.options.data.input, rows_[i].line, rows_[i].item,
                                        statusText(status, run_.limits)));
    }
    return failed;
  }

  SharedRun& run_;
  BatchBuilder builder_;
  std::vector<InputRow> rows_;
  Scratch scratch_;
  Result result_;
  std::string text_;
  double seconds_ = 0;
};

// What getting ready took, of which `seconds` are for loading the config and its code.
void printCompileStats(const RunOptions& options, const LoadedGraph& config, const ExtractorResult& made,
                       const ObjectCache* cache, double seconds) {
  const ProgramInfo& info = config.graph.info();
  fmt::print(stderr, "config    {}: model {}, {} features, semantics {}\n", options.config.file, info.model,
             info.outputs.size(), info.semantics);
  fmt::print(stderr, "graph     {} nodes, {} after optimization\n", config.rawNodes, config.graph.size());
  if (cache != nullptr)
    fmt::print(stderr, "cache     config {}, code {}: loaded in {:.1f} ms, {}\n", config.fromCache ? "hit" : "miss",
               options.engine == "interp" ? "not needed" : (made.codeFromCache ? "hit" : "miss"), seconds * 1e3,
               cache->folder().string());
  const CodegenTimes& code = made.times;
  double total = config.times.parse + config.times.check + config.times.optimize + code.plan + code.compile + code.load;
  fmt::print(stderr, "compile   {:.1f} ms: parse {:.1f}, check {:.1f}, optimize {:.1f}", total * 1e3,
             config.times.parse * 1e3, config.times.check * 1e3, config.times.optimize * 1e3);
  if (options.engine == "jit")
    fmt::print(stderr, ", plan {:.1f}, machine code {:.1f}, load {:.1f}", code.plan * 1e3, code.compile * 1e3,
               code.load * 1e3);
  if (made.tiered != nullptr) fmt::print(stderr, "; native code is compiled while the run goes on");
  fmt::print(stderr, "\n");
}

void printRunStats(const SharedRun& run, uint32_t threads, double seconds) {
  const RunTotals& totals = run.totals;
  const InputCounts& input = run.reader.counts();
  auto rate = [&](double s) { return s > 0 ? static_cast<double>(totals.written) / s : 0; };
  fmt::print(stderr, "run       {} items of {} requests in {:.1f} ms: {:.0f} items a second, {} on {} thread{}\n",
             totals.written, input.requests, seconds * 1e3, rate(seconds), run.extractor.executable().engineName(),
             threads, threads == 1 ? "" : "s");
  fmt::print(stderr, "extract   {:.1f} ms of that beside reading and writing: {:.0f} items a second and thread\n",
             totals.extractSeconds * 1e3, rate(totals.extractSeconds));
  for (const std::string& line : run.reads->lines()) fmt::print(stderr, "reads     {}\n", line);
}

std::unique_ptr<ResultWriter> newWriter(const std::string& format, const ProgramInfo& info) {
  if (format == "json") return newJsonWriter(info);
  return newCsvWriter(info, format == "tsv" ? '\t' : ',');
}

SedaOptions sedaOptions(RunObserver* observer) {
  SedaOptions options;
  options.observer = observer;
  return options;
}

// Writing over the input would empty it before it is read.
bool isInput(const RunOptions& options) {
  std::error_code ignored;
  return options.output != "-" && std::filesystem::equivalent(options.output, options.data.input, ignored);
}

// On a terminal, unless the features go there too.
bool wantsBar(const RunOptions& options) {
  bool dataOnTerminal = options.output == "-" && isatty(STDOUT_FILENO) != 0;
  return isatty(STDERR_FILENO) != 0 && !dataOnTerminal;
}

int finish(SharedRun& run, const StoreBinding& stores) {
  run.progress.clear();
  for (const std::string& line : dataWarnings(run.totals, run.extractor.info()))
    fmt::print(stderr, "warning: {}\n", line);
  const std::vector<SourceInfo>& sources = run.extractor.info().sources;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (run.totals.reads[i].failed + run.totals.reads[i].timedOut == 0) continue;
    if (std::string why = degradedStore(stores, sources[i]); !why.empty()) fmt::print(stderr, "warning: {}\n", why);
  }
  std::string bad = badDataSummary(run.totals, run.reader.counts());
  if (!bad.empty()) fmt::print(stderr, "{}: {}\n", run.options.data.input, bad);
  int exitCode = run.output.finish();
  if (run.readFailed || run.stoppedByBadRow || (!bad.empty() && run.totals.written == 0)) return kBadInput;
  return exitCode;
}

EngineKind engineKind(const std::string& name) {
  if (name == "interp") return EngineKind::Interp;
  return name == "tiered" ? EngineKind::Tiered : EngineKind::Jit;
}

// Opens the cache that --cache or FEATC_CACHE names; none is fine. The option's folder must be usable, one
// from the environment, which may be meant for another user, only draws a warning.
bool openCache(const RunOptions& options, std::shared_ptr<const ObjectCache>& cache) {
  const char* inherited = std::getenv("FEATC_CACHE");
  std::string folder = options.cache;
  if (folder.empty() && inherited != nullptr) folder = inherited;
  if (folder.empty()) return true;
  std::string error;
  cache = ObjectCache::open(folder, error, options.cacheBytes);
  if (cache != nullptr) return true;
  bool asked = !options.cache.empty();
  fmt::print(stderr, "featc: {}{}\n", asked ? "" : "warning: ", error);
  return !asked;
}

// What makeExtractor would say at once, were native code not left to another thread.
std::string cpuProblem(const RunOptions& options, const CodegenOptions& codegen) {
  if (options.engine != "tiered" || options.cpu.empty()) return {};
  return dumpNative(Graph(), NativeStage::Llvm, codegen).error;
}

// Compiles a config and opens its stores into `binding`; without an extractor the reason was printed and `exitCode` is
// set.
ExtractorResult compileExtractor(const RunOptions& options, StoreBinding& binding, int& exitCode) {
  EngineOptions engine;
  engine.engine = engineKind(options.engine);
  engine.codegen.cpu = options.cpu;
  engine.codegen.threads = 0;  // nothing else is to be done meanwhile
  exitCode = kBadCommand;
  if (std::string problem = cpuProblem(options, engine.codegen); !problem.empty()) {
    fmt::print(stderr, "featc: {}\n", problem);
    return {};
  }
  if (!openCache(options, engine.cache)) return {};
  Clock::time_point loading = Clock::now();
  MainFile file = mainFile(options.config.file);
  LoadedGraph config =
      loadGraph(file.path, frontendOptions(options.config), engine.cache, engine.codegen, std::move(file.text));
  double loadSeconds = secondsSince(loading);
  printDiagnostics(options.config, config.diagnostics);
  exitCode = kBadInput;
  if (!config.ok) return {};

  std::optional<StoreBinding> stores = openStores(options.data, config.graph.info(), options.strict, exitCode);
  if (!stores) return {};
  engine.stores = *stores;
  binding = std::move(*stores);
  loading = Clock::now();
  ExtractorResult made = makeExtractor(config.graph, engine, config.graphText);
  loadSeconds += secondsSince(loading);
  exitCode = made.extractor == nullptr ? kBadCommand : kFine;
  if (made.extractor == nullptr)
    fmt::print(stderr, "featc: {}\n", made.error);
  else if (options.stats)
    printCompileStats(options, config, made, engine.cache.get(), loadSeconds);
  return made;
}

// The same of a library that `featc build` made.
ExtractorResult openExtractor(const RunOptions& options, StoreBinding& binding, int& exitCode) {
  exitCode = kBadCommand;
  if (options.engine != "jit" || !options.cpu.empty() || !options.cache.empty()) {
    fmt::print(stderr, "featc: --engine, --cpu and --cache are for configs: {} is compiled already\n",
               options.config.file);
    return {};
  }
  exitCode = kBadInput;
  OpenedModel opened = openModel(options.config.file, pluginFolders(options.config.plugins));
  if (opened.model == nullptr) {
    fmt::print(stderr, "featc: {}\n", opened.error);
    return {};
  }
  std::optional<StoreBinding> stores = openStores(options.data, opened.model->info(), options.strict, exitCode);
  if (!stores) return {};
  exitCode = kFine;
  binding = *stores;
  ExtractorResult made;
  made.extractor = std::make_shared<Extractor>(opened.model->extractor(std::move(*stores)));
  return made;
}

int runRun(const RunOptions& options) {
  int exitCode = kFine;
  bool isBuilt = options.config.file.ends_with(".so");
  StoreBinding stores;
  ExtractorResult made =
      isBuilt ? openExtractor(options, stores, exitCode) : compileExtractor(options, stores, exitCode);
  if (made.extractor == nullptr) return exitCode;

  const ProgramInfo& info = made.extractor->info();
  Progress progress(options.progress || wantsBar(options), 0);
  std::unique_ptr<RecordReader> reader = openInput(options.data, info, options.strict, progress, exitCode);
  if (reader == nullptr) return exitCode;
  if (isInput(options)) {
    fmt::print(stderr, "featc: --output {} is the input itself\n", options.output);
    return kBadCommand;
  }
  OutputFile output(options.output);
  if (!output.good()) return output.finish();

  std::unique_ptr<ResultWriter> writer = newWriter(options.format, info);
  SharedRun run{*made.extractor, options,         *writer, *reader, output,
                progress,        RunTotals(info), nullptr, nullptr, RunLimits()};
  uint32_t threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  Clock::time_point start = Clock::now();
  std::string edge;
  writer->begin(edge);
  output.write(edge);
  std::optional<SedaExecutor> executor;
  std::optional<ReadStats> reads;
  if (options.stats) run.reads = &reads.emplace(info);
  if (options.scheduler == "seda") run.executor = &executor.emplace(*made.extractor, sedaOptions(run.reads));
  runPipeline(threads, [&] { return std::make_unique<RunWorker>(run); });
  edge.clear();
  writer->end(edge);
  output.write(edge);
  double seconds = secondsSince(start);

  exitCode = finish(run, stores);
  if (made.tiered != nullptr && made.tiered->state() == TierState::Failed)
    fmt::print(stderr, "featc: warning: no native code, so the interpreter did it all: {}\n", made.tiered->error());
  if (options.stats) printRunStats(run, threads, seconds);
  return exitCode;
}

}  // namespace

void addRunCommand(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Extract features of data");
  addConfigOptions(*command, options->config);
  command->get_option("FILE")->description("The config, or a library that featc build made; - is stdin");
  addDataOptions(*command, options->data);
  command->add_option("--output", options->output, "Where the features go; - is stdout")
      ->type_name("PATH")
      ->capture_default_str();
  command->add_option("--format", options->format, "Format of the features")
      ->check(CLI::IsMember({"json", "csv", "tsv"}))
      ->capture_default_str();
  command
      ->add_option("--engine", options->engine,
                   "Native code, the interpreter, or that until native code is there; all give the same")
      ->check(CLI::IsMember({"jit", "interp", "tiered"}))
      ->capture_default_str();
  command->add_option("--scheduler", options->scheduler, "How reads and computing go together; all give the same")
      ->check(CLI::IsMember({"staged", "pipelined", "seda"}))
      ->capture_default_str();
  command->add_option("--cpu", options->cpu, "CPU to compile for, such as x86-64-v3 (default: this machine's)")
      ->type_name("C");
  command
      ->add_option("--cache", options->cache,
                   "Folder that keeps what was compiled for the next time (default: $FEATC_CACHE, else none)")
      ->type_name("DIR");
  command->add_option("--cache-size", options->cacheBytes, "What the cache may hold, such as 200MB (default: 1GB)")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  command->add_option("--threads", options->threads, "Threads (default: one a core); the order stays the input's")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--strict", options->strict, "End at the first bad row, with exit code 1");
  command->add_flag("--stats", options->stats, "Tell on stderr what was compiled and how long it all took");
  command->add_flag("--progress", options->progress, "Show a bar on stderr even where that is no terminal");
  command->callback([options, &exitCode] { exitCode = runRun(*options); });
}

}  // namespace featc
