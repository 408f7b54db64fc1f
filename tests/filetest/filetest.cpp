// SPDX-License-Identifier: Apache-2.0
// Runs file tests: filetest [--bless] [--require-all-kinds] FILES OR FOLDERS...
// or applies the fixes that diagnostics propose: filetest --apply-fixes FILES OR FOLDERS...
// or builds the models of run tests: filetest --build-models DIR [--target T] [--cpu C] FILES OR FOLDERS...
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>

#include "engine/build_model.h"
#include "engine/link_model.h"
#include "support/diagnostics.h"
#include "tests/filetest/fixes.h"
#include "tests/filetest/stages.h"

namespace featc {
namespace {

std::vector<std::filesystem::path> testsIn(const std::vector<std::string>& where) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& w : where) {
    if (!std::filesystem::is_directory(w)) {
      paths.emplace_back(w);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(w))
      if (entry.path().extension() == ".test") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// A config that is refused is named bad-*, and only such a one.
std::string nameProblem(const TestFile& test, bool hasErrors) {
  bool saysBad = test.path.filename().string().starts_with("bad-");
  if (saysBad == hasErrors) return {};
  return saysBad ? "is named bad-* but has no error" : "has errors but is not named bad-*";
}

bool runTest(const std::filesystem::path& path, bool bless, std::set<std::string>& kinds) {
  Expected<TestFile> test = readTest(path);
  if (!test) {
    fmt::print("FAIL {}: {}\n", path.string(), test.error().message);
    return false;
  }
  std::set<std::string> own;
  StageOutput out = runStage(*test, own);
  bool hasErrors = out.importRefused;
  for (size_t k = 0; k < diagnosticKindCount(); ++k) {
    auto kind = static_cast<DiagnosticKind>(k);
    hasErrors = hasErrors || (kindSeverity(kind) == Severity::Error && own.contains(std::string(kindName(kind))));
  }
  kinds.merge(own);
  if (out.failure.empty()) out.failure = nameProblem(*test, hasErrors);
  if (!out.failure.empty()) {
    fmt::print("FAIL {}: {}\n", path.string(), out.failure);
    return false;
  }
  const std::string difference = test->difference(out.text);
  if (difference.empty()) return true;
  if (bless && !test->checks) {
    blessTest(*test, out.text);
    fmt::print("blessed {}\n", path.string());
    return true;
  }
  fmt::print("FAIL {}: {}", path.string(), difference);
  return false;
}

// Writes the test's model to `folder`, a library without the runtime.
bool buildModel(const std::filesystem::path& path, const std::filesystem::path& folder, const BuildOptions& options) {
  Expected<TestFile> test = readTest(path);
  std::string error = test.error().message;
  std::optional<Graph> graph;
  if (test) graph = optimizedGraph(*test);
  if (test && !graph) error = "its config has errors";
  LinkedLibrary library;
  if (graph) {
    BuiltObject object = buildObject(*graph, options);
    error = object.error;
    if (error.empty()) library = linkLibrary(object, {.runtime = {}, .withRuntime = false});
    if (error.empty()) error = library.error;
  }
  if (error.empty()) {
    std::ofstream out((folder / path.stem()).concat(".so"), std::ios::binary);
    out << library.bytes;
    if (!out.flush()) error = "cannot write its model";
  }
  if (!error.empty()) fmt::print("FAIL {}: {}\n", path.string(), error);
  return error.empty();
}

// How many fixes of the test were applied; nothing where one of them led to an error.
std::optional<size_t> mendTest(const std::filesystem::path& path) {
  Expected<TestFile> test = readTest(path);
  if (!test) {
    fmt::print("FAIL {}: {}\n", path.string(), test.error().message);
    return std::nullopt;
  }
  FixReport report = applyFixes(*test);
  for (const std::string& problem : report.problems) fmt::print("FAIL {}: a fix\n{}", path.string(), problem);
  return report.problems.empty() ? std::optional(report.applied) : std::nullopt;
}

bool allKindsSeen(const std::set<std::string>& kinds) {
  bool all = true;
  for (size_t k = 0; k < diagnosticKindCount(); ++k) {
    std::string name(kindName(static_cast<DiagnosticKind>(k)));
    if (kinds.contains(name)) continue;
    fmt::print("FAIL no test draws the diagnostic {}\n", name);
    all = false;
  }
  return all;
}

}  // namespace
}  // namespace featc

int main(int argc, char** argv) {
  bool bless = false;
  bool requireAllKinds = false;
  bool mend = false;
  std::vector<std::string> where;
  std::string models;
  featc::BuildOptions build;
  CLI::App app("Runs file tests; docs/testing.md describes them");
  app.add_flag("--bless", bless, "Write the output that came out into the tests");
  app.add_flag("--require-all-kinds", requireAllKinds, "Fail when some kind of diagnostic never came out");
  app.add_flag("--apply-fixes", mend, "Apply each proposed fix alone instead, and fail where it leads to an error");
  app.add_option("--build-models", models, "Build the models of run tests into this folder instead");
  app.add_option("--target", build.triple, "Machine to build models for");
  app.add_option("--cpu", build.cpu, "CPU to build models for");
  app.add_option("tests", where, "Files or folders")->required()->check(CLI::ExistingPath);
  CLI11_PARSE(app, argc, argv);

  std::set<std::string> kinds;
  size_t failed = 0;
  std::vector<std::filesystem::path> paths = featc::testsIn(where);
  if (!models.empty()) {
    std::filesystem::create_directories(models);
    for (const auto& path : paths) failed += featc::buildModel(path, models, build) ? 0 : 1;
    return failed == 0 ? 0 : 1;
  }
  if (mend) {
    size_t applied = 0;
    for (const auto& path : paths) {
      auto count = featc::mendTest(path);
      failed += count ? 0 : 1;
      applied += count.value_or(0);
    }
    if (applied == 0) fmt::print("FAIL no fix was proposed\n");
    fmt::print("{} file tests, {} fixes applied, {} failures\n", paths.size(), applied, failed);
    return failed == 0 && applied > 0 ? 0 : 1;
  }
  for (const auto& path : paths) failed += featc::runTest(path, bless, kinds) ? 0 : 1;
  if (requireAllKinds && !featc::allKindsSeen(kinds)) ++failed;
  fmt::print("{} file tests, {} failures\n", paths.size(), failed);
  return failed == 0 ? 0 : 1;
}
