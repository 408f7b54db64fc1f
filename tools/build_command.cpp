// SPDX-License-Identifier: Apache-2.0
// featc build: a model as a shared library or object file.
#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/build_model.h"
#include "engine/link_model.h"
#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/output_file.h"

namespace featc {
namespace {

struct BuildCommandOptions {
  ConfigOptions config;
  std::string output;
  std::string header;
  BuildOptions build;
  std::string runtime;
  bool noRuntime = false;
};

int fail(int exitCode, const std::string& message) {
  printError("featc build: {}\n", message);
  return exitCode;
}

// A program that has the old library loaded goes on with it.
int write(const std::string& path, const std::string& bytes) {
  std::string problem = replaceFile(path, bytes);
  return problem.empty() ? kFine : fail(kBadInput, fmt::format("cannot write {}: {}", path, problem));
}

int runBuild(const BuildCommandOptions& options) {
  bool isLibrary = options.output.ends_with(".so");
  if (!isLibrary && !options.output.ends_with(".o"))
    return fail(kBadCommand, fmt::format("-o {}: expected a name that ends in .so or .o", options.output));
  if (!isLibrary && (options.noRuntime || !options.runtime.empty()))
    return fail(kBadCommand,
                "--runtime and --no-runtime are for libraries (-o NAME.so): an object file has no runtime");
  std::optional<CompiledConfig> config = compileAndReport(options.config);
  if (!config) return kBadInput;

  BuiltObject object = buildObject(config->optimized, options.build);
  if (!object.error.empty()) return fail(kBadCommand, object.error);
  std::string bytes = std::move(object.object);
  if (isLibrary) {
    object.object = std::move(bytes);
    LinkedLibrary library = linkLibrary(
        object, {options.runtime, !options.noRuntime, std::filesystem::path(options.output).filename().string()});
    if (!library.error.empty()) return fail(kBadInput, library.error);
    bytes = std::move(library.bytes);
  }
  int exitCode = write(options.output, bytes);
  if (exitCode == kFine && !options.header.empty())
    exitCode = write(options.header, modelHeader(config->optimized.info()));
  return exitCode;
}

}  // namespace

void addBuildCommand(CommandLine& line) {
  auto options = std::make_shared<BuildCommandOptions>();
  Command command = line.add("build", "Compile a config ahead of time, for programs without the compiler");
  addConfigOptions(command, options->config);
  command.option("-o,--output", options->output, "A shared library, or an object file to link with the runtime")
      .required()
      .placeholder("NAME.so|NAME.o");
  command.option("--header", options->header, "Also write a C and C++ header that declares the model")
      .placeholder("PATH");
  command
      .option("--target", options->build.triple,
              "Machine to compile for, such as aarch64-linux-gnu (default: "
              "this one's kind)")
      .placeholder("T");
  command
      .option("--cpu", options->build.cpu,
              "CPU to compile for, such as x86-64-v3; native is this machine's (default: any of the target)")
      .placeholder("C");
  command.option("--runtime", options->runtime, "Folder with featc's runtime for the target (default: beside featc)")
      .placeholder("DIR");
  command.flag("--no-runtime", options->noRuntime,
               "A small library without the runtime, for programs that have it themselves");
  command.runs([options] { return runBuild(*options); });
}

}  // namespace featc
