// SPDX-License-Identifier: Apache-2.0
// featc models: which versions of a model there are, which one serves, and those that are removed.
#include "tools/models_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/program_info.h"
#include "server/model/model_versions.h"
#include "support/json_quote.h"
#include "support/print_error.h"
#include "tools/output_file.h"

namespace featc {
namespace {

struct ModelsOptions {
  std::string path;
  std::string version;
  std::string label;
  std::vector<std::string> versions;
  bool json = false;
  bool verify = false;
  PruneOptions prune;
};

int say(const Error& error) {
  printError("featc models: {}\n", error.message);
  return kBadInput;
}

// -- list --------------------------------------------------------------------------------------------

std::string firstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string textOf(const ListedVersion& version) {
  std::string line = fmt::format("  {}", version.number);
  if (version.manifest) {
    line += fmt::format("  fingerprint {}, {}", fingerprintText(version.manifest->fingerprint),
                        version.manifest->epoch.empty() ? "no tables" : "epoch " + version.manifest->epoch);
  }
  if (version.serves) line += "  serves";
  for (const std::string& label : version.labels) line += "  " + label;
  if (!version.problem.empty()) line += "  cannot be used: " + firstLine(version.problem);
  return line + "\n";
}

std::string textOf(const ListedModel& model) {
  std::string text =
      fmt::format("{}: {}\n", model.path.string(),
                  model.problem.empty() ? "version = " + model.version : "nothing serves: " + model.problem);
  for (const ListedVersion& version : model.versions) text += textOf(version);
  return text;
}

std::string jsonOf(const ListedModel& model) {
  std::string lines;
  for (const ListedVersion& version : model.versions) {
    std::vector<std::string> labels;
    for (const std::string& label : version.labels) labels.push_back(jsonQuote(label));
    lines += fmt::format(R"({{"model": {}, "version": {}, "serves": {}, "labels": [{}])",
                         jsonQuote(model.path.string()), version.number, version.serves, fmt::join(labels, ", "));
    if (version.manifest)
      lines += fmt::format(R"(, "fingerprint": "{}", "epoch": {})", fingerprintText(version.manifest->fingerprint),
                           jsonQuote(version.manifest->epoch));
    if (!version.problem.empty()) lines += ", \"problem\": " + jsonQuote(version.problem);
    lines += "}\n";
  }
  return lines;
}

int runList(const ModelsOptions& options) {
  Expected<std::vector<std::filesystem::path>> models = modelFolders(options.path);
  if (!models) return say(models.error());
  std::string text;
  bool isFine = true;
  for (const std::filesystem::path& path : *models) {
    const ListedModel model = listModel(path, options.verify);
    isFine = isFine && model.problem.empty();
    for (const ListedVersion& version : model.versions)
      isFine = isFine && !(version.manifest && !version.problem.empty());
    if (options.json && !model.problem.empty()) printError("{}: nothing serves: {}\n", path.string(), model.problem);
    text += options.json ? jsonOf(model) : textOf(model);
  }
  if (int failed = printData(text); failed != kFine) return failed;
  return options.verify && !isFine ? kBadInput : kFine;
}

// -- promote, rollback -------------------------------------------------------------------------------

int tell(const std::string& model, const Expected<Promotion>& done, bool toServe) {
  if (!done) return say(done.error());
  std::string text = toServe ? fmt::format("{}: version {} serves", model, done->version)
                             : fmt::format("{}: {} is version {}", model, done->label, done->version);
  if (toServe && !done->label.empty()) text += fmt::format(", as {}", done->label);
  if (done->before && *done->before != done->version) text += fmt::format("; before it was {}", *done->before);
  if (done->before && *done->before == done->version) text += ", as before";
  return printData(text + "\n");
}

int runPromote(const ModelsOptions& options) {
  return tell(options.path, promoteVersion(options.path, options.version, options.label), options.label.empty());
}

int runRollback(const ModelsOptions& options) { return tell(options.path, rollBack(options.path), true); }

// -- prune -------------------------------------------------------------------------------------------

int runPrune(ModelsOptions& options) {
  for (const std::string& text : options.versions) {
    int64_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0) {
      printError("featc models prune: \"{}\" is not the number of a version\n", text);
      return kBadCommand;
    }
    options.prune.versions.push_back(number);
  }
  Expected<Pruned> done = pruneModel(options.path, options.prune);
  if (!done) return say(done.error());
  std::string text = done->versions.empty()
                         ? fmt::format("{}: there is no version to remove\n", options.path)
                         : fmt::format("{}: {} {}\n", options.path, options.prune.dryRun ? "would remove" : "removed",
                                       fmt::join(done->versions, " "));
  if (!done->epochs.empty())
    text += fmt::format("{}: {} tables of {}\n", options.path, options.prune.dryRun ? "would remove" : "removed",
                        fmt::join(done->epochs, " "));
  if (!done->notPacked.empty())
    text += fmt::format("{}: not packed, and left alone{}: {}\n", options.path,
                        options.prune.tables ? ", with all tables" : "", fmt::join(done->notPacked, " "));
  return printData(text);
}

}  // namespace

void addModelsCommand(CommandLine& line) {
  auto options = std::make_shared<ModelsOptions>();
  Command command = line.add("models", "List versions of models, let one serve, go back, remove old ones");
  CommandLine commands = command.subcommands();

  Command list = commands.add("list", "Print the versions, and which one serves");
  list.option("MODELS", options->path, "A model's folder, or a folder of such").required();
  list.flag("--verify", options->verify, "Compare all files with the manifests; exit code 1 where something is wrong");
  list.flag("--json", options->json, "A line of JSON a version");
  list.runs([options] { return runList(*options); });

  Command promote = commands.add("promote", "Let a version serve");
  promote.option("MODEL", options->path, "The model's folder").required();
  promote.option("VERSION", options->version, "A number, latest, or a label").required();
  promote.option("--label", options->label, "Give it this label, such as canary, instead of letting it serve")
      .placeholder("NAME");
  promote.runs([options] { return runPromote(*options); });

  Command rollback = commands.add("rollback", "Let the version serve that served before");
  rollback.option("MODEL", options->path, "The model's folder").required();
  rollback.runs([options] { return runRollback(*options); });

  Command prune = commands.add("prune", "Remove versions that neither serve nor have a label");
  prune.option("MODEL", options->path, "The model's folder").required();
  prune.option("VERSION", options->versions, "These (default: all older than the one that serves, but the newest)");
  prune.option("--keep", options->prune.keep, "How many of the newest packed versions stay (default: 3)")
      .within(uint64_t{1}, uint64_t{1'000'000})
      .placeholder("COUNT");
  prune.flag("--tables", options->prune.tables, "Also remove epochs of tables that only these versions named");
  prune.flag("--dry-run", options->prune.dryRun, "Only say what would be removed");
  prune.runs([options] { return runPrune(*options); });
}

}  // namespace featc
