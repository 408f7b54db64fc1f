// SPDX-License-Identifier: Apache-2.0
// Readers of requests: what they take, what they refuse, what they say, in chunks of any size.
#include "data/csv/csv_cut.h"
#include "tests/unit/reader_fixture.h"

namespace featc {
namespace {

using namespace featc::test;

TEST_CASE("records are cut off where their end is plain") {
  auto cut = [](std::string_view text, uint64_t maxRows = 100, CsvOptions options = {}) {
    CsvCut found = cutCsv(text, options, maxRows);
    return fmt::format("{}: {} rows, {} lines", text.substr(0, found.bytes), found.rows, found.lines);
  };
  CHECK(cut("a,b\r\nc\nd") == "a,b\r\nc\n: 2 rows, 2 lines");
  CHECK(cut("a\nb\nc\n", 2) == "a\nb\n: 2 rows, 2 lines");
  CHECK(cut("\n\r\na\n") == "\n\r\na\n: 1 rows, 3 lines");
  // Without quotes a line is a record; with blanks taken off a quote may stand behind some.
  CHECK(cut("\"a\nb\"\n\n", 100, CsvOptions::tsv()) == "\"a\nb\"\n\n: 2 rows, 3 lines");
  CsvOptions trim;
  trim.trim = true;
  CHECK(cut("a, \"b\n,\" ,c\nd\n", 100, trim) == "a, \"b\n,\" ,c\nd\n: 2 rows, 3 lines");
  CHECK(cut("a, \"b\n", 100, trim) == ": 0 rows, 0 lines");
  CHECK(cut("\"a\nb\",\"\"\"\n\"\r\nc\n") == "\"a\nb\",\"\"\"\n\"\r\nc\n: 2 rows, 4 lines");
  CHECK(cut("a\"b,c\"\nd\n") == "a\"b,c\"\nd\n: 2 rows, 2 lines");
  CHECK(cut("a,b\"\"\n") == "a,b\"\"\n: 1 rows, 1 lines");
  // What continues after its closing quote, or may go on in text that is not there yet.
  for (const char* rest : {"\"\"|x\n", "\"a\"b\n", "\"a\nb\n", "a,\"\"\r", "\"a\"\rb\n", "\"a\"", "a,\"b\nc", ""})
    CHECK(cut(std::string("x,\"y\"\n") + rest) == "x,\"y\"\n: 1 rows, 1 lines");
}

TEST_CASE("JSON values come out by type") {
  ProgramInfo program = info({{"request.u", "int64"}, {"item.v", "T"}});
  auto one = [&](const char* type, const std::string& value) {
    program.inputs[1].type = *parseType(type);
    Read r = readJson(program, fmt::format("{{\"items\":[{{\"v\": {} }}], \"request\":{{\"u\":1}}}}", value));
    if (r.items.empty()) return r.messages.at(0);
    return r.items[0].substr(11);
  };
  CHECK(one("int64", "3.0") == "3");
  CHECK(one("int64", "3e2") == "300");
  CHECK(one("int64", "9007199254740993") == "9007199254740993");
  CHECK(one("int64", "9007199254740993.0") == "9007199254740993");
  CHECK(one("int64", "-9223372036854775808") == "-9223372036854775808");
  CHECK(one("int64", "-0") == "0");
  CHECK(one("int64", "9223372036854775808") == "-9223372036854775808");
  CHECK(one("int64", "10000169349117863715") == "-8446574724591687901");
  CHECK(one("int64", "18446744073709551616") == "in:1: item 0: v: 18446744073709551616 is beyond int64");
  CHECK(one("int64", "NaN") == "in:1: item 0: v: expected int64, found NaN");
  CHECK(one("float64", "NaN") == "nan");
  CHECK(one("float64", "-Infinity") == "-inf");
  CHECK(one("list<float64>", "[1, Infinity, null]") == "[1 inf -]");
  CHECK(one("string", "NaN") == "in:1: item 0: v: expected string, found NaN");
  CHECK(one("string", R"("a\ud83dz\ude00\ud83d\ude00")") == "'a\uFFFDz\uFFFD\U0001F600'");
  CHECK(one("map<string, int64>", R"({"\ud800": 1})") == "['\uFFFD':1]");
  CHECK(one("map<int64, int64>", R"({"+7.0": 1, "18446744073709551615": 2})") == "[7:1 -1:2]");
  CHECK(one("int64", "99999999999999999999999") == "in:1: item 0: v: 99999999999999999999999 is beyond int64");
  CHECK(one("int64", "1e400") == "in:1: item 0: v: 1e400 is beyond int64");
  CHECK(one("int64", "1e-1") == "in:1: item 0: v: expected int64, found 1e-1");
  CHECK(one("int64", "3.5") == "in:1: item 0: v: expected int64, found 3.5");
  CHECK(one("int64", "\"3\"") == "in:1: item 0: v: expected int64, found \"3\"");
  CHECK(one("int64", "true") == "in:1: item 0: v: expected int64, found true");
  CHECK(one("int64", "null") == "in:1: item 0: v is missing");
  CHECK(one("int64?", "null") == "-");
  CHECK(one("float64", "1") == "1");
  CHECK(one("float64", "18446744073709551616") == "1.8446744073709552e+19");
  CHECK(one("float64", "1e-400") == "0");
  CHECK(one("float64", "1e400") == "in:1: item 0: v: 1e400 is beyond float64");
  CHECK(one("bool", "true") == "true");
  CHECK(one("bool", "1") == "in:1: item 0: v: expected bool, found 1");
  CHECK(one("string", R"("a\u0000\ud83d\ude00")") == std::string("'a\0😀'", 8));
  CHECK(one("string", "[1, {\"a\": []}]") == "in:1: item 0: v: expected string, found a list");
  CHECK(one("list<int64>", "[]") == "[]");
  CHECK(one("list<int64>", "[1, null, 3]") == "[1 - 3]");
  CHECK(one("list<int64>", "[1, \"x\", 3]") == "in:1: item 0: v: element 1: expected int64, found \"x\"");
  CHECK(one("map<string, float64>", R"({"a": 1, "b": null, "a": 2})") == "['a':1 'b':- 'a':2]");
  CHECK(one("map<int64, string>", R"({"7": "x", "-1": ""})") == "[7:'x' -1:'']");
  CHECK(one("map<int64, string>", R"({"x": "x"})") == "in:1: item 0: v: expected an int64 key, found \"x\"");
  CHECK(one("map<string, bool>", R"({"x": 2})") == "in:1: item 0: v: key \"x\": expected bool, found 2");
  // No JSON at all: the line is lost.
  for (const char* broken :
       {"01", "1.", "nul", "tru e", "[1,]", "{\"a\":1,}", "\"\\ud80\"", "nan", "-inf", "\"\xFF\"", "\"\x01\"", "+1"})
    CHECK(one("string?", broken).starts_with("in:1: "));
  for (const char* broken : {"01", "[1,]", "truex"}) CHECK(one("bool?", broken) == one("string?", broken));
}

TEST_CASE("JSON lines keep the numbers of the input whatever is dropped") {
  ProgramInfo program = info({{"request.u", "int64"}, {"item.v", "int64"}, {"item.w", "string?"}});
  std::string text =
      "\xEF\xBB\xBF"
      R"({"request": {"u": 1}, "items": [{"v": 10}, {"v": "bad"}, {"v": 12, "w": "x"}]})"
      "\n\n  \r\n"
      "{broken\n"
      R"({"request": {"u": "1"}, "items": [{"v": 1}, {"v": 2}]})"
      "\r\n"
      R"({"request": {"u": 2, "zz": [1, {"a": null}]}, "items": [5, {}, {"v": 1, "v": 2}], "extra": 1})"
      "\n[1]\n"
      R"({"request": {"u": 3}})"
      "\n"
      R"({"request": {"u": 3}, "items": []} x)"
      "\n"
      R"({"request": {"u": 4}, "items": [{"v": 4}]})";
  for (size_t chunk : {size_t{1}, size_t{7}, SIZE_MAX}) {
    Read r = readJson(program, text, false, chunk);
    CHECK(r.items == Lines{"0/0/0@1: 1 10 -", "2/0/2@1: 1 12 'x'", "7/3/2@6: 2 2 -", "8/7/0@10: 4 4 -"});
    CHECK(r.messages ==
          Lines{"in:1: item 1: v: expected int64, found \"bad\"",
                "in:4: the JSON is malformed at column 2: a key in double quotes is missing before \"b\"",
                "in:5: request.u: expected int64, found \"1\"", "in:6: item 0: expected an object, found 5",
                "in:6: item 1: v is missing",
                "in:7: a line must be an object: {\"request\": {\"u\": ...}, \"items\": [{\"v\": ...}]}",
                "in:8: \"items\" is missing: a line is {\"request\": {\"u\": ...}, \"items\": [{\"v\": ...}]}",
                "in:9: the JSON is malformed at column 36: \"x\" follows the end of the JSON",
                "in: warning: no field is declared for the key \"extra\"",
                "in: warning: no field is declared for the key \"request.zz\"",
                "in: warning: item.v: 1 object repeated a key (in line 6: \"v\"); its last value counts",
                "in: warning: 2 blank lines were left out (first in line 2)"});
    CHECK(r.end == ReadStatus::End);
    CHECK(r.counts.requests == 8);
    CHECK(r.counts.items == 9);
    CHECK(r.counts.badRequests == 5);
    CHECK(r.counts.badItems == 3);
    CHECK(r.counts.lostItems == 2);
  }
  Read strict = readJson(program, text, true);
  CHECK(strict.items.empty());
  CHECK(strict.messages.size() == 1);
  CHECK(strict.end == ReadStatus::Failed);
}

TEST_CASE("optional fields that never appear are warned of") {
  ProgramInfo program = info({{"request.u", "int64?"}, {"item.v", "int64?"}, {"item.w", "int64?"}});
  Read r = readJson(program, R"({"items": [{"w": null}]})");
  CHECK(r.items == Lines{"0/0/0@1: - - -"});
  CHECK(r.messages == Lines{"in: warning: the optional field request.u never appears",
                            "in: warning: the optional field item.v never appears"});
  CHECK(readJson(program, "").messages.empty());
}

TEST_CASE("CSV cells come out by type") {
  auto one = [](const char* type, const std::string& cell) {
    ProgramInfo program = info({{"item.v", type}, {"item.n", "int64"}});
    Read r = readCsv(program, "v,n\n" + cell + ",1\n");
    return r.items.empty() ? r.messages.at(0) : r.items[0].substr(9);
  };
  CHECK(one("int64", "3.0") == "3 1");
  CHECK(one("int64", "007") == "7 1");
  CHECK(one("int64", "\"-5\"") == "-5 1");
  CHECK(one("int64", " 3") == "in:2: v: expected int64, found \" 3\"; --trim removes blanks");
  CHECK(one("int64", "+3") == "3 1");
  CHECK(one("int64", "") == "in:2: v is missing");
  CHECK(one("int64", "\"\"") == "in:2: v: expected int64, found \"\"");
  CHECK(one("int64", "10000169349117863715") == "-8446574724591687901 1");
  CHECK(one("int64", "18446744073709551616") == "in:2: v: \"18446744073709551616\" is beyond int64");
  CHECK(one("float64?", "") == "- 1");
  CHECK(one("float64", "1e3") == "1000 1");
  CHECK(one("float64", ".60") == "0.6 1");
  CHECK(one("float64", "+5.") == "5 1");
  CHECK(one("float64", "nan") == "nan 1");
  CHECK(one("float64", "-Infinity") == "-inf 1");
  CHECK(one("float64", "Nan") == "in:2: v: expected float64, found \"Nan\"");
  CHECK(one("float64", "0x10") == "in:2: v: expected float64, found \"0x10\"");
  CHECK(one("bool", "True") == "true 1");
  CHECK(one("bool", "0") == "false 1");
  CHECK(one("bool", "TRUE") == "true 1");
  CHECK(one("bool", "yes") == "in:2: v: expected bool, found \"yes\"");
  CHECK(one("string", " a ") == "' a ' 1");
  CHECK(one("string", "\"\"") == "'' 1");
  CHECK(one("string", "") == "in:2: v is missing");
  CHECK(one("string?", "") == "- 1");
  CHECK(one("string", "\"a\"\"b,\nc\"") == "'a\"b,\nc' 1");
  CHECK(one("string", "5\" pipe") == "'5\" pipe' 1");
  CHECK(one("string", "\"a\"b") == "in:2: a quoted cell continues after its closing quote");
  CHECK(one("string", "a,b") == "in:2: expected 2 cells as in the header, found 3");
  CHECK(one("list<string>", "a||\"\"|b") == "['a' - '' 'b'] 1");
  CHECK(one("list<string>", "\"\"|b") == "['' 'b'] 1");
  CHECK(one("list<string>", "\"\"\"\"\"|b\"") == "['' 'b'] 1");
  CHECK(one("list<string>", "\"a|b\"") == "['a' 'b'] 1");
  CHECK(one("list<string>", "\"\"") == "[''] 1");
  CHECK(one("list<int64>", "\"\"") == "[] 1");
  CHECK(one("list<int64>", "1|2.0||") == "[1 2 - -] 1");
  CHECK(one("list<int64>", "1|x") == "in:2: v: element 1: expected int64, found \"x\"");
  CHECK(one("list<int64>?", "") == "- 1");
  CHECK(one("map<string, float64>", "a:b:1|c:") == "['a:b':1 'c':-] 1");
  CHECK(one("map<int64, string>", "1:x|2:\"\"") == "[1:'x' 2:''] 1");
  CHECK(one("map<int64, string>", "\"\"") == "[] 1");
  CHECK(one("map<int64, string>", "x") == "in:2: v: expected key:value, found \"x\"");
}

TEST_CASE("CSV rows keep their numbers, in chunks of any size") {
  ProgramInfo program = info({{"request.id", "int64"}, {"item.id", "string?"}, {"item.x", "float64?"}});
  std::string text =
      "\xEF\xBB\xBF\"request.id\",item.id,x,other\r\n"
      "1,a,0.5,\r\n"
      "\r\n"
      "2,\"b\r\nb\",,z\r\n"
      "3,c\n"
      "x,d,,\n"
      "5,\"e,,\n"
      "6,f,1,1\n"
      "7,,2,";
  for (size_t chunk : {size_t{1}, size_t{5}, SIZE_MAX}) {
    Read r = readCsv(program, text, {}, chunk);
    CHECK(r.items == Lines{"0/0/0@2: 1 'a' 0.5", "1/1/0@4: 2 'b\r\nb' -", "5/5/0@9: 6 'f' 1", "6/6/0@10: 7 - 2"});
    CHECK(r.messages == Lines{"in: warning: no field is declared for the column \"other\"",
                              "in:6: expected 4 cells as in the header, found 2",
                              "in:7: id: expected int64, found \"x\"", "in:8: a quote is not closed",
                              "in: warning: 1 blank line was left out (in line 3)"});
    CHECK(r.counts.items == 7);
    CHECK(r.counts.badItems == 3);
  }
  Read strict = readCsv(program, text, {}, SIZE_MAX, true);
  CHECK(strict.items.size() == 2);
  CHECK(strict.messages.size() == 3);
  CHECK(strict.end == ReadStatus::Failed);
}

TEST_CASE("a CSV header must be sound") {
  ProgramInfo program = info({{"request.id", "int64?"}, {"item.id", "int64?"}, {"item.x", "float64"}});
  auto message = [&](const std::string& text) {
    Read r = readCsv(program, text);
    CHECK(r.end == ReadStatus::Failed);
    return r.messages.empty() ? "" : r.messages.back();
  };
  CHECK(message("") == "in: the file is empty: its first line must name the columns");
  CHECK(message("x,x\n") == "in:1: the column \"x\" appears twice");
  CHECK(message("x,item.x\n") == "in:1: the column \"item.x\" names item.x a second time");
  CHECK(message("id,x\n") == "in:1: the column \"id\" may be request.id or item.id: name it so");
  CHECK(message("item.id\n1\n") == "in:1: required fields have no column: item.x");
  CHECK(message("\"x\n1\n") == "in:1: a quote is not closed");
}

TEST_CASE("TSV, other delimiters, one column, records that are too long") {
  ProgramInfo program = info({{"item.x", "list<int64>?"}});
  CHECK(readCsv(program, "x\ty\n1;2\t,\n", {'\t', ';'}).items == Lines{"0/0/0@2: [1 2]"});
  CHECK(readCsv(program, "x\n1\n\n3").items == Lines{"0/0/0@2: [1]", "1/1/0@4: [3]"});
  Read longOne = readCsv(program, "x\n\"" + std::string(300, '\n') + "\n\"\n4\n", {',', '|', 100}, 10);
  CHECK(longOne.messages.front() == "in:2: a quote is not closed within the longest record");
  CHECK(longOne.items.back().ends_with(": [4]"));
  CHECK(checkCsvOptions({',', ','}) == "the delimiter and the list delimiter must differ");
  CHECK(checkCsvOptions({'"', '|'}) == "a delimiter cannot be a quote or a line end");
}

// Request 1 clicks.id clicks.tags, item 2 seen.at.
ProgramInfo structs() {
  ProgramInfo program = info({{"request.clicks.id", "list<int64>?"},
                              {"request.clicks.tags", "list<list<string>>?"},
                              {"item.seen.at", "list<float64>"}});
  program.inputs[0].structList = program.inputs[1].structList = "clicks";
  program.inputs[2].structList = "seen";
  return program;
}

TEST_CASE("nested values in CSV are JSON text") {
  ProgramInfo program = info({{"item.l", "list<list<int64>>?"}, {"item.m", "map<string, map<int64, float64>>?"}});
  Read r = readCsv(program,
                   "l,m\n"
                   "\"[[1, null], [], null]\",\"{\"\"a\"\": {\"\"7\"\": 0.5}}\"\n"
                   ",{}\n"
                   "[[x]],\n"
                   "1|2,\n"
                   "[[1]] 2,\n"
                   "\"[[1], [\"\"x\"\"]]\",\n");
  CHECK(r.items == Lines{"0/0/0@2: [[1 -] [] -] ['a':[7:0.5]]", "1/1/0@3: - []"});
  CHECK(r.messages == Lines{"in:4: l: expected list<list<int64>> as JSON, but the JSON is malformed at column 3: \"x\" "
                            "is not a JSON value",
                            "in:5: l: expected list<list<int64>> as JSON, found \"1|2\"",
                            "in:6: l: expected list<list<int64>> as JSON, but the JSON is malformed at column 7: \"2\" "
                            "follows the end of the JSON",
                            "in:7: l: element 1: element 0: expected int64, found \"x\""});
}

TEST_CASE("a list of structs is an array of objects") {
  auto one = [&](const std::string& request, const std::string& item) {
    Read r = readJson(structs(), "{\"request\": " + request + ", \"items\": [" + item + "]}");
    return r.items.empty() ? r.messages.front() : r.items[0].substr(9);
  };
  CHECK(one(R"({"clicks": [{"id": 1, "tags": ["a"]}, null, {"x": [{}], "id": 2}]})", R"({"seen": [{"at": 1}]})") ==
        "[1 - 2] [['a'] - -] [1]");
  CHECK(one(R"({"clicks": []})", R"({"seen": []})") == "[] [] []");
  CHECK(one(R"({"clicks": null})", R"({"seen": [{}]})") == "- - [-]");
  CHECK(one(R"({"clicks": [{"id": 5}], "clicks": [{"tags": [null], "id": 1, "id": 2}]})", R"({"seen": []})") ==
        "[2] [[-]] []");
  CHECK(one("{}", R"({"seen": null})") == "in:1: item 0: seen is missing");
  CHECK(one("{}", R"({"seen": {}})") == "in:1: item 0: seen: expected a list of objects, found an object");
  CHECK(one("{}", R"({"seen": [{"at": 1}, 7]})") == "in:1: item 0: seen: element 1: expected an object, found 7");
  CHECK(one("{}", R"({"seen": [{"at": 1}, {"at": "x"}, 7]})") ==
        "in:1: item 0: seen: element 1: at: expected float64, found \"x\"");
  CHECK(one(R"({"clicks": [{"id": 1}, {"tags": ["a", 5]}]})", R"({"seen": []})") ==
        "in:1: request.clicks: element 1: tags: element 1: expected string, found 5");
  // A bad row leaves nothing behind.
  Read r = readJson(
      structs(),
      R"({"request": {"clicks": [{"id": 1, "tags": ["a"]}]}, "items": [{"seen": [{"at": 1}, 7]}, {"seen": [{"at": 2}]}]})");
  CHECK(r.items == Lines{"1/0/1@1: [1] [['a']] [2]"});
  r = readJson(structs(), R"({"request": {"clicks": [{"id": 1, "when": 3}]}, "items": [{"seen": []}]})");
  CHECK(r.messages == Lines{"in: warning: no field is declared for the key \"request.clicks.when\""});
}

TEST_CASE("a list of structs in CSV is one JSON cell, or a column a member") {
  Read r = readCsv(structs(),
                   "clicks,item.seen\n"
                   "\"[{\"\"id\"\": 1, \"\"tags\"\": [\"\"a\"\"]}, {}]\",[]\n"
                   ",\"[{\"\"at\"\": 2, \"\"z\"\": 1}]\"\n"
                   "[],\n"
                   "[3],[]\n");
  CHECK(r.items == Lines{"0/0/0@2: [1 -] [['a'] -] []", "1/1/0@3: - - [2]"});
  CHECK(r.messages == Lines{"in: warning: no field is declared for the key \"item.seen.z\"", "in:4: seen is missing",
                            "in:5: clicks: element 0: expected an object, found 3"});
  r = readCsv(structs(),
              "clicks.id,clicks.tags,seen.at\n"
              "1|2,\"[[\"\"a\"\"], []]\",0.5\n"
              "1|2,[[]],0.5\n"
              "1|2,,\n");
  CHECK(r.items == Lines{"0/0/0@2: [1 2] [['a'] []] [0.5]"});
  CHECK(r.messages == Lines{"in:3: request.clicks: its members have 2 and 1 elements", "in:4: seen.at is missing"});
  r = readCsv(structs(), "clicks.id,seen\n1|2,[]\n");
  CHECK(r.items == Lines{"0/0/0@2: [1 2] [- -] []"});
  r = readCsv(structs(), "clicks.id,clicks\n");
  CHECK(r.messages == Lines{"in:1: the column \"clicks\" names request.clicks.id a second time"});
}

}  // namespace
}  // namespace featc
