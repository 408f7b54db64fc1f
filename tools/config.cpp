// SPDX-License-Identifier: Apache-2.0
// Compiles the config of a subcommand and prints what is wrong with it.
#include "tools/config.h"

#include <cstdio>

#include "support/print_error.h"
#include "tools/color.h"
#include "tools/command.h"

namespace featc {
namespace {

std::string readStdin() {
  std::string text;
  char buffer[1 << 16];
  while (size_t n = std::fread(buffer, 1, sizeof buffer, stdin)) text.append(buffer, n);
  return text;
}

}  // namespace

void addPluginOption(Command& command, std::vector<std::string>& folders) {
  command
      .option("--plugins", folders, "Folder that extern fns may load libraries from; may be repeated (default: none)")
      .placeholder("DIR")
      .oneValueEach();
}

PluginFolders pluginFolders(const std::vector<std::string>& folders) {
  PluginFolders plugins;
  plugins.folders.assign(folders.begin(), folders.end());
  return plugins;
}

void addDiagnosticOptions(Command& command, ConfigOptions& options) {
  command.option("--diagnostics", options.diagnostics, "Format of diagnostics on stderr")
      .oneOf({"text", "json"})
      .showDefault();
  command.option("--color", options.color, "Diagnostics in colours: on a terminal, always or never")
      .oneOf({"auto", "always", "never"})
      .showDefault();
}

void addCompileOptions(Command& command, ConfigOptions& options) {
  command.option("--root", options.root, "Folder that imports must stay inside (default: the config's own)")
      .placeholder("DIR");
  addPluginOption(command, options.plugins);
  addDiagnosticOptions(command, options);
}

void addConfigOptions(Command& command, ConfigOptions& options) {
  command.option("FILE", options.file, "The config; - is stdin").required();
  addCompileOptions(command, options);
}

FrontendOptions frontendOptions(const ConfigOptions& options) {
  FrontendOptions frontend;
  frontend.root = options.root;
  frontend.plugins = pluginFolders(options.plugins);
  return frontend;
}

MainFile mainFile(const std::string& file) {
  if (file == "-") return {"<stdin>", readStdin()};
  return {file, std::nullopt};
}

void printDiagnostics(const ConfigOptions& options, const Sources& sources, const Diagnostics& diagnostics) {
  std::vector<RenderedDiagnostic> rendered;
  for (const Diagnostic& diagnostic : diagnostics.sorted())
    rendered.push_back({renderText(sources, diagnostic), renderJson(sources, diagnostic)});
  printDiagnostics(options, rendered);
}

void printDiagnostics(const ConfigOptions& options, const std::vector<RenderedDiagnostic>& diagnostics) {
  bool isJson = options.diagnostics == "json";
  bool inColor = !isJson && wantsColor(options.color);
  for (const RenderedDiagnostic& diagnostic : diagnostics) {
    std::string text = isJson ? diagnostic.json : inColor ? colored(diagnostic.text) : diagnostic.text;
    if (text.empty() || text.back() != '\n') text += '\n';
    writeError(text);
  }
}

std::optional<CompiledConfig> compileAndReport(const ConfigOptions& options, const OptimizeOptions& optimizer) {
  MainFile file = mainFile(options.file);
  CompiledConfig config = compileConfig(file.path, {frontendOptions(options), optimizer}, std::move(file.text));
  printDiagnostics(options, config.sources, config.diagnostics);
  if (!config.ok()) return std::nullopt;
  return config;
}

}  // namespace featc
