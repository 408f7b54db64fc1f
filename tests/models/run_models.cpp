// SPDX-License-Identifier: Apache-2.0
// Run tests against models that were built for this machine: run_models MODELS TESTS
// MODELS holds a NAME.so for each NAME.test of the folder TESTS, as `filetest --build-models` makes them.
#include <fmt/format.h>

#include <algorithm>

#include "engine/aot/model.h"
#include "ir/interpreter.h"
#include "tests/filetest/run_engines.h"

namespace featc {
namespace {

// Why a test fails; empty: it does not.
std::string runTest(const std::filesystem::path& path, const std::filesystem::path& models) {
  Expected<TestFile> test = readTest(path);
  if (!test) return test.error().message;
  Expected<std::shared_ptr<const Model>> opened = openLibrary((models / path.stem()).concat(".so"));
  if (!opened) return opened.error().message;
  const Model& model = **opened;
  Extractor native = model.extractor();
  const ProgramInfo& info = model.info();
  std::shared_ptr<const Executable> executable(*opened, &native.executable());
  std::vector<TestedEngine> engines{{"interpreted", makeInterpreter(model.graph()), &info},
                                    {"built", executable, &info}};
  StageOutput out = runEngines(*test, info, engines);
  if (!out.failure.empty()) return out.failure;
  return test->difference(out.text);
}

int runTests(const std::filesystem::path& models, const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".test") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  size_t failed = 0;
  for (const auto& path : paths) {
    std::string problem = runTest(path, models);
    if (problem.empty()) continue;
    ++failed;
    fmt::print("FAIL {}: {}\n", path.string(), problem);
  }
  fmt::print("{} models, {} failures\n", paths.size(), failed);
  return failed == 0 && !paths.empty() ? 0 : 1;
}

}  // namespace
}  // namespace featc

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: run_models MODELS TESTS\n");
    return 2;
  }
  return featc::runTests(argv[1], argv[2]);
}
