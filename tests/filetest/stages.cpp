// SPDX-License-Identifier: Apache-2.0
// From a test's config to the output of its stage.
#include "tests/filetest/stages.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "codegen/llvm/codegen.h"
#include "fg/import.h"
#include "ir/equal.h"
#include "ir/text.h"
#include "optimizer/pass.h"
#include "tests/common/evaluate.h"
#include "tests/common/layout_check.h"
#include "tests/filetest/compile_test.h"

namespace featc {
namespace {

std::string diagnosticsText(const Compiled& c, const TestFolder& folder, std::set<std::string>& kinds) {
  std::string out;
  for (const Diagnostic& d : c.diagnostics.sorted()) {
    kinds.emplace(kindName(d.kind));
    std::string text = renderText(c.sources, d);
    if (!text.ends_with('\n')) text += '\n';
    out += fmt::format("# {}\n{}", kindName(d.kind), text);
  }
  return folder.withoutPath(std::move(out));
}

// What the text form loses or adds.
std::string textFormProblem(const Graph& graph) {
  Expected<Graph> back = parseGraph(toText(graph));
  if (!back) return "the graph's text does not parse back: " + back.error().message;
  return equalGraphs(graph, *back) ? "" : "the graph's text parses back to another graph";
}

Expected<Graph> afterPasses(const TestFile& test, const Graph& graph) {
  OptimizeOptions options;
  if (std::string names = test.setting("passes"); !names.empty()) {
    Expected<std::vector<const Pass*>> passes = parsePassList(names);
    if (!passes) return passes.error();
    options.passes = *std::move(passes);
  }
  return optimize(graph, options);
}

Expected<std::string> planText(const Graph& graph) {
  NativeText native = dumpNative(graph, NativeStage::Plan);
  if (!native.error.empty()) return Error(std::move(native.error), ErrorCode::Failed);
  return std::move(native.text);
}

// LLVM IR without what depends on the machine and LLVM's release: target and attributes.
Expected<std::string> llvmText(const Graph& graph) {
  CodegenOptions options;
  options.cpu = "x86-64";
  NativeText native = dumpNative(graph, NativeStage::Llvm, options);
  if (!native.error.empty()) return Error(std::move(native.error), ErrorCode::Failed);
  std::string out;
  std::istringstream lines(native.text);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("target ") && !line.starts_with("attributes ")) out += line + "\n";
  return out;
}

StageOutput evaluateLines(const TestFile& test) {
  StageOutput out;
  std::string_view rest = test.expected;
  while (!rest.empty()) {
    size_t end = std::min(rest.find('\n'), rest.size() - 1);
    std::string line(rest.substr(0, end + 1));
    rest.remove_prefix(end + 1);
    size_t arrow = line.rfind("=>");
    if (arrow == std::string::npos || line.starts_with('#')) {
      out.text += line;
      continue;
    }
    std::string left = line.substr(0, arrow);
    out.text += fmt::format("{}=> {}\n", left, evaluateText(left, test.main));
  }
  return out;
}

// The config that an FG config becomes; nothing, with what import-fg says, where it does not.
std::optional<std::string> importedConfig(const TestFile& test, const TestFolder& folder, StageOutput& out) {
  fg::FgOptions options;
  options.folder = folder.path();
  options.farmHash = test.setting("hash") == "farm";
  std::string how = test.setting("import");
  options.lenient = how.find("lenient") != std::string::npos;
  fg::Messages messages;
  if (auto columns = test.section("columns")) options.columns = fg::readColumnTypes(*columns, messages);
  // The header's lines are not JSON.
  std::string text = test.main;
  for (size_t at = 0; at < text.size() && text[at] == '#';) {
    size_t end = std::min(text.find('\n', at), text.size());
    text.replace(at, end - at, std::string(end - at, ' '));
    at = end + 1;
  }
  fg::FgImport made = fg::importFg(text, options);
  messages.errors.insert(messages.errors.end(), made.messages.errors.begin(), made.messages.errors.end());
  for (const fg::Message& error : messages.errors)
    out.text += fmt::format("{}: error: {}\n", error.line, folder.withoutPath(error.text));
  out.importRefused = !messages.errors.empty();
  if (out.importRefused) return std::nullopt;
  for (const fg::Message& message : made.leftOut)
    out.text += fmt::format("{}: left out: {}\n", message.line, folder.withoutPath(message.text));
  if (how.find("notes") != std::string::npos)
    for (const fg::Message& note : made.messages.notes)
      out.text += fmt::format("{}: note: {}\n", note.line, folder.withoutPath(note.text));
  return made.config;
}

// The graph of a test: of its config, or of its text form.
std::optional<Graph> graphOf(const TestFile& test, const TestFolder& folder, Compiled& compiled, StageOutput& out,
                             std::set<std::string>& kinds) {
  if (test.setting("input") == "ir") {
    Expected<Graph> graph = parseGraph(test.main);
    if (graph) return *std::move(graph);
    out.text = graph.error().message + "\n";
    return std::nullopt;
  }
  if (test.setting("input") == "fg") {
    std::optional<std::string> config = importedConfig(test, folder, out);
    if (!config) return std::nullopt;
    std::ofstream(folder.path() / "main.feat", std::ios::binary) << *config;
  }
  compileTest(test, folder, true, compiled);
  if (!compiled.graph) out.text = diagnosticsText(compiled, folder, kinds);
  return std::move(compiled.graph);
}

}  // namespace

StageOutput runStage(const TestFile& test, std::set<std::string>& kinds) {
  std::string stage = test.setting("stage");
  StageOutput out;
  if (stage == "eval") return evaluateLines(test);
  TestFolder folder(test);
  Compiled compiled;
  if (stage == "fmt") {
    std::optional<std::string> text = formatted(test.main);
    out.failure = text ? layoutProblem(test.main) : "fmt refuses the config: it has syntax errors";
    out.text = text.value_or("");
    return out;
  }
  if (test.setting("input").empty()) out.failure = layoutProblem(test.main);
  if (!out.failure.empty()) return out;
  if (stage == "ast" || stage == "check") {
    compileTest(test, folder, stage == "check", compiled);
    out.text = diagnosticsText(compiled, folder, kinds);
    if (stage == "ast" && out.text.empty()) out.text = toString(compiled.ast);
    return out;
  }
  std::optional<Graph> graph = graphOf(test, folder, compiled, out, kinds);
  if (!graph) return out;
  out.failure = textFormProblem(*graph);
  if (!out.failure.empty()) return out;
  if (stage == "ir") {
    out.text = toText(*graph);
  } else if (stage == "opt" || stage == "plan" || stage == "llvm") {
    Expected<Graph> optimized = afterPasses(test, *graph);
    out.failure = optimized ? textFormProblem(*optimized) : optimized.error().message;
    if (!out.failure.empty()) return out;
    Expected<std::string> text = stage == "opt"    ? Expected<std::string>(toText(*optimized))
                                 : stage == "plan" ? planText(*optimized)
                                                   : llvmText(*optimized);
    out.failure = text.error().message;
    if (text) out.text = *std::move(text);
  } else if (stage == "run") {
    StageOutput ran = runGraph(test, *graph);
    // What an import said of it.
    ran.text = out.text + ran.text;
    return ran;
  } else {
    out.failure = fmt::format("unknown stage \"{}\"", stage);
  }
  return out;
}

std::optional<Graph> optimizedGraph(const TestFile& test) {
  TestFolder folder(test);
  Compiled compiled;
  StageOutput out;
  std::set<std::string> kinds;
  std::optional<Graph> graph = graphOf(test, folder, compiled, out, kinds);
  if (graph) graph = optimize(*graph);
  return graph;
}

}  // namespace featc
