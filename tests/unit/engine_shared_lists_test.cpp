// SPDX-License-Identifier: Apache-2.0
// What is made of lists that rows share is made once in native code: the same as the interpreter makes row by row,
// whatever is missing, counted or too large.
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

constexpr const char* kShared = R"(model shared
request { visits: list<{ cat: string?, ts: int64?, price: float64?, bought: bool? }>  few: list<bool> }
item { cat: string?  own: list<string>? }
let same   = visits.cat == cat
let other  = visits.cat != cat
let chosen = mask(visits.ts, same)
let prices = mask(visits.price, other)
sparse same     slot 1           = int(same)
sparse chosen   slot 2           = chosen
sparse cats     slot 3           = mask(visits.cat, other)
sparse most     slot 4 missing 9 = max(chosen)
sparse least    slot 5           = min(chosen)
sparse any      slot 6           = any(same)
sparse all      slot 7           = all(other)
sparse flags    slot 8           = mask(visits.bought, same)
sparse own      slot 9           = int(own == cat)
sparse again    slot 10          = int(!(same || mask(same, other)))
dense  count                     = count(chosen)
dense  sum                       = sum(int(same))
dense  both                      = sum(int(same && visits.bought))
dense  either                    = sum(int(same || visits.bought))
dense  mean     default -1       = avg(prices)
dense  total                     = sum(prices)
dense  highest  default -1       = max(prices)
dense  lowest   default -1       = min(prices)
dense  finite                    = count(prices)
dense  uneven                    = len(mask(visits.ts, same && few))
)";

struct Shape {
  int64_t categories = 5;
  uint64_t visits = 20;
  uint64_t few = 20;
  bool missing = false;
  int64_t requests = 1;
  size_t arenaBytes = Arena::kDefaultLimit;
};

void fill(BatchBuilder& builder, int64_t items, const Shape& shape) {
  Rng rng(static_cast<uint64_t>(items) + 7);
  auto maybe = [&](auto value) { return shape.missing && rng.chance(25) ? std::optional<decltype(value)>() : value; };
  auto category = [&] { return fmt::format("category {}", rng.between(0, shape.categories - 1)); };
  auto set = [&](const char* field, const auto& value) { REQUIRE(builder.set(field, value).message == ""); };
  builder.clear();
  for (int64_t request = 0; request < shape.requests; ++request) {
    REQUIRE(builder.beginRequest().message == "");
    std::vector<std::optional<std::string>> cats;
    std::vector<std::optional<int64_t>> times;
    std::vector<std::optional<double>> prices;
    std::vector<std::optional<bool>> bought;
    for (uint64_t k = 0; k < shape.visits; ++k) {
      cats.push_back(maybe(category()));
      times.push_back(maybe(rng.between(-5, 1'000)));
      prices.push_back(maybe(static_cast<double>(rng.between(-5, 1'000)) / 7));
      bought.push_back(maybe(rng.chance(50)));
    }
    set("visits.cat", cats);
    set("visits.ts", times);
    set("visits.price", prices);
    set("visits.bought", bought);
    set("few", std::vector<bool>(shape.few, true));
    for (int64_t item = 0; item < items; ++item) {
      REQUIRE(builder.beginItem().message == "");
      set("cat", maybe(category()));
      if (!shape.missing || rng.chance(75)) set("own", std::vector<std::string>(rng.below(4), category()));
      REQUIRE(builder.endItem().message == "");
    }
    REQUIRE(builder.endRequest().message == "");
  }
}

}  // namespace

TEST_CASE("what rows with the same list share is what each makes", "[flat]") {
  CompiledConfig config = compileConfig("shared.feat", {}, kShared);
  REQUIRE(config.diagnosticsText() == "");
  std::vector<TestedEngine> engines = testedEngines(config.raw, config.optimized, {{testedCpus().back(), false}});
  Shape shape;
  SECTION("few categories") {}
  SECTION("one category") { shape.categories = 1; }
  SECTION("more categories than lists that are shared") { shape.categories = shape.visits = 200; }
  SECTION("many visits, hardly any in a category") { shape.categories = 60; }
  SECTION("missing values") { shape.missing = true; }
  SECTION("no visits") { shape.visits = 0; }
  SECTION("lists of unequal lengths are counted for each row") { shape.few = 19; }
  SECTION("more visits than an index has") { shape.visits = 300; }
  SECTION("several requests") { shape.requests = 3; }
  SECTION("little memory") {
    shape.visits = 250;
    shape.arenaBytes = 20'000;
  }
  for (int64_t items : {1, 8, 15, 16, 17, 64, 100, 511, 512, 513, 1100}) {
    BatchBuilder builder(config.raw.info());
    fill(builder, items, shape);
    RunLimits limits;
    auto resultOf = [&](const TestedEngine& engine) {
      Extractor extractor(*engine.info, engine.executable, {}, limits);
      Scratch scratch(extractor);
      Result result;
      REQUIRE(extractor.run(builder.batch(), scratch, result).message == "");
      return result;
    };
    Result meaning = resultOf(engines[0]);
    limits.arenaBytes = shape.arenaBytes;
    bool scarce = shape.arenaBytes != Arena::kDefaultLimit;
    std::vector<Result> results;
    for (size_t e = 1; e < engines.size(); ++e) {
      results.push_back(resultOf(engines[e]));
      INFO(engines[e].name << ", " << items << " items");
      CHECK(difference(meaning, results.back(), 0, scarce ? Memory::Scarce : Memory::Enough).value_or("") == "");
    }
    if (!scarce) CHECK(countDifference(results.front(), results.back()).value_or("") == "");
  }
}
