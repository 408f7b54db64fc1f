// SPDX-License-Identifier: Apache-2.0
// What changes a config's fingerprint and what does not, and where it goes with the graph.
#include "engine/aot/program_image.h"
#include "engine/open_config.h"
#include "engine_fixture.h"
#include "ir/text.h"
#include "tests/common/catch.h"
#include "values/hash.h"

using namespace featc;
using namespace featc::test;

namespace {

constexpr const char* kMain =
    "model m\nimport \"part.feat\"\nitem { price : float64 }\nlet cheap = price * rate\n"
    "dense cheap = cheap\n";
constexpr const char* kPart = "let rate = 0.5\n";

uint64_t fingerprintOf(const TestFolder& folder, const std::string& main, const std::string& part = kPart) {
  folder.write("part.feat", part);
  CompiledConfig config = compileConfig(folder.write("main.feat", main));
  REQUIRE(config.ok());
  REQUIRE(config.raw.info().fingerprint == config.optimized.info().fingerprint);
  return config.optimized.info().fingerprint;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("a fingerprint changes with the meaning, wherever that is written, and with nothing else") {
  TestFolder folder;
  uint64_t first = fingerprintOf(folder, kMain);
  CHECK(first != 0);
  CHECK(fingerprintOf(folder, std::string("# A comment.\n\n") + kMain) == first);
  CHECK(fingerprintOf(folder, kMain, "let rate =\n  0.50 # half\n") == first);
  CHECK(fingerprintOf(folder, replaced(replaced(kMain, "let cheap", "let low"), "= cheap", "= low")) == first);

  CHECK(fingerprintOf(folder, kMain, "let rate = 0.25\n") != first);
  CHECK(fingerprintOf(folder, replaced(kMain, "dense cheap", "dense price")) != first);
  CHECK(fingerprintOf(folder, replaced(kMain, "model m", "model n")) != first);
  CHECK(fingerprintOf(folder, replaced(kMain, "float64 }", "float64?  shop : int64 }")) != first);
  CHECK(fingerprintOf(folder, std::string(kMain) + "hash_family farm\n") != first);
}

TEST_CASE("a fingerprint is the XXH3-64 of the raw graph's text, and stays with the graph") {
  TestFolder folder;
  uint64_t first = fingerprintOf(folder, kMain);
  CompiledConfig config = compileConfig(folder / "main.feat");
  Graph bare = config.raw;
  bare.info().fingerprint = 0;
  CHECK(hashBytes(HashFamily::Xxh3, toText(bare)) == first);

  Expected<Graph> back = parseGraph(toText(config.optimized));
  REQUIRE(back);
  CHECK(back->info().fingerprint == first);
  Expected<ProgramImage> image = readImage(writeImage({"x86_64-pc-linux-gnu", "generic", {}}, config.optimized));
  REQUIRE(image);
  CHECK(image->graph.info().fingerprint == first);

  // Read from the cache as from the config.
  LoadOptions options;
  options.engine.engine = EngineKind::Interp;
  auto cache = ObjectCache::open(folder / "cache");
  REQUIRE(cache);
  options.engine.cache = *cache;
  for (bool cached : {false, true}) {
    OpeningDetails loaded = openInDetail(folder / "main.feat", options);
    REQUIRE(loaded.made.extractor != nullptr);
    CHECK(loaded.config.fromCache == cached);
    CHECK(loaded.made.extractor->info().fingerprint == first);
  }
}

TEST_CASE("a fingerprint is written as 16 digits") {
  CHECK(fingerprintText(0xABC) == "0000000000000abc");
  CHECK(parseFingerprint("0000000000000abc") == 0xABCU);
  for (const char* bad : {"", "abc", "0000000000000abcd", "00000000000000xy", "-000000000000abc"})
    CHECK_FALSE(parseFingerprint(bad));
}
