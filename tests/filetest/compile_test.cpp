// SPDX-License-Identifier: Apache-2.0
// The config of a file test, compiled as far as its stage wants.
#include "tests/filetest/compile_test.h"

#include <stdlib.h>

#include <fstream>

namespace featc {

namespace {

void setLimits(const TestFile& test, FrontendOptions& options) {
  auto set = [&](const char* name, auto& limit) {
    std::string text = test.setting(std::string("limit ") + name);
    if (!text.empty()) limit = static_cast<std::remove_reference_t<decltype(limit)>>(std::stoull(text));
  };
  set("file_bytes", options.limits.fileBytes);
  set("nesting", options.limits.nesting);
  set("literal_elements", options.limits.literalElements);
  set("data_bytes", options.limits.dataBytes);
  set("imports", options.limits.imports);
  set("tokens", options.limits.tokens);
  set("statement_tokens", options.limits.statementTokens);
  set("expression_depth", options.limits.expressionDepth);
  set("outputs", options.limits.outputs);
  set("graph_nodes", options.limits.graphNodes);
}

}  // namespace

TestFolder::TestFolder(const TestFile& test) {
  std::string pattern = (std::filesystem::temp_directory_path() / "filetest-XXXXXX").string();
  path_ = std::filesystem::canonical(mkdtemp(pattern.data()));
  std::ofstream(path_ / "main.feat", std::ios::binary) << test.main;
  for (const TestFile::Section& s : test.sections) {
    if (s.kind != "file") continue;
    std::filesystem::create_directories((path_ / s.name).parent_path());
    std::ofstream(path_ / s.name, std::ios::binary) << s.text;
  }
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TestFolder::withoutPath(std::string text) const {
  std::string prefix = path_.string() + "/";
  for (size_t at; (at = text.find(prefix)) != std::string::npos;) text.erase(at, prefix.size());
  return text;
}

void compileTest(const TestFile& test, const TestFolder& folder, bool lower, Compiled& compiled) {
  FrontendOptions options;
  options.root = folder.path();
  if (!test.setting("root").empty()) options.root = folder.path() / test.setting("root");
  options.warnUnusedFields = test.setting("warn") == "unused-fields";
  setLimits(test, options);
  std::string main = test.setting("main").empty() ? "main.feat" : test.setting("main");
  compiled.ast = parseConfig(folder.path() / main, std::nullopt, options, compiled.sources, compiled.diagnostics);
  if (!lower) return;
  Graph graph = makeGraph(compiled.ast, options, compiled.sources, compiled.diagnostics);
  if (!compiled.diagnostics.hasErrors()) compiled.graph = std::move(graph);
}

}  // namespace featc
