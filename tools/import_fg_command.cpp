// SPDX-License-Identifier: Apache-2.0
// featc import-fg: a config of Alibaba's FG as one of featc.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <set>

#include "fg/import.h"
#include "frontend/config_file.h"
#include "frontend/frontend.h"
#include "support/json_quote.h"
#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/output_file.h"

namespace featc {
namespace {

struct ImportOptions {
  std::string file;
  std::string schema;
  std::string hash = "std";
  std::string output = "-";
  std::string diagnostics = "text";
  bool lenient = false;
};

std::optional<std::string> readAll(const std::string& name) {
  MainFile file = mainFile(name);
  if (file.text) return std::move(file.text);
  Expected<std::string> content = readConfigFile(name, SIZE_MAX);
  if (!content) {
    bool isPipe = content.error().code == ErrorCode::BadArgument;
    printError("featc import-fg: cannot read {}: {}{}\n", name, content.error().message,
               isPipe ? "; a file that comes through a pipe is named -, and the pipe is stdin" : "");
    return std::nullopt;
  }
  return *std::move(content);
}

// `fg.json:12: error: feature "x": ...`, or an object of the form that other commands write. Problems have
// lines, but no columns; what concerns the whole file stands at its first line.
void print(const ImportOptions& options, const std::string& file, const char* severity,
           const std::vector<fg::Message>& messages) {
  for (const fg::Message& message : messages) {
    if (options.diagnostics == "text") {
      printError("{}:{} {}: {}\n", file, message.line == 0 ? "" : fmt::format("{}:", message.line), severity,
                 message.text);
      continue;
    }
    uint32_t line = std::max(message.line, 1U);
    printError(R"({{"file": {}, "line": {}, "column": 1, "end_line": {}, "end_column": 1, "severity": "{}", )"
               R"("kind": "fg", "message": {}, "notes": [], "fix": null}})"
               "\n",
               jsonQuote(file), line, line, severity, jsonQuote(message.text));
  }
}

// The feature that the config's text at `offset` is of; null where it is of none.
const fg::FeaturePlace* featureAt(const fg::FgImport& made, size_t offset) {
  auto next = std::ranges::upper_bound(made.features, offset, {}, &fg::FeaturePlace::offset);
  return next == made.features.begin() ? nullptr : &*std::prev(next);
}

// What was written must be a config, whatever stood in the file: a pattern may be none, a name beyond what can be
// said. The mistakes are those of features where there is one, since nobody sees the config.
std::vector<fg::Message> mistakes(const ImportOptions& options, const fg::FgImport& made) {
  const std::string& text = made.config;
  Sources sources;
  Diagnostics diagnostics;
  // Vocabulary files are named as from the FG file's folder.
  std::filesystem::path beside = std::filesystem::path(options.file).parent_path() / "import-fg.feat";
  Ast ast = parseConfig(beside, text, {}, sources, diagnostics);
  makeGraph(ast, {}, sources, diagnostics);
  std::vector<fg::Message> messages;
  for (const Diagnostic& d : diagnostics.sorted()) {
    if (kindSeverity(d.kind) != Severity::Error) continue;
    if (sources.file(d.span.file).text() != text) {
      // In a vocabulary file.
      messages.push_back({0, fmt::format("{}:{}: {}", sources.file(d.span.file).path(),
                                         sources.file(d.span.file).lineOf(d.span.begin), d.message)});
      continue;
    }
    std::string_view code = std::string_view(text).substr(d.span.begin, d.span.end - d.span.begin);
    const fg::FeaturePlace* feature = featureAt(made, d.span.begin);
    if (feature == nullptr)
      messages.push_back({0, fmt::format("the config has `{}`, and there {}", code, d.message)});
    else
      messages.push_back(
          {feature->line,
           fmt::format("feature \"{}\": it becomes `{}`, and there {}; change that, or write the feature "
                       "by hand",
                       feature->name, code, d.message),
           feature->entry});
  }
  return messages;
}

// The import, which compiles where it has no errors.
fg::FgImport importCompiling(const ImportOptions& options, const std::string& text, fg::FgOptions fgOptions) {
  for (;;) {
    fg::FgImport made = fg::importFg(text, fgOptions);
    if (!made.messages.errors.empty()) return made;
    std::vector<fg::Message> messages = mistakes(options, made);
    bool ofFeatures = std::ranges::all_of(messages, [](const fg::Message& p) { return p.entry != 0; });
    if (messages.empty() || !fgOptions.lenient || !ofFeatures) {
      made.messages.errors = std::move(messages);
      return made;
    }
    fgOptions.refused = std::move(made.leftOut);
    fgOptions.refused.insert(fgOptions.refused.end(), messages.begin(), messages.end());
  }
}

int runImport(const ImportOptions& options) {
  fg::FgOptions fgOptions;
  fgOptions.name = options.file == "-" ? "fg" : std::filesystem::path(options.file).filename().string();
  fgOptions.folder = std::filesystem::path(options.file).parent_path();
  fgOptions.farmHash = options.hash == "farm";
  fgOptions.lenient = options.lenient;
  if (!options.schema.empty()) {
    auto schema = readAll(options.schema);
    if (!schema) return kBadInput;
    fg::Messages messages;
    fgOptions.columns = fg::readColumnTypes(*schema, messages);
    print(options, options.schema, "error", messages.errors);
    if (!messages.errors.empty()) return kBadInput;
  }
  auto text = readAll(options.file);
  if (!text) return kBadInput;
  fg::FgImport made = importCompiling(options, *text, fgOptions);
  std::string name = options.file == "-" ? "<stdin>" : options.file;
  bool isText = options.diagnostics == "text";
  print(options, name, "error", made.messages.errors);
  if (!made.messages.errors.empty()) {
    // JSON diagnostics are for programs, which have no use for a summary.
    if (isText)
      printError("{}: {} error{}, nothing was written\n", name, made.messages.errors.size(),
                 made.messages.errors.size() == 1 ? "" : "s");
    return kBadInput;
  }
  print(options, name, "note", made.messages.notes);
  for (fg::Message& problem : made.leftOut) problem.text = "left out: " + problem.text;
  print(options, name, "warning", made.leftOut);
  if (isText && !made.leftOut.empty()) {
    std::set<fg::EntryNumber> entries;
    for (const fg::Message& problem : made.leftOut) entries.insert(problem.entry);
    printError("{}: {} of {} entries left out; the config has {} feature{}\n", name, entries.size(), made.entries,
               made.outputs, made.outputs == 1 ? "" : "s");
  }
  OutputFile out(options.output);
  out.write(made.config);
  return out.finish();
}

}  // namespace

void addImportFgCommand(CommandLine& line) {
  auto options = std::make_shared<ImportOptions>();
  Command command = line.add("import-fg", "Turn a config of Alibaba's FG into a .feat that gives the same numbers");
  command.option("FILE", options->file, "fg.json, or TorchEasyRec's config with its feature_configs; - is stdin")
      .required();
  command
      .option("--schema", options->schema,
              "Types of the input columns: {\"itemid\": \"string?\", \"user:tags\": \"list<string>?\"}")
      .placeholder("COLUMNS.json");
  command.option("--hash", options->hash, "FG's hash: farm where it runs with USE_FARM_HASH_TO_BUCKETIZE=true")
      .oneOf({"std", "farm"})
      .showDefault();
  command.flag("--lenient", options->lenient,
               "Leave out features that cannot be imported, and list them, instead of writing nothing");
  command.option("--diagnostics", options->diagnostics, "Format of errors and notes on stderr")
      .oneOf({"text", "json"})
      .showDefault();
  command.option("-o,--output", options->output, "Where the config goes (default: stdout)").placeholder("OUT.feat");
  command.runs([options] { return runImport(*options); });
}

}  // namespace featc
