// SPDX-License-Identifier: Apache-2.0
// Opens input and output of a run, works through the data and tells how it went.
#include "tools/run_data.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/explain/data_findings.h"
#include "support/json_quote.h"
#include "support/print_error.h"
#include "support/stopwatch.h"
#include "tools/command.h"
#include "tools/interrupt_notice.h"
#include "tools/run_identity.h"
#include "tools/run_worker.h"
#include "tools/store_stats.h"

namespace featc {
namespace {

// The counts of what a config wants to have cut.
void printCuts(const SharedRun& run) {
  const std::vector<OutputInfo>& outputs = run.extractor.info().outputs;
  for (size_t i = 0; i < outputs.size(); ++i)
    if (uint64_t cut = run.totals.counts[i].cutSequences; cut > 0)
      printError("cut       {}: {} longer than {}\n", outputs[i].name,
                 cut == 1 ? "1 list" : fmt::format("{} lists", cut), outputs[i].length);
}

void printRunStats(const SharedRun& run, const std::vector<std::string>& stores, uint32_t threads, double seconds) {
  const RunTotals& totals = run.totals;
  const InputCounts& input = run.reader.counts();
  auto rate = [&](double s) { return s > 0 ? static_cast<double>(totals.written) / s : 0; };
  printError("run       {} items of {} requests in {:.1f} ms: {:.0f} items a second, {} on {} thread{}\n",
             totals.written, input.requests, seconds * 1e3, rate(seconds), run.extractor.executable().engineName(),
             threads, threads == 1 ? "" : "s");
  printError("extract   {:.1f} ms of that without reading and writing: {:.0f} items a second and thread\n",
             totals.extractSeconds * 1e3, rate(totals.extractSeconds));
  printCuts(run);
  for (const std::string& line : run.stage.stats()) printError("{}\n", line);
  for (const std::string& line : run.reads->lines()) printError("reads     {}\n", line);
  for (const std::string& line : stores) printError("store     {}\n", line);
}

SedaOptions sedaOptions(RunObserver* observer, const CallLimits& limits) {
  SedaOptions options;
  options.observer = observer;
  options.limits = limits;
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

// What the whole of the data says of the config; of a part of it nothing of the kind is known.
void printFindings(SharedRun& run, const StoreBinding& stores, const Graph& graph) {
  if (!run.complete() || run.sample == nullptr) return;
  for (const std::string& line :
       dataFindings(graph, stores, run.sample->batch(), run.totals, run.totals.written + run.totals.failedRows))
    printError("warning: {}\n", line);
}

int finish(SharedRun& run, const StoreBinding& stores) {
  run.progress.clear();
  run.reader.tellNotes();
  for (const std::string& line : dataWarnings(run.totals, run.extractor.info())) printError("warning: {}\n", line);
  for (const std::string& line : run.stage.warnings()) printError("warning: {}\n", line);
  const std::vector<SourceInfo>& sources = run.extractor.info().sources;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (run.totals.reads[i].failed + run.totals.reads[i].timedOut == 0) continue;
    if (std::string why = degradedStore(stores, sources[i]); !why.empty()) printError("warning: {}\n", why);
  }
  std::string bad = badDataSummary(run.totals, run.reader.counts());
  if (!bad.empty()) printError("{}: {}\n", run.options.data.input, bad);
  std::vector<std::string> missed = run.readLimits.exceeded(run.totals, run.extractor.info());
  for (const std::string& line : missed) printError("featc: {}\n", line);
  bool complete = run.complete() && missed.empty();
  int exitCode =
      run.output.finish(complete, run.readLimits.failed(run.totals) ? "before the first failed read" : "there");
  return !complete || (!bad.empty() && run.totals.written == 0) ? kBadInput : exitCode;
}

// Reads, computes and writes all that is still to do. What ends it early was said.
void runThrough(SharedRun& run, uint32_t threads) {
  InterruptNotice notice(run.output.interruptNotice());
  std::string edge;
  if (!run.output.resumed()) run.stage.begin(edge);
  run.output.write(edge);
  try {
    runPipeline(threads, [&] { return newRunWorker(run); });
  } catch (const std::bad_alloc&) {
    run.progress.message("featc: not enough memory");
    run.failed = true;
  } catch (const std::exception& e) {
    run.progress.message(fmt::format("featc: {}", e.what()));
    run.failed = true;
  }
  if (!run.complete()) return;
  edge.clear();
  run.stage.end(edge);
  run.writeFailed = !run.output.write(edge);
}

// The options that decide what is written.
std::string writtenAs(const RunOptions& options) {
  const WriterOptions& writer = options.writer;
  std::string text = fmt::format("--format {} --cell {} --label {} --compress {}{}", options.format, writer.cell,
                                 jsonQuote(writer.label), writer.compress, options.strict ? " --strict" : "");
  // They decide which requests and items are left out.
  const CallLimitOptions& limits = options.limits;
  if (limits.any() || limits.rowIds != 0)
    text += fmt::format(
        " --max-computing {}us --max-items {} --max-value-bytes {} --max-result-bytes {} --max-row-ids {} --memory {}",
        limits.computingMicroseconds, limits.items, limits.valueBytes, limits.resultBytes, limits.rowIds,
        limits.memory);
  return text;
}

// Why a run like this one cannot go on where another ended; empty: it can.
std::string notResumable(const RunOptions& options, const RecordReader& reader, const RunStage& stage) {
  ReaderPosition unused;
  if (options.data.input == "-") return "stdin is read only once";
  if (!options.log.empty()) return "a log cannot be continued";
  if (!reader.position(unused)) return "this input format can only be read from its beginning";
  if (stage.isOrdered()) return fmt::format("--format {} ends with a table of all that is in the file", options.format);
  return {};
}

Expected<std::unique_ptr<RunOutput>> openOutput(const RunOptions& options, const ProgramInfo& info,
                                                const RecordReader& reader, const RunStage& stage) {
  std::string problem = notResumable(options, reader, stage);
  if (options.resume && !problem.empty()) return Error(fmt::format("--resume: {}", problem), ErrorCode::BadArgument);
  RunOutput::Begin begin = options.resume    ? RunOutput::Begin::GoOn
                           : problem.empty() ? RunOutput::Begin::Anew
                                             : RunOutput::Begin::NeverResumed;
  return RunOutput::open(options.output, runIdentity(info, options.data, writtenAs(options) + stage.identity()), begin);
}

void goOn(SharedRun& run, const Checkpoint& from) {
  run.progress.message(fmt::format("featc: continuing after line {} of {}, with {} items written", from.input.line,
                                   run.options.data.input, from.totals.written));
  run.totals = from.totals;
  run.reader.resumeAt(from.input);
}

// The pool's threads are waited for at the end of a program. Without a cache nobody will have what they still make.
void leaveCompiles(const RunOptions& options, const ExtractorResult& made, int exitCode) {
  if (made.tiered == nullptr || made.tiered->state() != TierState::Pending) return;
  if (!options.cache.empty() || std::getenv("FEATC_CACHE") != nullptr) return;
  std::fflush(nullptr);
  std::_Exit(exitCode);
}

}  // namespace

int runData(const RunOptions& options, const RunParts& parts, const RunStage& stage) {
  const ExtractorResult& made = parts.made;
  const ProgramInfo& info = made.extractor->info();
  Expected<ReadLimits> limits = ReadLimits::make(options.reads, info);
  if (!limits) return failWith(limits.error());
  Progress progress(options.progress || wantsBar(options), 0);
  Expected<std::unique_ptr<RecordReader>> opened = openInput(options.data, info, options.strict, progress);
  if (!opened) return failWith(opened.error());
  const std::unique_ptr<RecordReader> reader = *std::move(opened);
  // A log has the whole requests.
  if (options.log.empty()) reader->useOnly(made.extractor->executable().layout().inputUsed);
  if (isInput(options)) {
    printError("featc: --output {} is the input itself\n", options.output);
    return kBadCommand;
  }
  std::unique_ptr<OutputFile> log;
  std::optional<CallLogger> logger;
  if (!options.log.empty()) {
    log = std::make_unique<OutputFile>(options.log);
    if (!log->good()) return log->finish();
    logger.emplace(info);
  }
  Expected<std::unique_ptr<RunOutput>> begun = openOutput(options, info, *reader, stage);
  if (!begun) return failWith(begun.error());
  const std::unique_ptr<RunOutput> output = *std::move(begun);
  if (output->resumed() && limits->failed(output->resumed()->totals)) {
    printError("featc: cannot resume {}: {}\n", options.output,
               limits->exceeded(output->resumed()->totals, info).front());
    return kBadCommand;
  }
  SharedRun run{.extractor = *made.extractor,
                .options = options,
                .stage = stage,
                .reader = *reader,
                .output = *output,
                .progress = progress,
                .logger = logger ? &*logger : nullptr,
                .log = log.get(),
                .totals = RunTotals(info),
                .limits = RunLimits(),
                .readLimits = *limits};
  run.limits.call = options.limits.limits();
  if (options.limits.memory != 0) MemoryBudget::ofProcess()->setLimit(options.limits.memory);
  uint32_t threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  Stopwatch running;
  if (output->resumed()) goOn(run, *output->resumed());
  std::optional<SedaExecutor> executor;
  std::optional<ReadStats> reads;
  if (options.stats) run.reads = &reads.emplace(info);
  if (options.scheduler == "seda")
    run.executor = &executor.emplace(*made.extractor, sedaOptions(run.reads, run.limits.call));
  runThrough(run, threads);
  double seconds = running.seconds();

  // Before the data is looked at once more, which may read again.
  std::vector<std::string> storeStats = storeLines(parts.stores);
  int exitCode = finish(run, parts.stores);
  printFindings(run, parts.stores, parts.graph);
  if (log != nullptr) {
    int logged = log->finish();
    if (log->closedEarly()) printError("featc: {} was closed before all calls were logged\n", log->path());
    if (logged != kFine || log->closedEarly()) exitCode = kBadInput;
  }
  if (made.tiered != nullptr && made.tiered->state() == TierState::Failed)
    printError("featc: warning: there is no native code, so the interpreter computed everything: {}\n",
               made.tiered->error());
  if (options.stats) printRunStats(run, storeStats, threads, seconds);
  leaveCompiles(options, made, exitCode);
  return exitCode;
}

}  // namespace featc
