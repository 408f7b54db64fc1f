// SPDX-License-Identifier: Apache-2.0
// featc run: features of data.
#include <fmt/core.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/json_quote.h"
#include "tools/command.h"
#include "tools/run_extractor.h"
#include "tools/run_identity.h"
#include "tools/run_worker.h"
#include "tools/stopwatch.h"
#include "tools/store_stats.h"

namespace featc {
namespace {

void printRunStats(const SharedRun& run, const StoreBinding& stores, uint32_t threads, double seconds) {
  const RunTotals& totals = run.totals;
  const InputCounts& input = run.reader.counts();
  auto rate = [&](double s) { return s > 0 ? static_cast<double>(totals.written) / s : 0; };
  fmt::print(stderr, "run       {} items of {} requests in {:.1f} ms: {:.0f} items a second, {} on {} thread{}\n",
             totals.written, input.requests, seconds * 1e3, rate(seconds), run.extractor.executable().engineName(),
             threads, threads == 1 ? "" : "s");
  fmt::print(stderr, "extract   {:.1f} ms of that beside reading and writing: {:.0f} items a second and thread\n",
             totals.extractSeconds * 1e3, rate(totals.extractSeconds));
  for (const std::string& line : run.reads->lines()) fmt::print(stderr, "reads     {}\n", line);
  for (const std::string& line : storeLines(stores)) fmt::print(stderr, "store     {}\n", line);
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
  run.reader.tellNotes();
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

// The options that decide what is written.
std::string writtenAs(const RunOptions& options) {
  const WriterOptions& writer = options.writer;
  return fmt::format("--format {} --cell {} --label {} --compress {}{}", options.format, writer.cell,
                     jsonQuote(writer.label), writer.compress, options.strict ? " --strict" : "");
}

// Why a run like this one cannot go on where another ended; empty: it can.
std::string notResumable(const RunOptions& options, const RecordReader& reader, const ResultWriter& writer) {
  ReaderPosition unused;
  if (options.data.input == "-") return "stdin is read only once";
  if (!options.log.empty()) return "a log is not gone on with";
  if (!reader.position(unused)) return "this input format can only be read from its begin";
  if (writer.isOrdered())
    return fmt::format("--format {} ends with a table of all that is in the file", options.format);
  return {};
}

std::unique_ptr<RunOutput> openOutput(const RunOptions& options, const ProgramInfo& info, const RecordReader& reader,
                                      const ResultWriter& writer, int& exitCode) {
  std::string problem = notResumable(options, reader, writer);
  if (options.resume && !problem.empty()) {
    fmt::print(stderr, "featc: --resume: {}\n", problem);
    exitCode = kBadCommand;
    return nullptr;
  }
  RunOutput::Begin begin = options.resume    ? RunOutput::Begin::GoOn
                           : problem.empty() ? RunOutput::Begin::Anew
                                             : RunOutput::Begin::NeverResumed;
  return RunOutput::open(options.output, runIdentity(info, options.data, writtenAs(options)), begin, exitCode);
}

void goOn(SharedRun& run, const Checkpoint& from) {
  run.progress.message(fmt::format("featc: going on behind line {} of {}, with {} items written", from.input.line,
                                   run.options.data.input, from.totals.written));
  run.totals = from.totals;
  run.reader.resumeAt(from.input);
}

int runRun(const RunOptions& options) {
  int exitCode = kFine;
  StoreBinding stores;
  ExtractorResult made = runExtractor(options, stores, exitCode);
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
  std::unique_ptr<RunOutput> output = openOutput(options, info, *reader, *writer, exitCode);
  if (output == nullptr) return exitCode;

  std::unique_ptr<OutputFile> log;
  std::optional<CallLogger> logger;
  if (!options.log.empty() && options.scheduler == "seda") {
    fmt::print(stderr, "featc: --log is not for --scheduler seda, whose reads serve several requests at once\n");
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
  Stopwatch running;
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
  runPipeline(threads, [&] { return newRunWorker(run); });
  edge.clear();
  bool complete = !run.readFailed && !run.stoppedByBadRow && !run.writeFailed;
  if (complete) {
    writer->end(edge);
    run.writeFailed = !output->write(edge);
  }
  double seconds = running.seconds();

  exitCode = finish(run, stores);
  if (log != nullptr && log->finish() != kFine) exitCode = kBadInput;
  if (made.tiered != nullptr && made.tiered->state() == TierState::Failed)
    fmt::print(stderr, "featc: warning: no native code, so the interpreter did it all: {}\n", made.tiered->error());
  if (options.stats) printRunStats(run, stores, threads, seconds);
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
  command
      ->add_option("--compress", options->writer.compress, "Compression of tensor sequences, Arrow and Parquet files")
      ->check(CLI::IsMember({"none", "zstd"}))
      ->capture_default_str();
  command
      ->add_option("--engine", options->engine,
                   "Native code, the interpreter, or that until native code is there; all give the same")
      ->check(CLI::IsMember(engineNames()))
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
