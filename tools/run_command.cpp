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
#include "runtime/log/read_recorder.h"
#include "runtime/log/request_log.h"
#include "runtime/run_totals.h"
#include "runtime/serving/seda_executor.h"
#include "support/json_quote.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/data_options.h"
#include "tools/output_file.h"
#include "tools/output_formats.h"
#include "tools/pipeline.h"
#include "tools/read_stats.h"
#include "tools/run_identity.h"
#include "tools/run_output.h"

namespace featc {
namespace {

using Clock = std::chrono::steady_clock;

// Items a thread takes at a time.
constexpr int64_t kPieceItems = 4096;

struct RunOptions {
  ConfigOptions config;
  DataOptions data;
  std::string output = "-";
  std::string log;  // a file; empty: none
  std::string format = "json";
  WriterOptions writer;
  std::string engine = "jit";
  std::string scheduler = "staged";
  std::string cpu;
  std::string cache;  // a folder; empty: FEATC_CACHE's
  uint64_t cacheBytes = ObjectCache::kDefaultBytes;
  uint32_t threads = 0;  // 0: one a core
  bool strict = false;
  bool resume = false;
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
  RunOutput& output;
  Progress& progress;
  // Both null without --log.
  const CallLogger* logger;
  OutputFile* log;
  RunTotals totals;
  SedaExecutor* executor = nullptr;  // with --scheduler seda
  ReadStats* reads = nullptr;        // with --stats
  RunLimits limits;
  bool readFailed = false;
  bool stoppedByBadRow = false;
  bool writeFailed = false;
};

class RunWorker final : public PipelineWorker {
 public:
  explicit RunWorker(SharedRun& run) : run_(run), builder_(run.extractor.info()), scratch_(run.extractor) {}

  bool read() override {
    ReadStatus status = run_.reader.next(builder_, rows_, run_.logger == nullptr ? kPieceItems : 1);
    if (status == ReadStatus::Failed) run_.readFailed = true;
    hasPosition_ = run_.reader.position(position_);
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
    run_.writeFailed = !run_.output.write(text_) || (run_.log != nullptr && !run_.log->write(line_));
    if (run_.writeFailed || run_.stoppedByBadRow) return false;
    if (hasPosition_) run_.output.reached(position_, run_.totals);
    return true;
  }

 private:
  RunError extract(const Batch& batch) {
    CallOptions options;
    options.observer = run_.reads;
    // With a log a piece is one request, so that each has a line of its own.
    if (run_.logger != nullptr) {
      line_.clear();
      return run_.logger->run(run_.extractor, batch, scratch_, result_, rows_, line_, options);
    }
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
  std::string line_;  // of the log
  double seconds_ = 0;
  ReaderPosition position_;  // behind the piece
  bool hasPosition_ = false;
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
  bool complete = !run.readFailed && !run.stoppedByBadRow && !run.writeFailed;
  int exitCode = run.output.finish(complete);
  return !complete || (!bad.empty() && run.totals.written == 0) ? kBadInput : exitCode;
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

// As they are bound, or for a log recording what they answer.
StoreBinding storesOf(const RunOptions& options, StoreBinding bound, const ProgramInfo& info) {
  return options.log.empty() ? std::move(bound) : recordingStores(bound, info.sources);
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
  binding = *stores;
  engine.stores = storesOf(options, std::move(*stores), config.graph.info());
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
  made.extractor =
      std::make_shared<Extractor>(opened.model->extractor(storesOf(options, std::move(*stores), opened.model->info())));
  return made;
}

// The options that decide what is written.
std::string writtenAs(const RunOptions& options) {
  const WriterOptions& writer = options.writer;
  return fmt::format("--format {} --cell {} --label {} --compress {}{}", options.format, writer.cell,
                     jsonQuote(writer.label), writer.compress, options.strict ? " --strict" : "");
}

std::unique_ptr<RunOutput> openOutput(const RunOptions& options, const RecordReader& reader, RunIdentity identity,
                                      int& exitCode) {
  ReaderPosition unused;
  std::string problem;
  if (options.resume && options.data.input == "-") problem = "stdin is read only once";
  if (options.resume && !options.log.empty()) problem = "a log is not gone on with";
  if (options.resume && !reader.position(unused)) problem = "this input format can only be read from its begin";
  if (!problem.empty()) {
    fmt::print(stderr, "featc: --resume: {}\n", problem);
    exitCode = kBadCommand;
    return nullptr;
  }
  return RunOutput::open(options.output, std::move(identity), options.resume, exitCode);
}

void goOn(SharedRun& run, const Checkpoint& from) {
  run.progress.message(fmt::format("featc: going on behind line {} of {}, with {} items written", from.input.line,
                                   run.options.data.input, from.totals.written));
  run.totals = from.totals;
  run.reader.resumeAt(from.input);
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
  std::string refused;
  std::unique_ptr<ResultWriter> writer = newResultWriter(options.format, info, options.writer, refused);
  if (writer == nullptr) {
    fmt::print(stderr, "featc: {}\n", refused);
    return kBadCommand;
  }
  RunIdentity identity = runIdentity(info, options.data, writtenAs(options));
  std::unique_ptr<RunOutput> output = openOutput(options, *reader, std::move(identity), exitCode);
  if (output == nullptr) return exitCode;

  std::unique_ptr<OutputFile> log;
  std::optional<CallLogger> logger;
  if (!options.log.empty() && options.scheduler != "staged") {
    fmt::print(stderr, "featc: --log needs --scheduler staged, whose reads belong to one request\n");
    return kBadCommand;
  }
  if (!options.log.empty()) {
    log = std::make_unique<OutputFile>(options.log);
    if (!log->good()) return log->finish();
    logger.emplace(info);
  }
  SharedRun run{*made.extractor, options,         *writer, *reader, *output,    progress, logger ? &*logger : nullptr,
                log.get(),       RunTotals(info), nullptr, nullptr, RunLimits()};
  uint32_t threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  Clock::time_point start = Clock::now();
  std::string edge;
  if (output->resumed())
    goOn(run, *output->resumed());
  else
    writer->begin(edge);
  output->write(edge);
  std::optional<SedaExecutor> executor;
  std::optional<ReadStats> reads;
  if (options.stats) run.reads = &reads.emplace(info);
  if (options.scheduler == "seda") run.executor = &executor.emplace(*made.extractor, sedaOptions(run.reads));
  runPipeline(threads, [&] { return std::make_unique<RunWorker>(run); });
  edge.clear();
  bool complete = !run.readFailed && !run.stoppedByBadRow && !run.writeFailed;
  if (complete) {
    writer->end(edge);
    run.writeFailed = !output->write(edge);
  }
  double seconds = secondsSince(start);

  exitCode = finish(run, stores);
  if (log != nullptr && log->finish() != kFine) exitCode = kBadInput;
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
      ->check(CLI::IsMember(outputFormatNames()))
      ->capture_default_str();
  command->add_option("--cell", options->writer.cell, "Cells of a matrix: float32, or 8 bytes, which hold ids too")
      ->check(CLI::IsMember({"f32", "u64"}))
      ->capture_default_str();
  command->add_option("--label", options->writer.label, "The dense feature that is the label of libsvm and VW lines")
      ->type_name("FEATURE");
  command->add_option("--compress", options->writer.compress, "Compression of tensor sequences")
      ->check(CLI::IsMember({"none", "zstd"}))
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
  command->add_option("--log", options->log, "Write each request with the rows read and the result, for featc verify")
      ->type_name("PATH");
  command->add_flag("--resume", options->resume,
                    "Go on where a run with the same options was killed or stopped; needs --output FILE");
  command->add_flag("--strict", options->strict, "End at the first bad row, with exit code 1");
  command->add_flag("--stats", options->stats, "Tell on stderr what was compiled and how long it all took");
  command->add_flag("--progress", options->progress, "Show a bar on stderr even where that is no terminal");
  command->callback([options, &exitCode] { exitCode = runRun(*options); });
}

}  // namespace featc
