// SPDX-License-Identifier: Apache-2.0
// featc diff: what an edit does to each output.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/diff/config_diff.h"
#include "support/json_quote.h"
#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/git_revision.h"
#include "tools/output_file.h"

namespace featc {
namespace {

struct DiffOptions {
  std::string before;
  std::string after;
  ConfigOptions config;  // of both
  std::string format = "text";
  std::string failOn;
};

// One side, and the files of its revision.
struct Side {
  std::unique_ptr<GitRevision> revision;
  CompiledConfig config;

  // `HEAD~1:ctr.feat:12`
  std::string place(Span span) const {
    const SourceFile& file = config.sources.file(span.file);
    std::string text = fmt::format("{}:{}", file.path(), file.locate(span.begin).line);
    return revision ? revision->asNamed(std::move(text)) : text;
  }
};

// Prints diagnostics only where the config has mistakes: warnings are what `featc check` is for.
bool compileSide(const DiffOptions& options, const std::string& argument, Side& side) {
  ConfigOptions config = options.config;
  config.file = argument;
  if (GitRevision::isNamedBy(argument)) {
    auto revision = GitRevision::checkOut(argument, config.root);
    if (!revision) {
      printError("featc diff: {}: {}\n", argument, revision.error().message);
      return false;
    }
    side.revision = *std::move(revision);
    config.file = side.revision->config();
    config.root = side.revision->root();
  }
  MainFile file = mainFile(config.file);
  side.config = compileConfig(file.path, {frontendOptions(config), {}}, std::move(file.text));
  if (side.config.ok()) return true;
  std::vector<RenderedDiagnostic> rendered;
  for (const Diagnostic& diagnostic : side.config.diagnostics.sorted()) {
    RenderedDiagnostic one{renderText(side.config.sources, diagnostic), renderJson(side.config.sources, diagnostic)};
    if (side.revision) one = {side.revision->asNamed(one.text), side.revision->asNamed(one.json)};
    rendered.push_back(std::move(one));
  }
  printDiagnostics(options.config, rendered);
  return false;
}

// What the worst rank means for whoever publishes the config.
std::string_view meaningOf(DiffRank rank) {
  switch (rank) {
    case DiffRank::Contract: return "what the scorer receives changes";
    case DiffRank::Values: return "ids or numbers may differ: train again";
    case DiffRank::Inputs: return "values stay; what callers supply or stores are asked for changes";
    case DiffRank::Cost: return "values stay; the work to compute them changes";
    case DiffRank::Nothing: return "every output is the same";
  }
  return "";
}

std::string summary(const ConfigDiff& diff) {
  return fmt::format("{}: {}; {} of {} outputs are the same", diffRankName(diff.rank()), meaningOf(diff.rank()),
                     diff.outputsUnchanged, std::max(diff.outputsBefore, diff.outputsAfter));
}

bool hasPlaces(const Difference& difference) { return difference.after.begin != difference.after.end; }

std::string asText(const ConfigDiff& diff, const Side& before, const Side& after) {
  size_t width = 0;
  for (const Difference& difference : diff.differences) width = std::max(width, difference.name.size());
  std::string out;
  for (const Difference& difference : diff.differences) {
    out += fmt::format("{:<8}  {:<8}  {:<{}}  {}", diffRankName(difference.rank), difference.kind, difference.name,
                       width, difference.text);
    if (hasPlaces(difference))
      out += fmt::format("  ({}, {})", before.place(difference.before), after.place(difference.after));
    out += '\n';
  }
  return out + summary(diff) + "\n";
}

// An object a difference.
std::string asJson(const ConfigDiff& diff, const Side& before, const Side& after) {
  std::string out;
  for (const Difference& difference : diff.differences) {
    out += fmt::format(R"({{"rank": "{}", "kind": {}, "name": {}, "text": {})", diffRankName(difference.rank),
                       jsonQuote(difference.kind), jsonQuote(difference.name), jsonQuote(difference.text));
    if (hasPlaces(difference))
      out += fmt::format(R"(, "before": {}, "after": {})", jsonQuote(before.place(difference.before)),
                         jsonQuote(after.place(difference.after)));
    out += "}\n";
  }
  return out;
}

// As a cell of a table: nothing in it may end the cell or become a format.
std::string cell(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (std::string_view("|`*_<\\[~&").find(c) != std::string_view::npos) out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string asMarkdown(const ConfigDiff& diff) {
  std::string out = fmt::format("**{}**\n", summary(diff));
  if (diff.differences.empty()) return out;
  out += "\n| rank | what | name | change |\n|---|---|---|---|\n";
  for (const Difference& difference : diff.differences)
    out += fmt::format("| {} | {} | {} | {} |\n", diffRankName(difference.rank), difference.kind, cell(difference.name),
                       cell(difference.text));
  return out;
}

int runDiff(const DiffOptions& options) {
  if (options.before == "-" && options.after == "-") {
    printError("featc diff: only one of the two configs can be stdin\n");
    return kBadCommand;
  }
  Side before;
  Side after;
  // Mistakes of both are told.
  const bool compiled = compileSide(options, options.before, before);
  if (!compileSide(options, options.after, after) || !compiled) return kBadInput;
  const ConfigDiff diff = diffConfigs(before.config.raw, after.config.raw);
  std::string text = options.format == "json"       ? asJson(diff, before, after)
                     : options.format == "markdown" ? asMarkdown(diff)
                                                    : asText(diff, before, after);
  const int printed = printData(text);
  const bool tooMuch = !options.failOn.empty() && diff.rank() >= *diffRankOf(options.failOn);
  return printed == kFine && tooMuch ? kBadInput : printed;
}

}  // namespace

void addDiffCommand(CommandLine& line) {
  auto options = std::make_shared<DiffOptions>();
  Command command = line.add("diff", "Print what an edit of a config does to its outputs");
  command.option("OLD", options->before, "The config before: a file, - for stdin, or git's REVISION:PATH").required();
  command.option("NEW", options->after, "The config after").required();
  command.option("--format", options->format, "text, json (an object a difference) or markdown (for pull requests)")
      .oneOf({"text", "json", "markdown"})
      .showDefault();
  command
      .option("--fail-on", options->failOn,
              "Exit 1 if a difference has this rank or a higher one; from the lowest: cost, inputs, values, contract")
      .oneOf({"cost", "inputs", "values", "contract"});
  addCompileOptions(command, options->config);
  command.runs([options] { return runDiff(*options); });
}

}  // namespace featc
