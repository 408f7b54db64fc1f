// SPDX-License-Identifier: Apache-2.0
#include "tools/verify_target.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "engine/aot/model.h"
#include "engine/open_config.h"
#include "server/log/scores_of_call.h"
#include "server/model/model_folder.h"
#include "support/print_error.h"

namespace featc {
namespace {

// An extractor, reading from the replayer that comes with it; null, with the reason printed.
struct Replaying {
  std::unique_ptr<LogReplayer> replayer;
  std::shared_ptr<const Extractor> extractor;
};

Replaying openBuilt(const std::filesystem::path& file, const ConfigOptions& config) {
  Replaying out;
  Expected<std::shared_ptr<const Model>> opened = openLibrary(file, pluginFolders(config.plugins));
  if (!opened) {
    printError("featc: {}\n", opened.error().message);
    return out;
  }
  const Model& model = **opened;
  out.replayer = std::make_unique<LogReplayer>(model.info().sources);
  out.extractor = std::make_shared<Extractor>(model.extractor(out.replayer->stores()));
  return out;
}

Replaying openConfig(const VerifyOptions& options, const std::string& path) {
  Replaying out;
  MainFile file = mainFile(path);
  OpenedGraph config = openGraph(file.path, frontendOptions(options.config), nullptr, {}, std::move(file.text));
  printDiagnostics(options.config, config.diagnostics);
  if (!config.ok) return out;
  out.replayer = std::make_unique<LogReplayer>(config.graph.info().sources);
  EngineOptions engine;
  engine.engine = engineKindOf(options.engine).value();
  engine.stores = out.replayer->stores();
  ExtractorResult made = makeExtractor(config.graph, engine, config.graphText);
  if (made.extractor == nullptr) printError("featc: {}\n", made.error);
  out.extractor = made.extractor;
  return out;
}

class ProgramTarget final : public VerifyTarget {
 public:
  explicit ProgramTarget(Replaying replaying) : replaying_(std::move(replaying)) {}

  void replay(std::string_view line, uint64_t number, ReplayReport& report, SkippedLines& skipped) override {
    // A server's log has the requests of all that it serves.
    std::optional<LogHead> head = readLogHead(line);
    if (head && !head->servedAs.empty() && head->model != info()->model) {
      ++skipped.otherModels[head->model];
      return;
    }
    replaying_.replayer->replay(*replaying_.extractor, line, number, report);
  }
  const ProgramInfo* info() const override { return &replaying_.extractor->info(); }

 private:
  Replaying replaying_;
};

class ModelReplayScorer final : public ReplayScorer {
 public:
  explicit ModelReplayScorer(std::shared_ptr<const ModelScorer> scorer)
      : scorer_(std::move(scorer)), memory_(*scorer_) {}

  Error score(const Result& result, CallScores& scores) override {
    const Result* results[] = {&result};
    if (Error error = scorer_->score(results, memory_, scores_)) return error;
    scores = scoresOfCall(scores_);
    return {};
  }

 private:
  std::shared_ptr<const ModelScorer> scorer_;
  ScoreMemory memory_;
  Scores scores_;
};

class ModelTarget final : public VerifyTarget {
 public:
  ModelTarget(const VerifyOptions& options, ModelFolder folder)
      : options_(options), folder_(std::move(folder)), name_(modelName(folder_.path)) {}

  void replay(std::string_view line, uint64_t number, ReplayReport& report, SkippedLines& skipped) override {
    const LogHead head = readLogHead(line).value_or(LogHead());
    if (!head.servedAs.empty() && head.servedAs != name_) {
      ++skipped.otherModels[head.servedAs];
      return;
    }
    Version& version = versionOf(head.version);
    if (version.replaying.extractor == nullptr) {
      ++skipped.unknownVersions[version.problem];
      return;
    }
    version.replaying.replayer->replay(*version.replaying.extractor, line, number, report);
  }
  const ProgramInfo* info() const override { return nullptr; }

 private:
  struct Version {
    Replaying replaying;
    std::unique_ptr<ModelReplayScorer> scorer;
    std::string problem;  // why there is no extractor
  };

  // Empty: the one that model.toml says.
  Version& versionOf(const std::string& label) {
    auto [at, isNew] = versions_.try_emplace(label);
    if (isNew) at->second.problem = open(label, at->second);
    return at->second;
  }

  std::string open(const std::string& label, Version& out) const {
    Expected<std::filesystem::path> path = folder_.versionPath(label);
    if (!path) return path.error().message;
    Expected<VersionFolder> version = openVersion(*path);
    if (!version) return version.error().message;
    if (Error error = checkTrusted(*version, pluginFolders(options_.config.plugins))) return error.message;
    Replaying replaying = version->isLibrary ? openBuilt(version->features, options_.config)
                                             : openConfig(options_, version->features.string());
    if (replaying.extractor == nullptr) return fmt::format("{}: its config cannot be loaded", path->string());
    ScorerOptions scorerOptions;
    scorerOptions.precision = folder_.settings.precision;
    Expected<std::shared_ptr<const ModelScorer>> scorer =
        openModelScorer(*version, replaying.extractor->info(), scorerOptions);
    if (!scorer) return scorer.error().message;
    out.scorer = std::make_unique<ModelReplayScorer>(*std::move(scorer));
    replaying.replayer->useScorer(*out.scorer, options_.tolerance);
    out.replaying = std::move(replaying);
    return {};
  }

  const VerifyOptions& options_;
  const ModelFolder folder_;
  const std::string name_;  // that it is served as
  std::map<std::string, Version> versions_;
};

}  // namespace

std::unique_ptr<VerifyTarget> openVerifyTarget(const VerifyOptions& options) {
  const std::filesystem::path path = options.config.file;
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    Expected<ModelFolder> folder = openModelFolder(path);
    if (!folder) {
      printError("featc: {}\n", folder.error().message);
      return nullptr;
    }
    return std::make_unique<ModelTarget>(options, *std::move(folder));
  }
  Replaying replaying =
      options.config.file.ends_with(".so") ? openBuilt(path, options.config) : openConfig(options, options.config.file);
  if (replaying.extractor == nullptr) return nullptr;
  return std::make_unique<ProgramTarget>(std::move(replaying));
}

}  // namespace featc
