// SPDX-License-Identifier: Apache-2.0
// featc score: scores of data, with a model's version.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "server/model/model_folder.h"
#include "support/print_error.h"
#include "tools/command.h"
#include "tools/run_data.h"
#include "tools/run_extractor.h"
#include "tools/score_stage.h"

namespace featc {
namespace {

struct ScoreOptions {
  std::string model;
  std::string version;  // empty: model.toml's
  RunOptions run;
};

int bad(const Error& error) {
  printError("featc: {}\n", error.message);
  return kBadInput;
}

// Tells the version from others: what its files and tables are, and how its network computes.
std::string identityOf(const VersionFolder& version, const ModelSettings& settings) {
  const VersionManifest& manifest = version.manifest;
  std::string text =
      fmt::format(" score {} {} {} {}", version.path.string(), manifest.epoch, fingerprintText(manifest.epochOrigin),
                  settings.precision == Precision::BFloat16 ? "bf16" : "f32");
  for (const PackedFile& file : manifest.files) text += " " + file.xxh128;
  return text;
}

int runScore(ScoreOptions& options) {
  Expected<ModelFolder> model = openModelFolder(options.model);
  if (!model) return bad(model.error());
  Expected<std::filesystem::path> path = model->versionPath(options.version);
  if (!path) return bad(path.error());
  Expected<VersionFolder> version = openVersion(*path);
  if (!version) return bad(version.error());
  if (Error error = checkTrusted(*version, pluginFolders(options.run.config.plugins))) return bad(error);

  options.run.config.file = version->features.string();
  Expected<RunParts> parts = openRunParts(options.run);
  if (!parts) return failWith(parts.error());
  ScorerOptions scorerOptions;
  scorerOptions.precision = model->settings.precision;
  // One an extracting thread.
  if (options.run.threads == 0) options.run.threads = std::max(1U, std::thread::hardware_concurrency());
  scorerOptions.concurrent = options.run.threads;
  Expected<std::shared_ptr<const ModelScorer>> scorer =
      openModelScorer(*version, parts->made.extractor->info(), scorerOptions);
  if (!scorer) return bad(scorer.error());
  Expected<std::unique_ptr<ScoreWriter>> writer = newScoreWriter(options.run.format, **scorer, options.run.writer);
  if (!writer) return failWith(writer.error());
  if (options.run.stats) printError("model     {}\n", version->path.string());
  return runData(options.run, *parts,
                 *scoreStage(*std::move(scorer), *std::move(writer), identityOf(*version, model->settings)));
}

}  // namespace

void addScoreCommand(CommandLine& line) {
  auto options = std::make_shared<ScoreOptions>();
  RunOptions& run = options->run;
  Command command = line.add("score", "Score data with a model: features, embeddings, network");
  command.option("MODEL", options->model, "The model's folder").required();
  command
      .option("--version", options->version,
              "A version's number, a label of model.toml, or latest (default: model.toml's)")
      .placeholder("V");
  addPluginOption(command, run.config.plugins);
  addDataOptions(command, run.data);
  command.option("--output", run.output, "Where the scores go; - is stdout").placeholder("PATH").showDefault();
  command.option("--format", run.format, "Format of the scores (default: by the suffix, else json)")
      .oneOf(scoreFormatNames());
  command.option("--compress", run.writer.compress, "Compression of Arrow and Parquet files")
      .oneOf({"none", "zstd"})
      .showDefault();
  command.option("--threads", run.threads, "Threads (default: one per core); the output keeps the input's order")
      .within(int64_t{1}, 1024);
  addCallLimitOptions(command, run.limits);
  addReadLimitOptions(command, run.reads);
  command.flag("--resume", run.resume,
               "Continue where a run with the same options was killed or stopped; needs --output FILE");
  command.flag("--strict", run.strict, "End at the first bad row or score, with exit code 1");
  command.flag("--stats", run.stats, "Print on stderr what was compiled and how long everything took");
  command.flag("--progress", run.progress, "Show a bar on stderr even where that is not a terminal");
  command.runs([options] {
    Expected<std::string> format = chooseFormat(options->run.output, options->run.writer, options->run.format);
    if (!format) return failWith(format.error());
    options->run.format = *std::move(format);
    return runScore(*options);
  });
}

}  // namespace featc
