// SPDX-License-Identifier: Apache-2.0
// featc opt: optimizer passes on a graph's text form.
#include <fmt/core.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/input_stream.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "optimizer/pass.h"
#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/output_file.h"

namespace featc {
namespace {

struct OptOptions {
  std::string file;
  std::optional<std::string> passes;
  std::vector<std::string> plugins;
};

std::optional<std::string> readAll(const std::string& path) {
  std::string text;
  Expected<std::unique_ptr<ByteSource>> source = openFile(path);
  std::string error = source.error().message;
  if (source) {
    char buffer[1 << 16];
    int64_t bytes = 0;
    while ((bytes = (*source)->read(buffer, sizeof buffer, error)) > 0) text.append(buffer, static_cast<size_t>(bytes));
  }
  if (error.empty()) return text;
  printError("featc opt: cannot read {}: {}\n", path, error);
  return std::nullopt;
}

std::optional<Graph> readGraph(const OptOptions& options, Sources& sources) {
  const std::string& path = options.file;
  std::optional<std::string> text = readAll(path);
  if (!text) return std::nullopt;
  Expected<Graph> graph = parseGraph(*text, &sources, pluginFolders(options.plugins));
  if (!graph) {
    printError("{}: {}\n", path, graph.error().message);
    return std::nullopt;
  }
  std::vector<std::string> problems = verify(*graph);
  for (const std::string& problem : problems) printError("{}: {}\n", path, problem);
  if (!problems.empty()) return std::nullopt;
  return *std::move(graph);
}

int runOpt(const OptOptions& options) {
  OptimizeOptions optimizer;
  optimizer.after = [](const PassReport& report, const Graph&) { printError("{}\n", toString(report)); };
  if (options.passes) {
    Expected<std::vector<const Pass*>> passes = parsePassList(*options.passes);
    if (!passes) {
      printError("featc opt: {}\n", passes.error().message);
      return kBadCommand;
    }
    optimizer.passes = *std::move(passes);
  }
  Sources sources;
  std::optional<Graph> graph = readGraph(options, sources);
  if (!graph) return kBadInput;
  return printData(toText(optimize(*graph, optimizer), &sources));
}

}  // namespace

void addOptCommand(CommandLine& line) {
  auto options = std::make_shared<OptOptions>();
  Command command = line.add("opt", "Run optimizer passes on a graph's text form");
  command.option("FILE", options->file, "The output of featc dump --stage ir; - is stdin").required();
  addPluginOption(command, options->plugins);
  std::string names;
  for (const Pass& pass : passes()) names += fmt::format("{}{}", names.empty() ? "" : " ", pass.name);
  command.option("--passes", options->passes, "In the order given, or none (default: all). Passes: " + names)
      .placeholder("A,B");
  command.runs([options] { return runOpt(*options); });
}

}  // namespace featc
