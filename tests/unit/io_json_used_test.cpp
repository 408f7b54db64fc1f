// SPDX-License-Identifier: Apache-2.0
// JSON lines of which only some fields are used.
#include "tests/unit/reader_fixture.h"

namespace featc::test {
namespace {

ProgramInfo program() {
  ProgramInfo out = info({{"request.user", "int64"},
                          {"request.age", "int64?"},
                          {"item.x", "int64"},
                          {"item.need", "string"},
                          {"item.tags", "list<string>?"}});
  for (const char* name : {"seen.at", "seen.n"})
    out.inputs.push_back({Scope::Item, name, *parseType("list<int64>"), "seen"});
  return out;
}
// Only `x`.
const std::vector<bool> kUsed = {false, false, true, false, false, false, false};

TEST_CASE("fields that are not used may have any value", "[json]") {
  const ProgramInfo p = program();
  const std::string text =
      R"({"request": {"user": "seven", "age": [1]}, "items": [{"x": 1, "need": 5, "tags": {"a": 1}, "seen": 3}]})"
      "\n"
      R"({"request": {"user": 1e400}, "items": [{"x": 2, "need": "n", "seen": [{"at": "?"}, 7]}]})"
      "\n";
  Read read = readJson(p, text, true, SIZE_MAX, kUsed);
  CHECK(read.items == Lines{"0/0/0@1: . . 1 . . . .", "1/1/0@2: . . 2 . . . ."});
  CHECK(read.messages.empty());
  // If all are used, each of these is wrong.
  CHECK(readJson(p, text).items.empty());
}

TEST_CASE("a required field that is not used is still required", "[json]") {
  const ProgramInfo p = program();
  const std::string good = R"("need": "n", "seen": [])";
  const std::string text =
      "{\"request\": {\"user\": 1}, \"items\": [{\"x\": 1, " + good + "}, {\"x\": 2, \"seen\": []}]}\n" +
      "{\"request\": {\"user\": null}, \"items\": [{\"x\": 3, " + good + "}]}\n" +
      "{\"request\": {\"user\": 1, \"user\": null}, \"items\": [{\"x\": 4, " + good + "}]}\n" +
      "{\"request\": {\"user\": null, \"user\": 1}, \"items\": [{\"x\": 5, " + good +
      "}, {\"need\": \"n\", \"seen\": []}]}\n" +
      "{\"request\": {\"user\": 1}, \"items\": [{\"x\": 6, \"need\": \"n\", \"seen\": null}, {}]}\n";
  const Read all = readJson(p, text);
  const Read some = readJson(p, text, false, SIZE_MAX, kUsed);
  CHECK(some.messages == all.messages);
  CHECK(all.messages ==
        Lines{"in:1: item 1: need is missing", "in:2: request.user is missing", "in:3: request.user is missing",
              "in:4: item 1: x is missing", "in:5: item 0: seen is missing", "in:5: item 1: x is missing",
              "in: warning: the optional field request.age never appears",
              "in: warning: the optional field item.tags never appears",
              "in: warning: request.user: 1 object repeated a key (in line 3: \"user\"); its last value counts"});
  REQUIRE(some.items.size() == all.items.size());
  CHECK(some.counts.badItems == all.counts.badItems);
  CHECK(some.counts.lostItems == all.counts.lostItems);
}

TEST_CASE("what is not JSON is bad, used or not", "[json]") {
  const ProgramInfo p = program();
  for (const char* value :
       {"01", "1.", "tru", "[1, ]", "{\"a\" 1}", "\"\\x\"", "-", "nan", "\"a\" \"b\"", ".5", "+1"}) {
    INFO(value);
    const std::string text = "{\"request\": {\"user\": " + std::string(value) +
                             "}, \"items\": [{\"x\": 1, \"need\": \"n\", \"seen\": []}]}\n";
    const Read some = readJson(p, text, false, SIZE_MAX, kUsed);
    REQUIRE(!some.messages.empty());
    CHECK(some.messages[0].starts_with("in:1: "));
    CHECK(some.messages == readJson(p, text).messages);
    CHECK(some.counts.badRequests == 1);
  }
}

TEST_CASE("pieces end where lines do, however the text comes", "[json]") {
  const ProgramInfo p = info({{"item.x", "int64"}});
  std::string text = "\xEF\xBB\xBF";
  for (int i = 0; i < 3000; ++i) {
    if (i % 7 == 0) text += i % 2 == 0 ? "\n" : "  \r\n";
    text += "{\"items\": [" + std::string(i % 5 == 0 ? "" : "{\"x\": " + std::to_string(i) + "}") +
            (i % 11 == 1 ? ", {\"x\": 0.5}, {\"x\": 1}" : "") + "]}" + (i % 3 == 0 ? "\r\n" : "\n");
    if (i % 501 == 500) text += "{\"items\": [" + std::string(700'000, ' ') + "{\"x\": -1}]}\n";
  }
  text += "{\"items\": [{\"x\": 99}]}";
  const Read whole = readJson(p, text);
  CHECK(whole.items.size() > 2500);
  CHECK(whole.items.back().ends_with(": 99"));
  checkSame(whole, readJson(p, text, false, 1'000));
  checkSame(whole, readJson(p, text, false, 300'001));
}

}  // namespace
}  // namespace featc::test
