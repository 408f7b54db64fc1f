// SPDX-License-Identifier: Apache-2.0
// The config that a subcommand works on: its options, compiling it, its diagnostics on stderr.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/compile.h"

namespace featc {

class Command;

struct ConfigOptions {
  std::string file;                  // `-` is stdin
  std::string root;                  // empty: the main file's folder
  std::vector<std::string> plugins;  // folders
  std::string diagnostics = "text";
  std::string color = "auto";
};

// --plugins.
void addPluginOption(Command& command, std::vector<std::string>& folders);
PluginFolders pluginFolders(const std::vector<std::string>& folders);
// --diagnostics and --color.
void addDiagnosticOptions(Command& command, ConfigOptions& options);
// --root, --plugins, and the options above.
void addCompileOptions(Command& command, ConfigOptions& options);
// The config as the first positional argument, and the options above.
void addConfigOptions(Command& command, ConfigOptions& options);

FrontendOptions frontendOptions(const ConfigOptions& options);
// What to hand to the compiler for `file`: stdin has a text and a name that is not a file's.
struct MainFile {
  std::string path;
  std::optional<std::string> text;
};
MainFile mainFile(const std::string& file);

void printDiagnostics(const ConfigOptions& options, const Sources& sources, const Diagnostics& diagnostics);

void printDiagnostics(const ConfigOptions& options, const std::vector<RenderedDiagnostic>& diagnostics);

// Compiles up to the optimized graph and prints all diagnostics; nothing when there are errors.
std::optional<CompiledConfig> compileAndReport(const ConfigOptions& options, const OptimizeOptions& optimizer = {});

}  // namespace featc
