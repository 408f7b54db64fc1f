// SPDX-License-Identifier: Apache-2.0
// A file without a member of a list of structs: the same rows in every format have the same features.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arrow_fixture.h"
#include "data/arrow/arrow_reader.h"
#include "data/csv/csv_reader.h"
#include "data/json/json_reader.h"
#include "engine/compile.h"
#include "runtime/extractor.h"
#include "tests/common/catch.h"
#include "tests/common/engines.h"

namespace featc::test {
namespace {

struct Features {
  std::vector<std::vector<uint64_t>> payloads;  // by row, of the first output
  std::vector<float> lengths;                   // by row, of the second
  bool operator==(const Features&) const = default;
};

Features featuresOf(const Extractor& extractor, RecordReader& reader) {
  reader.useOnly(extractor.executable().layout().inputUsed);
  ReadPiece piece;
  BatchBuilder builder(extractor.info());
  std::vector<InputRow> rows;
  REQUIRE(reader.take(piece, builder, rows, 100) == ReadStatus::Batch);
  reader.parse(piece, builder, rows);
  CHECK(reader.settle(piece));
  Scratch scratch(extractor);
  Result result;
  REQUIRE(extractor.run(piece.batch(builder), scratch, result).message == "");
  Features out;
  const auto& ids = result.output(0);
  for (size_t row = 0; row < rows.size(); ++row) {
    std::vector<uint64_t> payloads;
    for (auto at = ids.offsets[row]; at < ids.offsets[row + 1]; ++at)
      payloads.push_back(ids.ids[static_cast<size_t>(at)] & ((uint64_t{1} << 44U) - 1));
    out.payloads.push_back(std::move(payloads));
    out.lengths.push_back(result.output(1).dense[row]);
  }
  return out;
}

// Three rows: two visits, none, and no list.
ArrowInput arrowRows(bool isChecked) {
  std::vector<HandArray> members;
  members.push_back(numberArray<int64_t>("l", {5, 6}).named("shop"));
  std::vector<HandArray> tables;
  tables.push_back(
      table(numberArray<int64_t>("l", {1, 2, 3}).named("x"),
            listArray<int32_t>("+l", {0, 2, 2, 2}, structArray(2, std::move(members))).nulls({0b011}).named("visits")));
  ArrowInput input{streamOf(std::move(tables))};
  input.isChecked = isChecked;
  return input;
}
constexpr std::string_view kCsv = R"(x,visits
1,"[{""shop"": 5}, {""shop"": 6}]"
2,[]
3,
)";
constexpr std::string_view kJson =
    R"({"items": [{"x": 1, "visits": [{"shop": 5}, {"shop": 6}]}, {"x": 2, "visits": []}, {"x": 3, "visits": null}]})";

TEST_CASE("an absent member is missing in each element, whatever the format and the semantics", "[arrow]") {
  const std::string semantics = GENERATE("semantics 1", "semantics 2");
  INFO(semantics);
  CompiledConfig config = compileConfig("absent.feat", {}, "model absent\n" + semantics + R"(
request { }
item { x : int64  visits : list<{ ts: int64  shop: int64 }>? }
sparse ts slot 1 = visits.ts ?? 7
dense length default -1 = len(visits.ts)
dense shops default -1 = len(visits.shop)
dense x = x
)");
  REQUIRE(config.diagnosticsText() == "");
  for (const TestedEngine& engine : testedEngines(config.raw, config.optimized, {{testedCpus().back(), false}})) {
    INFO(engine.name);
    const Extractor extractor(*engine.info, engine.executable);
    const auto sink = [](const DataMessage& message) {
      if (message.isError) FAIL(message.render());
    };
    const Features json =
        featuresOf(extractor, *newJsonReader(extractor.info(), memorySource(kJson), "in", false, sink));
    CHECK(json.lengths == std::vector<float>{2, 0, -1});
    CHECK(json.payloads[0] == std::vector<uint64_t>{7, 7});
    for (bool isChecked : {false, true}) {
      INFO(isChecked);
      const Features arrow =
          featuresOf(extractor, *newArrowReader(extractor.info(), arrowRows(isChecked), "in", false, sink));
      CHECK(arrow == json);
    }
    CHECK(featuresOf(extractor, *newCsvReader(extractor.info(), memorySource(kCsv), "in", false, sink, {})) == json);
  }
}

}  // namespace
}  // namespace featc::test
