// SPDX-License-Identifier: Apache-2.0
// Store rows from JSON lines: what is taken, what is reported, and JSON read as typed values.
#include <cstdio>
#include <string>
#include <vector>

#include "data/json/json_value.h"
#include "data/memory/memory_store.h"
#include "tests/common/catch.h"
#include "values/value.h"

using namespace featc;

namespace {

const std::vector<SourceInfo> kSources = {
    {"user",
     {{"user_id", Type::int64()}},
     "u:{user_id}",
     Encoding::Hash,
     {{"age", Type::int64()}, {"taste", Type::map(Type::string(), Type::float64())}, {"vip", Type::boolean()}}},
    {"pair",
     {{"a", Type::string()}, {"b", Type::int64()}},
     "{a}|{b}|{c}",
     Encoding::Hash,
     {{"score", Type::float64()}}}};

// The fields of one row, as text, after its status: `found 31 {"a": 0.5} missing`.
std::string row(Store& store, const SourceInfo& source, const std::string& key) {
  std::vector<std::string> keys = {key};
  std::vector<uint32_t> fields;
  for (uint32_t i = 0; i < source.fields.size(); ++i) fields.push_back(i);
  std::string text;
  store.fetch({&source, keys, fields}, [&](FetchResult result) {
    text = result.status[0] == KeyStatus::Found ? "found" : "absent";
    for (size_t f = 0; f < fields.size(); ++f)
      text += " " + toString(loadCell(result.columns[f], source.fields[f].type.withNullable(), 0));
  });
  return text;
}

std::string read(const std::string& json, Type type) {
  simdjson::dom::parser parser;
  Value value;
  JsonError error = readJson(parser.parse(json), type, value);
  return error.empty() ? toString(value) : "error: " + error;
}

}  // namespace

TEST_CASE("store rows are found by their rendered key, the last of equal ones whole", "[store]") {
  StoreLoadReport report;
  auto store = MemoryStore::parse(
      "\xEF\xBB\xBF"
      R"({"source": "user", "user_id": 42, "age": 30, "vip": true}

{"user_id": 42, "taste": {"b": 1, "a": 0.5, "b": 2}, "age": 31.0, "source": "user"}
{"source": "user", "user_id": -7, "age": null}
{"source": "pair", "a": "x", "b": 9007199254740993, "score": -2}
)",
      kSources, report);
  CHECK(report.badLineCount == 0);
  CHECK(report.rows == 4);
  CHECK(store->size() == 3);
  CHECK(row(*store, kSources[0], "u:42") == R"(found 31 {"a": 0.5, "b": 2} missing)");
  CHECK(row(*store, kSources[0], "u:-7") == "found missing missing missing");
  CHECK(row(*store, kSources[0], "u:1") == "absent missing missing missing");
  CHECK(row(*store, kSources[1], "x|9007199254740993|{c}") == "found -2");
}

TEST_CASE("bad store rows are reported with their line, and the rest goes on", "[store]") {
  StoreLoadReport report;
  auto store = MemoryStore::parse(R"({"source": "user", "user_id": "42"}
[1]
{"source": "user", "age": 1}

{"source": "shop", "id": 1}
{"source": "shop", "id": 2}
{"user_id": 1}
{"source": "user", "user_id": 5, "agee": 3, "age": 4}
{"source": "user", "user_id": 6,
)",
                                  kSources, report);
  std::vector<std::string> bad;
  for (const auto& line : report.badLines) bad.push_back(std::to_string(line.line) + ": " + line.reason);
  CHECK(bad == std::vector<std::string>{R"(1: user.user_id: expected int64, found "42")", "2: expected an object",
                                        "3: user.user_id: the key is missing", R"(7: expected a "source" with a name)",
                                        "9: the JSON is malformed"});
  CHECK(report.badLineCount == 5);
  CHECK(report.warnings ==
        std::vector<std::string>{R"(rows of source "shop", which no config declares, are left out)",
                                 R"(field "agee" of source "user", which no config declares, is left out)"});
  CHECK(row(*store, kSources[0], "u:5") == "found 4 missing missing");

  CHECK(MemoryStore::load("no-such-file.jsonl", kSources, report) == nullptr);
  CHECK(report.error == "cannot read no-such-file.jsonl: No such file or directory");
}

TEST_CASE("integers of rows beyond int64 keep their 64 bits from semantics 2 on, and are counted", "[store]") {
  const std::string text =
      R"({"source": "user", "user_id": 10000169349117863715, "age": 18446744073709551615}
{"source": "user", "user_id": 1, "age": 9223372036854775808}
{"source": "wide", "id": 1, "ids": [9223372036854775808, 1], "at": {"9223372036854775809": 2}, "t": 3}
{"source": "wide", "id": 2, "t": 9223372036854775808}
)";
  std::vector<SourceInfo> sources = {kSources[0],
                                     {"wide",
                                      {{"id", Type::int64()}},
                                      "{id}",
                                      Encoding::Json,
                                      {{"ids", Type::list(Type::int64())},
                                       {"at", Type::map(Type::int64(), Type::int64())},
                                       {"t", Type::timestamp()}}}};
  for (SourceInfo& source : sources) source.semantics = 1;
  StoreLoadReport first;
  MemoryStore::parse(text, sources, first);
  CHECK(first.badLineCount == 4);
  CHECK(first.badLines[0].reason == "user.user_id: 10000169349117863715 is beyond int64");

  for (SourceInfo& source : sources) source.semantics = 2;
  StoreLoadReport second;
  auto store = MemoryStore::parse(text, sources, second);
  REQUIRE(second.badLineCount == 1);
  CHECK(second.badLines[0].reason == "wide.t: 9223372036854775808 is beyond int64");
  CHECK(row(*store, sources[0], "u:-8446574724591687901") == "found -1 missing missing");
  CHECK(row(*store, sources[1], "1") == "found [-9223372036854775808, 1] {-9223372036854775807: 2} 3");
  REQUIRE(second.warnings.size() == 4);
  CHECK(second.warnings[0].starts_with(
      "user.user_id: 1 integer was beyond int64 (in line 1: \"10000169349117863715\"), which kept its 64 bits"));
  CHECK(second.warnings[1].starts_with(
      "user.age: 2 integers were beyond int64 (first in line 1: \"18446744073709551615\"), which kept"));
  CHECK(second.warnings[2].starts_with("wide.ids: 1 integer was"));
  CHECK(second.warnings[3].starts_with("wide.at: 1 integer was"));
}

TEST_CASE("JSON values are read as the declared type", "[json]") {
  CHECK(read("9223372036854775807", Type::int64()) == "9223372036854775807");
  CHECK(read("3.0", Type::int64()) == "3");
  CHECK(read("1e3", Type::int64()) == "1000");
  CHECK(read("3.5", Type::int64()) == "error: expected int64, found 3.5");
  CHECK(read("\"3\"", Type::int64()) == R"(error: expected int64, found "3")");
  CHECK(read("9223372036854775808", Type::int64()) == "error: 9223372036854775808 is beyond int64");
  CHECK(read("9007199254740993.0", Type::int64()).starts_with("error: "));
  CHECK(read("true", Type::int64()) == "error: expected int64, found true");
  CHECK(read("7", Type::float64()) == "7");
  CHECK(read("18446744073709551615", Type::float64()) == "1.8446744073709552e+19");
  CHECK(read("\"x\"", Type::float64()) == R"(error: expected float64, found "x")");
  CHECK(read("1", Type::boolean()) == "error: expected bool, found 1");
  CHECK(read("null", Type::string()) == "missing");
  CHECK(read(R"("a\u0000b")", Type::string()) == R"("a\x00b")");
  CHECK(read("[1, null, 3]", Type::list(Type::int64())) == "[1, missing, 3]");
  CHECK(read("[1, \"b\"]", Type::list(Type::int64())) == R"(error: element 1: expected int64, found "b")");
  CHECK(read("{}", Type::list(Type::int64())) == "error: expected list<int64>, found an object");
  CHECK(read(R"({"10": 1, "9": null, "10": 2})", Type::map(Type::int64(), Type::int64())) == "{9: missing, 10: 2}");
  CHECK(read(R"({"x": 1})", Type::map(Type::int64(), Type::int64())) == R"(error: expected an int64 key, found "x")");
  CHECK(read(R"({"x": "y"})", Type::map(Type::string(), Type::int64())) ==
        R"(error: key "x": expected int64, found "y")");
}
