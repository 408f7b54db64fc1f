// SPDX-License-Identifier: Apache-2.0
// A sequence group over a list of structs of which a caller has one member and not the other: lines that take both
// have as many elements in every engine.
#include "engine/compile.h"
#include "tests/common/catch.h"
#include "tests/common/compare.h"
#include "tests/common/engines.h"

using namespace featc;

TEST_CASE("a member that is absent makes elements missing, not the list", "[groups]") {
  CompiledConfig config = compileConfig("absent.feat", {}, R"(model absent
request { }
item { c : list<{ a: string  b: string }>? }
sequence group g over c length 4 {
  sparse both slot 1 missing 9 = cross(it.a, it.b)
}
)");
  REQUIRE(config.diagnosticsText() == "");
  int32_t lists[] = {0, 3};
  int32_t texts[] = {0, 1, 2, 3};
  ColumnData elements{.length = 3, .offsets = texts, .values = "xyz"};
  ColumnData there{.length = 1, .offsets = lists, .children = {&elements, nullptr}};
  ColumnData absent{.absent = true};
  std::vector<ColumnData> columns{absent, there};
  int64_t offsets[] = {0, 1};
  Batch batch{.requests = 1, .items = 1, .itemOffsets = offsets, .columns = columns};
  std::optional<Result> meaning;
  for (const TestedEngine& engine : testedEngines(config.raw, config.optimized, {{testedCpus().back(), false}})) {
    INFO(engine.name);
    Extractor extractor(*engine.info, engine.executable);
    Scratch scratch(extractor);
    Result result;
    REQUIRE(extractor.run(batch, scratch, result).message == "");
    CHECK(result.output(0).elementOffsets.back() == 3);
    if (meaning)
      CHECK(difference(*meaning, result).value_or("") == "");
    else
      meaning = std::move(result);
  }
}
