// SPDX-License-Identifier: Apache-2.0
// featc pack: checks a model's version, and seals it.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/aot/model.h"
#include "server/model/model_folder.h"
#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/output_file.h"

namespace featc {
namespace {

struct PackOptions {
  std::string folder;
  std::optional<std::string> epoch;
  ConfigOptions config;
};

int bad(const Error& error) {
  printError("featc: {}\n", error.message);
  return kBadInput;
}

// What the version's config is; nothing, after saying why, where it has mistakes.
std::optional<ProgramInfo> infoOf(const VersionFolder& version, const ConfigOptions& config) {
  if (!version.isLibrary) {
    std::optional<CompiledConfig> compiled = compileAndReport(config);
    if (!compiled) return std::nullopt;
    return compiled->optimized.info();
  }
  PluginFolders plugins = pluginFolders(config.plugins);
  if (Error error = checkTrusted(version, plugins)) {
    printError("featc: {}\n", error.message);
    return std::nullopt;
  }
  Expected<std::shared_ptr<const Model>> library = openLibrary(version.features, plugins);
  if (!library) {
    printError("featc: {}\n", library.error().message);
    return std::nullopt;
  }
  return (*library)->info();
}

int runPack(PackOptions& options) {
  Expected<VersionFolder> version = findVersion(options.folder);
  if (!version) return bad(version.error());
  options.config.file = version->features.string();
  std::optional<ProgramInfo> info = infoOf(*version, options.config);
  if (!info) return kBadInput;
  Expected<VersionManifest> manifest = packVersion(*version, *info, options.epoch);
  if (!manifest) return bad(manifest.error());
  return printData(
      fmt::format("{}: model {}, fingerprint {}, {}, {} files\n", (version->path / kVersionManifest).string(),
                  manifest->model, fingerprintText(manifest->fingerprint),
                  manifest->epoch.empty() ? "no tables" : "epoch " + manifest->epoch, manifest->files.size()));
}

}  // namespace

void addPackCommand(CommandLine& line) {
  auto options = std::make_shared<PackOptions>();
  Command command = line.add("pack", "Check a version of a model and write its manifest");
  command.option("VERSION", options->folder, "The version's folder, such as models/takeaway/7").required();
  command
      .option("--epoch", options->epoch,
              "The epoch of the tables that the version was trained with, \"\" for none (default: the only one)")
      .placeholder("NAME");
  addPluginOption(command, options->config.plugins);
  command.runs([options] { return runPack(*options); });
}

}  // namespace featc
