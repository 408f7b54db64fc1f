// SPDX-License-Identifier: Apache-2.0
// featc dump: every stage between a config's text and machine code.
#include <fmt/core.h>

#include <memory>
#include <optional>
#include <string>

#include "engine/explain/prune.h"
#include "ir/dump_dot.h"
#include "ir/dump_json.h"
#include "ir/text.h"
#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/output_file.h"

namespace featc {
namespace {

struct DumpOptions {
  ConfigOptions config;
  std::string stage;
  std::string format = "text";
  std::string feature;
  std::string after;
};

int badCommand(const std::string& message) {
  printError("featc dump: {}\n", message);
  return kBadCommand;
}

std::string render(const Graph& graph, const Sources& sources, const std::string& format) {
  if (format == "dot") return toDot(graph);
  if (format == "json") return toJson(graph, &sources);
  return toText(graph, &sources);
}

int dumpAst(const DumpOptions& options) {
  MainFile file = mainFile(options.config.file);
  Sources sources;
  Diagnostics diagnostics;
  Ast ast = parseConfig(file.path, std::move(file.text), frontendOptions(options.config), sources, diagnostics);
  printDiagnostics(options.config, sources, diagnostics);
  return diagnostics.hasErrors() ? kBadInput : printData(toString(ast));
}

int dumpNativeStage(const DumpOptions& options, const Graph& graph) {
  NativeStage stage = options.stage == "plan"       ? NativeStage::Plan
                      : options.stage == "llvm"     ? NativeStage::Llvm
                      : options.stage == "llvm-opt" ? NativeStage::LlvmOptimized
                                                    : NativeStage::Assembly;
  NativeText native = dumpNative(graph, stage);
  if (native.error.empty()) return printData(native.text);
  printError("featc dump: {}\n", native.error);
  return kBadInput;
}

// The graph after the pass that --after names, or after each.
class PassDumps {
 public:
  explicit PassDumps(const DumpOptions& options) : options_(options) {}

  OptimizeOptions optimizer() {
    OptimizeOptions optimizer;
    optimizer.after = [this](const PassReport& report, const Graph& graph) {
      if (options_.stage == "opt") printError("{}\n", toString(report));
      if (options_.after == "all" || findPass(options_.after) == report.pass)
        graphs_.emplace_back(report.pass->name, graph);
    };
    return optimizer;
  }

  // All of them for `all`, each with its pass's name before it; else the last.
  std::optional<std::string> text(const Sources& sources) const {
    std::string text;
    for (const auto& [pass, graph] : graphs_) {
      std::optional<Graph> shown = options_.feature.empty() ? graph : onlyFeature(graph, options_.feature);
      if (!shown) return std::nullopt;
      if (options_.after != "all") text.clear();
      if (options_.after == "all" && options_.format != "json")
        text += fmt::format("{} after {}\n", options_.format == "dot" ? "//" : "#", pass);
      text += render(*shown, sources, options_.format);
    }
    return text;
  }

 private:
  const DumpOptions& options_;
  std::vector<std::pair<std::string_view, Graph>> graphs_;
};

// What is wrong with the options together; empty: nothing.
std::string checkOptions(const DumpOptions& options) {
  bool isGraph = options.stage == "ir" || options.stage == "opt";
  if (options.format != "text" && !isGraph) return fmt::format("--stage {} has no --format but text", options.stage);
  if (!options.after.empty() && options.stage != "opt") return "--after goes with --stage opt";
  if (options.stage == "ast" && !options.feature.empty()) return "--stage ast has no --feature";
  if (options.after.empty() || options.after == "all" || findPass(options.after) != nullptr) return "";
  std::string names;
  for (const Pass& pass : passes()) names += fmt::format(" {}", pass.name);
  return fmt::format("there is no pass \"{}\"; the passes are{}", options.after, names);
}

int runDump(const DumpOptions& options) {
  if (std::string problem = checkOptions(options); !problem.empty()) return badCommand(problem);
  if (options.stage == "ast") return dumpAst(options);
  PassDumps dumps(options);
  std::optional<CompiledConfig> config = compileAndReport(options.config, dumps.optimizer());
  if (!config) return kBadInput;
  if (!options.after.empty()) {
    std::optional<std::string> text = dumps.text(config->sources);
    return text ? printData(*text) : kBadCommand;
  }
  std::optional<Graph> graph = options.stage == "ir" ? config->raw : config->optimized;
  if (!options.feature.empty()) graph = onlyFeature(*graph, options.feature);
  if (!graph) return kBadCommand;
  if (options.stage == "ir" || options.stage == "opt")
    return printData(render(*graph, config->sources, options.format));
  return dumpNativeStage(options, *graph);
}

}  // namespace

void addDumpCommand(CommandLine& line) {
  auto options = std::make_shared<DumpOptions>();
  Command command = line.add("dump", "Print a config at any stage of its compilation");
  addConfigOptions(command, options->config);
  command.option("--stage", options->stage, "Which stage")
      .required()
      .oneOf({"ast", "ir", "opt", "plan", "llvm", "llvm-opt", "asm"});
  command.option("--format", options->format, "Format of stages ir and opt")
      .oneOf({"text", "dot", "json"})
      .showDefault();
  command.option("--feature", options->feature, "Only what this feature needs").placeholder("NAME");
  command.option("--after", options->after, "With stage opt: the graph after this pass, or after each")
      .placeholder("PASS|all");
  command.runs([options] { return runDump(*options); });
}

}  // namespace featc
