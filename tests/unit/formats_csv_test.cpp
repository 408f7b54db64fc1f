// SPDX-License-Identifier: Apache-2.0
// CSV and TSV of features give the same features back.
#include "data/csv/csv_writer.h"
#include "data/formats/csv_features.h"
#include "tests/common/catch.h"
#include "tests/unit/formats_fixture.h"

using namespace featc;
using namespace featc::test;

namespace {

// Numbers whose text is not exact in fewer digits than nine, huge, tiny and the smallest one.
constexpr const char* kNumbers =
    R"({"request": {"user": 1, "words": "a"}, "items": [{"price": 0.1, "tags": []}, {"price": 16777217, "tags": []}, {"price": 1e-45, "tags": []}, {"price": 3.4028234e38, "tags": []}, {"price": -2.5e-20, "tags": []}]})";

void checkRoundTrip(const ManyOutputs& program, char delimiter) {
  std::unique_ptr<ResultWriter> writer =
      delimiter == ',' ? newCsvWriter(program.info()) : *newTsvWriter(program.info());
  std::string text;
  writer->begin(text);
  writer->write(program.result(), program.rows(), text);
  writer->end(text);
  CsvFeatureReader reader(program.info(), memorySource(text, 7), delimiter);
  const Result& result = program.result();
  for (int64_t item = 0; item < result.items(); ++item) {
    if (result.status(item) != RowStatus::Ok) continue;
    INFO(text << reader.error());
    REQUIRE(reader.next());
    for (size_t i = 0; i < program.info().outputs.size(); ++i) {
      INFO(program.info().outputs[i].name);
      const OutputColumn& column = result.output(i);
      REQUIRE(reader.features()[i].size() == 1);
      const CsvFeature& read = reader.features()[i][0];
      if (program.info().outputs[i].kind == OutputKind::Dense) {
        CHECK(std::ranges::equal(read.numbers, denseOf(result, column, item)));
        continue;
      }
      ItemIds ids = idsOf(result, column, item);
      CHECK(std::ranges::equal(read.ids, ids.ids));
      CHECK(std::ranges::equal(read.weights, ids.weights));
    }
  }
  CHECK_FALSE(reader.next());
  CHECK(reader.error().empty());
}

}  // namespace

TEST_CASE("CSV and TSV read back are what was written", "[formats]") {
  for (char delimiter : {',', '\t'}) {
    checkRoundTrip(ManyOutputs(), delimiter);
    checkRoundTrip(ManyOutputs(kNumbers), delimiter);
  }
}

TEST_CASE("A CSV of one feature has a blank line for each row without a value, and these are rows", "[formats]") {
  ManyOutputs program(R"({"request": {}, "items": [{}, {"x": 7}, {}, {}]})",
                      "model t\nsemantics 2\nitem { x : int64? }\nsparse a slot 1 = x\n");
  for (char delimiter : {',', '\t'}) checkRoundTrip(program, delimiter);
}

TEST_CASE("A CSV of other features is refused", "[formats]") {
  ManyOutputs program(R"({"request": {}, "items": []})",
                      "model t\nitem { x : int64? }\nsparse a slot 1 = x\ndense b = x\n");
  auto errorOf = [&](std::string_view text) {
    CsvFeatureReader reader(program.info(), memorySource(text));
    while (reader.next()) {
    }
    return reader.error();
  };
  CHECK(errorOf("a,b\n,1\n17592186044417,2\n").empty());
  CHECK(errorOf("").find("the header is missing") != std::string::npos);
  CHECK(errorOf("a,c\n").find("should be \"b\"") != std::string::npos);
  CHECK(errorOf("a,b\n1\n").find("other columns") != std::string::npos);
  CHECK(errorOf("a,b\nx,1\n").find("a: \"x\" is not one of its values") != std::string::npos);
  CHECK(errorOf("a,b\n1:0.5|2,1\n").find("not one of its values") != std::string::npos);
}

TEST_CASE("TSV has no way to write a name with a tab or a line end", "[formats]") {
  auto dense = [](const char* name) {
    ProgramInfo info;
    OutputInfo& output = info.outputs.emplace_back();
    output.kind = OutputKind::Dense;
    output.name = name;
    output.type = Type::float64();
    return info;
  };
  for (const char* name : {"a\tb", "a\nb", "a\rb"}) {
    ProgramInfo info = dense(name);
    CHECK(newTsvWriter(info).error().message.starts_with("TSV has no way to write the name \"a\\"));
    CHECK(newCsvWriter(info) != nullptr);
  }
  ProgramInfo info = dense("\"a, b\"");
  std::string text;
  (*newTsvWriter(info))->begin(text);
  CHECK(text == "\"a, b\"\n");
}
