// SPDX-License-Identifier: Apache-2.0
// featc run: features of data.
#include <memory>
#include <string>
#include <utility>

#include "support/print_error.h"
#include "tools/command.h"
#include "tools/run_data.h"
#include "tools/run_extractor.h"

namespace featc {
namespace {

int runRun(const RunOptions& options) {
  Expected<RunParts> parts = openRunParts(options);
  if (!parts) return failWith(parts.error());
  Expected<std::unique_ptr<ResultWriter>> writer =
      newResultWriter(options.format, parts->made.extractor->info(), options.writer);
  if (!writer) return failWith(writer.error());
  return runData(options, *parts, *featureStage(*std::move(writer)));
}

}  // namespace

void addRunCommand(CommandLine& line) {
  auto options = std::make_shared<RunOptions>();
  Command command = line.add("run", "Extract features of data");
  addConfigOptions(command, options->config);
  command.find("FILE").help("The config, or a library that featc build made; - is stdin");
  addDataOptions(command, options->data);
  command.option("--output", options->output, "Where the features go; - is stdout").placeholder("PATH").showDefault();
  command.option("--format", options->format, "Format of the features (default: by the suffix, else json)")
      .oneOf(outputFormatNames());
  command.option("--cell", options->writer.cell, "Cells of a matrix: float32, or 8 bytes, which can hold ids")
      .oneOf({"f32", "u64"})
      .showDefault();
  command.option("--label", options->writer.label, "The dense feature that is the label of libsvm and VW lines")
      .placeholder("FEATURE");
  command.option("--compress", options->writer.compress, "Compression of tensor sequences, Arrow and Parquet files")
      .oneOf({"none", "zstd"})
      .showDefault();
  command.flag("--id-lists", options->writer.idLists,
               "Arrow and Parquet in their older form: lists also where a row has at most one id");
  command
      .option("--engine", options->engine,
              "Native code, the interpreter, or the interpreter until native code is ready; all give the same results")
      .oneOf(engineNames())
      .showDefault();
  command.option("--scheduler", options->scheduler, "How reads and computing are scheduled; all give the same results")
      .oneOf({"staged", "pipelined", "seda"})
      .showDefault();
  command.option("--cpu", options->cpu, "CPU to compile for, such as x86-64-v3 (default: this machine's)")
      .placeholder("C");
  command
      .option("--cache", options->cache,
              "Folder that keeps compiled code for the next run (default: $FEATC_CACHE, else none)")
      .placeholder("DIR");
  command.option("--cache-size", options->cacheBytes, "Maximum size of the cache, such as 200MB (default: 1GB)")
      .size()
      .placeholder("SIZE");
  command.option("--threads", options->threads, "Threads (default: one per core); the output keeps the input's order")
      .within(int64_t{1}, 1024);
  addCallLimitOptions(command, options->limits);
  command.option("--log", options->log, "Write each request with the rows read and the result, for featc verify")
      .placeholder("PATH");
  addReadLimitOptions(command, options->reads);
  command.flag("--resume", options->resume,
               "Continue where a run with the same options was killed or stopped; needs --output FILE");
  command.flag("--strict", options->strict, "End at the first bad row, with exit code 1");
  command.flag("--stats", options->stats, "Print on stderr what was compiled and how long everything took");
  command.flag("--progress", options->progress, "Show a bar on stderr even where that is not a terminal");
  command.runs([options] {
    Expected<std::string> format = chooseFormat(options->output, options->writer, options->format);
    if (!format) return failWith(format.error());
    options->format = *std::move(format);
    return runRun(*options);
  });
}

}  // namespace featc
