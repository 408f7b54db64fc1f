// SPDX-License-Identifier: Apache-2.0
// featc check: is a config right?
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"

namespace featc {
namespace {

struct CheckOptions {
  std::vector<std::string> files;
  std::vector<std::string> warnings;
  ConfigOptions config;
};

std::string counted(size_t n, const char* what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); }

// `takeaway.feat: valid, 27 features, semantics 1 (none is written; the newest is 2)`
std::string verdict(const std::string& file, const Ast& ast, const Graph& graph, const Diagnostics& diagnostics) {
  std::string warnings = diagnostics.warningCount() == 0 ? "" : ", " + counted(diagnostics.warningCount(), "warning");
  if (diagnostics.hasErrors())
    return fmt::format("{}: {}{}\n", file, counted(diagnostics.errorCount(), "error"), warnings);
  std::string unwritten = fmt::format(" (none is written; the newest is {})", kNewestSemantics);
  return fmt::format("{}: valid, {}, semantics {}{}{}\n", file, counted(graph.outputs().size(), "feature"),
                     graph.info().semantics, ast.semantics.empty() ? unwritten : "", warnings);
}

bool checkFile(const CheckOptions& options, const std::string& name) {
  FrontendOptions frontend = frontendOptions(options.config);
  frontend.warnUnusedFields = !options.warnings.empty();
  MainFile file = mainFile(name);
  Sources sources;
  Diagnostics diagnostics;
  Ast ast = parseConfig(file.path, std::move(file.text), frontend, sources, diagnostics);
  Graph graph = makeGraph(ast, frontend, sources, diagnostics);
  printDiagnostics(options.config, sources, diagnostics);
  // JSON diagnostics are for programs, which have no use for a summary.
  if (options.config.diagnostics == "text") printError("{}", verdict(file.path, ast, graph, diagnostics));
  return !diagnostics.hasErrors();
}

int runCheck(const CheckOptions& options) {
  if (std::count(options.files.begin(), options.files.end(), "-") > 1) {
    printError("featc check: stdin can be read only once\n");
    return kBadCommand;
  }
  bool valid = true;
  for (const std::string& file : options.files) valid = checkFile(options, file) && valid;
  return valid ? kFine : kBadInput;
}

}  // namespace

void addCheckCommand(CommandLine& line) {
  auto options = std::make_shared<CheckOptions>();
  Command command = line.add("check", "Report every mistake in configs");
  command.option("FILE", options->files, "Configs; - is stdin").required();
  command.option("--warn", options->warnings, "Warn of each field that nothing uses, not only in one line")
      .oneOf({"unused-fields"})
      .oneValueEach();
  addCompileOptions(command, options->config);
  command.runs([options] { return runCheck(*options); });
}

}  // namespace featc
