// SPDX-License-Identifier: Apache-2.0
// featc verify: replays a log of calls and reports what comes out otherwise.
#include <fmt/core.h>

#include <memory>
#include <string>

#include "data/input_stream.h"
#include "data/log/replay.h"
#include "engine/aot/model.h"
#include "engine/load.h"
#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/data_options.h"
#include "tools/output_file.h"

namespace featc {
namespace {

struct VerifyOptions {
  ConfigOptions config;
  std::string input;
  std::string engine = "jit";
};

// The extractor to verify, reading from the replayer that comes with it; null, with the reason printed.
struct Verified {
  std::unique_ptr<LogReplayer> replayer;
  std::shared_ptr<const Extractor> extractor;
};

Verified openBuilt(const ConfigOptions& config) {
  Verified out;
  Expected<std::shared_ptr<const Model>> opened = openLibrary(config.file, pluginFolders(config.plugins));
  if (!opened) {
    printError("featc: {}\n", opened.error().message);
    return out;
  }
  const Model& model = **opened;
  out.replayer = std::make_unique<LogReplayer>(model.info().sources);
  out.extractor = std::make_shared<Extractor>(model.extractor(out.replayer->stores()));
  return out;
}

Verified openConfig(const VerifyOptions& options) {
  Verified out;
  MainFile file = mainFile(options.config.file);
  LoadedGraph config = loadGraph(file.path, frontendOptions(options.config), nullptr, {}, std::move(file.text));
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

void appendDifferences(std::string& out, std::string_view what, const ReplayReport::Differences& differences) {
  if (differences.count == 0) return;
  out += fmt::format("{}: {}\n", what, differences.count);
  for (const std::string& example : differences.examples) out += fmt::format("  {}\n", example);
}

std::string textOf(const ReplayReport& report, const ProgramInfo& info) {
  std::string out;
  for (const auto& [fingerprint, lines] : report.otherFingerprints)
    out += fmt::format("another config: {} lines were logged by {}, this is {}\n", lines, fingerprint,
                       fingerprintText(info.fingerprint));
  for (const auto& [semantics, lines] : report.otherSemantics)
    out += fmt::format("another meaning: {} lines were logged under semantics {}, this is {}\n", lines, semantics,
                       info.semantics);
  appendDifferences(out, "lines that cannot be read", report.unreadable);
  appendDifferences(out, "lines that say that they are incomplete", report.incomplete);
  appendDifferences(out, "keys that were not read then", report.unknownKeys);
  appendDifferences(out, "items with another status", report.statuses);
  for (const auto& [name, differences] : report.features) appendDifferences(out, name, differences);
  out += fmt::format("{} lines, {} requests, {} items, {} features: ", report.lines, report.requests, report.items,
                     info.outputs.size());
  return out + (report.same() ? "all the same\n"
                              : fmt::format("{} items differ, in {} feature{}\n", report.differentItems,
                                            report.features.size(), report.features.size() == 1 ? "" : "s"));
}

// Line by line; false, with the reason, where reading failed.
bool replayAll(Verified& verified, InputWindow& window, ReplayReport& report) {
  uint64_t number = 0;
  size_t searched = 0;
  for (;;) {
    std::string_view text = window.text();
    size_t end = text.find('\n', searched);
    if (end == std::string_view::npos) {
      searched = text.size();
      if (window.grow()) continue;
      text = window.text();
      if (!window.error().empty()) return false;
      if (text.empty()) return true;
      end = text.size();
    }
    std::string_view line = text.substr(0, end);
    ++number;
    searched = 0;
    if (line.find_first_not_of(" \t\r") != std::string_view::npos)
      verified.replayer->replay(*verified.extractor, line, number, report);
    window.consume(std::min(end + 1, text.size()));
  }
}

int runVerify(const VerifyOptions& options) {
  Verified verified = options.config.file.ends_with(".so") ? openBuilt(options.config) : openConfig(options);
  if (verified.extractor == nullptr) return kBadInput;
  Expected<std::unique_ptr<ByteSource>> source = openText(options.input);
  if (!source) return failWith(source.error());
  InputWindow window(*std::move(source));
  ReplayReport report;
  if (!replayAll(verified, window, report)) {
    printError("featc: cannot read {}: {}\n", options.input, window.error());
    return kBadInput;
  }
  if (report.lines == 0) {
    printError("featc: {} has no lines\n", options.input);
    return kBadInput;
  }
  int exitCode = printData(textOf(report, verified.extractor->info()));
  return report.same() ? exitCode : kBadInput;
}

}  // namespace

void addVerifyCommand(CommandLine& line) {
  auto options = std::make_shared<VerifyOptions>();
  Command command = line.add("verify", "Replay a log of calls and report every difference by feature");
  addConfigOptions(command, options->config);
  command.find("FILE").help("The config, or a library that featc build made; - is stdin");
  command.option("--input", options->input, "The log, as featc run --log writes it; - is stdin")
      .required()
      .placeholder("LOG");
  command.option("--engine", options->engine, "Native code, or the interpreter; both give the same")
      .oneOf({"jit", "interp"})
      .showDefault();
  command.runs([options] { return runVerify(*options); });
}

}  // namespace featc
