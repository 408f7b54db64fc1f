// SPDX-License-Identifier: Apache-2.0
// featc fmt: configs in the one layout.
#include <fmt/core.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "frontend/config_file.h"
#include "frontend/format/format_config.h"
#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/output_file.h"

namespace featc {
namespace {

struct FmtOptions {
  std::vector<std::string> files;
  bool check = false;
  bool isStdin = false;
  ConfigOptions config;
};

std::optional<std::string> textOf(const std::string& name) {
  if (name == "-") return mainFile(name).text;
  Expected<std::string> content = readConfigFile(name, FrontendLimits().fileBytes);
  if (content) return *std::move(content);
  printError("featc fmt: {}: {}\n", name, content.error().message);
  return std::nullopt;
}

// What to end with.
int formatFile(const FmtOptions& options, const std::string& name) {
  std::optional<std::string> text = textOf(name);
  if (!text) return kBadInput;
  Sources sources;
  Diagnostics diagnostics;
  std::optional<std::string> formatted =
      formatConfig(name == "-" ? "<stdin>" : name, *text, FrontendLimits(), sources, diagnostics);
  if (!formatted) {
    printDiagnostics(options.config, sources, diagnostics);
    return kBadInput;
  }
  if (options.check) {
    if (*formatted == *text) return kFine;
    printError("{}: not in featc's layout; featc fmt {} writes it\n", name == "-" ? "<stdin>" : name, name);
    return kBadInput;
  }
  if (name == "-") return printData(*formatted);
  if (*formatted == *text) return kFine;
  if (std::string problem = replaceFile(name, *formatted); !problem.empty()) {
    printError("featc fmt: cannot write {}: {}\n", name, problem);
    return kBadInput;
  }
  printError("formatted {}\n", name);
  return kFine;
}

int runFmt(const FmtOptions& options) {
  if (options.isStdin) return formatFile(options, "-");
  if (options.files.empty()) {
    printError("featc fmt: name a config, or - for stdin\n");
    return kBadCommand;
  }
  int exitCode = kFine;
  for (const std::string& file : options.files) {
    int code = formatFile(options, file);
    if (code != kFine) exitCode = code;
  }
  return exitCode;
}

}  // namespace

void addFmtCommand(CommandLine& line) {
  auto options = std::make_shared<FmtOptions>();
  Command command = line.add("fmt", "Write configs in one layout");
  Option files = command.option("FILE", options->files, "Configs, which are changed in place; - reads stdin");
  command.flag("--check", options->check, "Change nothing; exit 1 if a config is not in the layout");
  command.flag("--stdin", options->isStdin, "Read stdin and write to stdout, as FILE - does").excludes(files);
  addDiagnosticOptions(command, options->config);
  command.runs([options] { return runFmt(*options); });
}

}  // namespace featc
