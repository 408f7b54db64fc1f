// SPDX-License-Identifier: Apache-2.0
// What a scratch keeps from call to call (columns' places, views, kernels with their arguments) fits calls of other
// sizes, and those that come after one that failed.
#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "runtime/batch_builder.h"
#include "tests/common/catch.h"
#include "tests/common/compare.h"
#include "tests/common/engines.h"
#include "tests/random/rng.h"

using namespace featc;

namespace {

constexpr const char* kSizes = R"(model sizes
request { city: string  age: int64?  vip: bool?  seen: list<int64>  visits: list<{ cat: string?, ts: int64? }>? }
item { id: int64  name: string?  tags: list<string>  price: float64?  sold: bool }
let same = visits.cat == name
sparse city   slot 1           = city
sparse name   slot 2           = name
sparse both   slot 3           = cross(city, name)
sparse tags   slot 4           = tags
sparse first  slot 5 missing 1 = tags[0]
sparse seen   slot 6           = int(contains(seen, id))
sparse band   slot 7 missing 7 = bucketize(price, [1, 20, 50])
sparse chosen slot 8           = mask(visits.ts, same)
sparse upper  slot 9           = upper(city)
sparse vip    slot 10          = int(vip && sold)
dense  age    default -1       = float(age)
dense  ratio  default -1       = price / float(age)
dense  length default -1       = len(name)
dense  edits  default -1       = edit_distance(city, name)
dense  count                   = sum(int(same))
)";

struct Size {
  int64_t requests = 1;
  int64_t items = 1;  // of each request
};

void fill(BatchBuilder& builder, const Size& size, uint64_t seed) {
  Rng rng(seed);
  auto maybe = [&](auto value) { return rng.chance(25) ? std::optional<decltype(value)>() : value; };
  auto word = [&] { return fmt::format("word {}", rng.between(0, 6)); };
  auto set = [&](const char* field, const auto& value) { REQUIRE(builder.set(field, value).message == ""); };
  builder.clear();
  for (int64_t request = 0; request < size.requests; ++request) {
    REQUIRE(builder.beginRequest().message == "");
    set("city", word());
    set("age", maybe(rng.between(1, 90)));
    set("vip", maybe(rng.chance(50)));
    set("seen", std::vector<int64_t>{1, 3, rng.between(0, 9)});
    std::vector<std::optional<std::string>> cats;
    std::vector<std::optional<int64_t>> times;
    for (int k = 0; k < 5; ++k) {
      cats.push_back(maybe(word()));
      times.push_back(maybe(rng.between(0, 99)));
    }
    // Without one of its members or both, a list of structs is another column.
    if (!rng.chance(30)) set("visits.cat", cats);
    if (!rng.chance(30)) set("visits.ts", times);
    for (int64_t item = 0; item < size.items; ++item) {
      REQUIRE(builder.beginItem().message == "");
      set("id", rng.between(0, 9));
      set("name", maybe(word()));
      set("tags", std::vector<std::string>(rng.below(3), word()));
      set("price", maybe(static_cast<double>(rng.between(0, 800)) / 8));
      set("sold", rng.chance(50));
      REQUIRE(builder.endItem().message == "");
    }
    REQUIRE(builder.endRequest().message == "");
  }
}

}  // namespace

TEST_CASE("a scratch gives the same after calls of other sizes as a new one", "[engine]") {
  CompiledConfig config = compileConfig("sizes.feat", {}, kSizes);
  REQUIRE(config.diagnosticsText() == "");
  std::vector<TestedEngine> engines = testedEngines(config.raw, config.optimized, {{testedCpus().back(), false}});
  constexpr Size kCalls[] = {{1, 1},   {1, 600}, {1, 1}, {1, 513}, {1, 7}, {1, 8}, {3, 1},    {1, 1},  {1, 0}, {1, 1},
                             {40, 30}, {1, 9},   {0, 0}, {9, 0},   {1, 1}, {1, 1}, {1, 1025}, {90, 1}, {1, 1}};
  for (const TestedEngine& engine : engines) {
    // With little memory calls run out of it, and their blocks are computed again.
    for (size_t arenaBytes : {Arena::kDefaultLimit, size_t{4'000}}) {
      RunLimits limits;
      limits.arenaBytes = arenaBytes;
      Extractor extractor(*engine.info, engine.executable, {}, limits);
      Scratch kept(extractor);
      Result result;
      for (size_t call = 0; call < std::size(kCalls); ++call) {
        INFO(engine.name << ", " << arenaBytes << " bytes, call " << call);
        BatchBuilder builder(config.raw.info());
        fill(builder, kCalls[call], call);
        REQUIRE(extractor.run(builder.batch(), kept, result).message == "");
        Scratch scratch(extractor);
        Result expected;
        REQUIRE(extractor.run(builder.batch(), scratch, expected).message == "");
        CHECK(difference(expected, result).value_or("") == "");
        CHECK(countDifference(expected, result).value_or("") == "");
        // A call that fails at its last column, when the others are bound.
        std::vector<ColumnData> columns(builder.batch().columns.begin(), builder.batch().columns.end());
        columns.back().length -= 1;
        Batch bad = builder.batch();
        bad.columns = columns;
        CHECK(extractor.run(bad, kept, result).message != "");
      }
    }
  }
}
