// SPDX-License-Identifier: Apache-2.0
// A list of structs of which a caller has one member and not the other: lines of a group that take both have as many
// elements in every engine, and the list has its length.
#include "engine/compile.h"
#include "tests/common/catch.h"
#include "tests/common/compare.h"
#include "tests/common/engines.h"

using namespace featc;

// The result that all engines have for a row of which `a` is absent and `b` has three elements.
static Result resultOf(const std::string& lines) {
  CompiledConfig config = compileConfig(
      "absent.feat", {}, "model absent\nrequest { }\nitem { c : list<{ a: string  b: string }>? }\n" + lines);
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
    if (meaning)
      CHECK(difference(*meaning, result).value_or("") == "");
    else
      meaning = std::move(result);
  }
  return std::move(*meaning);
}

TEST_CASE("a member that is absent makes elements missing, not the list", "[groups]") {
  Result result = resultOf(R"(
sequence group g over c length 4 {
  sparse both slot 1 missing 9 = cross(it.a, it.b)
}
)");
  CHECK(result.output(0).elementOffsets.back() == 3);
}

TEST_CASE("a list of structs has its length, whichever member is absent", "[groups]") {
  Result result = resultOf(R"(
let last = tail(c, 2)
dense all  default -1 = len(c)
dense two  default -1 = len(last)
dense some default -1 = len(mask(c, c.b != "y"))
dense a    default -1 = len(last.a)
dense b    default -1 = len(last.b)
)");
  CHECK(result.output(0).dense[0] == 3);
  CHECK(result.output(1).dense[0] == 2);
  CHECK(result.output(2).dense[0] == 2);
  CHECK(result.output(3).dense[0] == -1);
  CHECK(result.output(4).dense[0] == 2);
}

TEST_CASE("a condition without the element is asked of each, whichever member is absent", "[groups]") {
  Result result = resultOf(R"(
sequence group g over c where len("x") == 1 last 2 {
  sparse b slot 1 = it.b
  sparse a slot 2 = it.a
}
)");
  CHECK(result.output(0).elementOffsets.back() == 2);
}

TEST_CASE("under semantics 2 an absent member is a list whose elements are missing", "[groups]") {
  for (const char* semantics : {"semantics 1", "semantics 2"}) {
    bool fills = std::string_view(semantics) == "semantics 2";
    CompiledConfig config = compileConfig("absent.feat", {}, "model absent\n" + std::string(semantics) + R"(
request { }
item { c : list<{ a: string  b: string  n: list<int64> }>? }
sparse of_list slot 1 missing 9 = c.a
dense length default 7 = len(c.a)
dense nested default 7 = len(c.n)
sequence group g over c length 4 {
  sparse joined slot 2 missing 9 = concat(it.a, it.b)
  sparse number slot 3 missing 9 = sum(it.n)
}
)");
    REQUIRE(config.diagnosticsText() == "");
    int32_t lists[] = {0, 2, 2, 3};
    int32_t texts[] = {0, 1, 2, 3};
    uint8_t validity = 0b101;
    ColumnData elements{.length = 3, .offsets = texts, .values = "xyz"};
    ColumnData there{.length = 3, .validity = &validity, .offsets = lists, .children = {&elements, nullptr}};
    ColumnData absent{.absent = true};
    std::vector<ColumnData> columns{absent, there, absent};
    int64_t offsets[] = {0, 3};
    Batch batch{.requests = 1, .items = 3, .itemOffsets = offsets, .columns = columns};
    std::optional<Result> meaning;
    for (const TestedEngine& engine : testedEngines(config.raw, config.optimized, {{testedCpus().back(), false}})) {
      INFO(semantics << ", " << engine.name);
      Extractor extractor(*engine.info, engine.executable);
      Scratch scratch(extractor);
      Result result;
      REQUIRE(extractor.run(batch, scratch, result).message == "");
      // A list that is missing has the id of a missing value, one of missing elements has none.
      CHECK(result.output(0).offsets.back() == (fills ? 1 : 3));
      CHECK(result.output(1).dense[0] == (fills ? 2 : 7));
      CHECK(result.output(1).dense[1] == 7);
      CHECK(result.output(2).dense[2] == (fills ? 1 : 7));
      CHECK(result.output(3).elementOffsets[1] == 2);
      if (meaning)
        CHECK(difference(*meaning, result).value_or("") == "");
      else
        meaning = std::move(result);
    }
  }
}
