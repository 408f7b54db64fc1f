// SPDX-License-Identifier: Apache-2.0
// Ahead-of-time models: program images, CPU features, headers, libraries that are replaced.
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "engine/aot/cpu_features.h"
#include "engine/aot/model.h"
#include "engine/aot/program_image.h"
#include "engine/aot/version.h"
#include "engine/build_model.h"
#include "engine/compile.h"
#include "engine/link_model.h"
#include "ir/equal.h"
#include "tests/common/catch.h"

namespace featc {
namespace {

using Catch::Matchers::ContainsSubstring;

Graph graphOf(const std::string& text) {
  CompiledConfig config = compileConfig("test.feat", {}, text);
  REQUIRE(config.diagnosticsText() == "");
  return config.optimized;
}

Graph smallGraph(const std::string& number = "1") {
  return graphOf("model small\nsemantics 1\nitem { x : int64 }\ndense y = x + " + number + "\n");
}

std::string problemOf(const std::string& image) {
  Expected<ProgramImage> read = readImage(image);
  CHECK_FALSE(read);
  return read.error().message;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("A program image holds the graph and its target") {
  Graph graph = smallGraph();
  std::string image = writeImage({"x86_64-pc-linux-gnu", "generic", {}}, graph);
  Expected<ProgramImage> back = readImage(image);
  REQUIRE(back);
  CHECK(equalGraphs(back->graph, graph));
  CHECK(back->target.cpu == "generic");
  CHECK(writeImage({"x86_64-pc-linux-gnu", "generic", {}}, graph) == image);
}

TEST_CASE("A program image that does not fit is refused") {
  std::string image = writeImage({"x86_64-pc-linux-gnu", "odd", {}}, smallGraph());
  CHECK_THAT(problemOf(""), ContainsSubstring("no program image"));
  CHECK_THAT(problemOf(replaced(image, "featc image 1", "featc image 2")), ContainsSubstring("no program image"));
  std::string version(featcVersion());
  CHECK_THAT(problemOf(replaced(image, "version " + version, "version 99.0")),
             ContainsSubstring("made by featc 99.0 ") && ContainsSubstring("this is featc " + version));
  std::string build(featcBuild());
  CHECK_THAT(problemOf(replaced(image, "build " + build, "build 000000000000")),
             ContainsSubstring("(build 000000000000)") && ContainsSubstring("(build " + build + ")"));
  CHECK_THAT(problemOf(replaced(image, "model small", "model smelt")), ContainsSubstring("damaged"));
  for (size_t size = image.find("\nbuild"); size < image.size(); ++size) problemOf(image.substr(0, size));
  // A feature that no CPU has.
  CHECK_THAT(problemOf(writeImage({"x86_64-pc-linux-gnu", "odd", {"time-travel"}}, smallGraph())),
             ContainsSubstring("compiled for the CPU \"odd\" and this machine lacks \"time-travel\""));
}

TEST_CASE("The CPU levels name the features that the runtime looks for") {
  auto checked = [](const std::string& triple, const std::string& cpu) {
    CodegenOptions options;
    options.triple = triple;
    options.cpu = cpu;
    TargetDescription target = describeTarget(options);
    REQUIRE(target.error == "");
    std::vector<std::string> out;
    for (const std::string& feature : target.features)
      if (isKnownCpuFeature(target.architecture, feature)) out.push_back(feature);
    return out;
  };
  // The x86-64 psABI's levels, without what the compilers cannot ask for (cx16, sahf, xsave).
  CHECK(checked("x86_64-linux-gnu", "x86-64") == std::vector<std::string>{"cmov", "mmx", "sse", "sse2"});
  CHECK(checked("x86_64-linux-gnu", "x86-64-v3") ==
        std::vector<std::string>{"avx", "avx2", "bmi", "bmi2", "cmov", "f16c", "fma", "lzcnt", "mmx", "movbe", "popcnt",
                                 "sse", "sse2", "sse3", "sse4.1", "sse4.2", "ssse3"});
  std::vector<std::string> v4 = checked("x86_64-linux-gnu", "x86-64-v4");
  for (const char* feature : {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"})
    CHECK(std::find(v4.begin(), v4.end(), feature) != v4.end());
  CHECK(checked("aarch64-linux-gnu", "generic") == std::vector<std::string>{"fp-armv8", "neon"});
  std::vector<std::string> n1 = checked("aarch64-linux-gnu", "neoverse-n1");
  for (const char* feature : {"crc", "dotprod", "fullfp16", "lse", "rdm"})
    CHECK(std::find(n1.begin(), n1.end(), feature) != n1.end());
}

TEST_CASE("Any name becomes part of a header") {
  Graph graph = graphOf(
      "model `7*/ up`\nsemantics 1\nitem { `a.b` : int64\n `a-b` : int64\n count : int64 }\n"
      "sparse `a.b` slot 1 = `a.b`\nsparse `a-b` slot 2 = `a-b`\nsparse count slot 3 = count\n");
  std::string header = modelHeader(graph.info());
  CHECK_THAT(header, ContainsSubstring("extern const featc_built featc_built__7___up;"));
  CHECK_THAT(header, ContainsSubstring("_7___UP_OUTPUT_A_B = 0,"));
  CHECK_THAT(header, ContainsSubstring("_7___UP_OUTPUT_A_B_2 = 1,"));
  CHECK_THAT(header, ContainsSubstring("_7___UP_OUTPUT_COUNT_2 = 2,"));
  CHECK_THAT(header, ContainsSubstring("_7___UP_OUTPUT_COUNT = 3"));
  CHECK_THAT(header, ContainsSubstring("The model \"7* / up\""));
}

TEST_CASE("A library that was replaced is another model, and the old one goes on") {
  std::string pattern = (std::filesystem::temp_directory_path() / "featc-aot-XXXXXX").string();
  std::filesystem::path folder = mkdtemp(pattern.data());
  std::filesystem::path path = folder / "model.so";
  auto build = [&](const std::string& number) {
    LinkedLibrary library = linkLibrary(buildObject(smallGraph(number)), {.runtime = {}, .withRuntime = false});
    REQUIRE(library.error == "");
    std::ofstream(folder / "new.so", std::ios::binary) << library.bytes;
    std::filesystem::rename(folder / "new.so", path);
    auto opened = openLibrary(path);
    REQUIRE(opened.error().message == "");
    return *opened;
  };
  auto answer = [](const Model& model) {
    Extractor extractor = model.extractor();
    int64_t x = 40;
    ColumnData column;
    column.length = 1;
    column.values = &x;
    int64_t offsets[] = {0, 1};
    Batch batch{1, 1, offsets, {&column, 1}};
    Scratch scratch(extractor);
    Result result;
    REQUIRE_FALSE(extractor.run(batch, scratch, result));
    return result.output(0).dense[0];
  };
  std::shared_ptr<const Model> first = build("1");
  std::shared_ptr<const Model> second = build("2");
  CHECK(answer(*first) == 41);
  CHECK(answer(*second) == 42);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace featc
