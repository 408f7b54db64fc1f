// SPDX-License-Identifier: Apache-2.0
// What readers note of data that looks like something else, and that the options which explain it change what is read.
#include "tests/unit/reader_fixture.h"

namespace featc {
namespace {

using namespace featc::test;

CsvOptions options(void (*change)(CsvOptions&)) {
  CsvOptions out;
  change(out);
  return out;
}

// Items without their numbers, then messages.
Lines shown(const Read& read) {
  Lines out;
  for (const std::string& item : read.items) out.push_back(item.substr(item.find(' ') + 1));
  out.insert(out.end(), read.messages.begin(), read.messages.end());
  return out;
}

TEST_CASE("words for missing values are texts unless the options name them") {
  ProgramInfo program = info({{"item.s", "string?"}, {"item.l", "list<string>?"}, {"item.n", "int64?"}});
  const std::string text = "s,l,n\n\\N,a|NULL,1\n\"\\N\",b,\\N\nNano,c,2\n?,,3\n";
  CHECK(
      shown(readCsv(program, text)) ==
      Lines{"'\\N' ['a' 'NULL'] 1", "'Nano' ['c'] 2", "'?' - 3",
            "in:3: n: expected int64, found \"\\\\N\"; pass --null '\\N' if it stands for a missing value",
            "in: warning: item.s: 2 values were the text \\N (first in line 2); pass --null '\\N' if it stands for a "
            "missing value",
            "in: warning: item.l: 1 value was the text NULL (in line 2); pass --null 'NULL' if it stands for a missing "
            "value"});
  CHECK(shown(readCsv(program, text, options([](CsvOptions& o) { o.nulls = {"\\N", "NULL", "?"}; }))) ==
        Lines{"- ['a' -] 1", "'\\N' ['b'] -", "'Nano' ['c'] 2", "- - 3"});
}

TEST_CASE("blanks are part of texts unless they are taken off") {
  ProgramInfo program = info({{"item.s", "string?"}, {"item.m", "map<string, int64>?"}, {"item.n", "int64?"}});
  const std::string text = "s, m,n\n a, k : 1 |l:2,7\n \"b, c\" ,,8\n\" d\", , 9 \n";
  CHECK(shown(readCsv(program, text, options([](CsvOptions& o) { o.trim = true; }))) ==
        Lines{"'a' ['k':1 'l':2] 7", "'b, c' - 8", "' d' - 9"});
  CHECK(shown(readCsv(program, "s\n a\nb\n")) == Lines{"' a' - -", "'b' - -",
                                                       "in: warning: the optional field item.m never appears",
                                                       "in: warning: the optional field item.n never appears",
                                                       "in: warning: item.s: 1 text began or ended with a blank (in "
                                                       "line 2: \" a\"); pass --trim to remove blanks"});
}

TEST_CASE("JSON in the cells of lists and maps") {
  ProgramInfo program = info({{"item.l", "list<string>?"}, {"item.m", "map<string, float64>?"}});
  auto json = options([](CsvOptions& o) { o.jsonLists = true; });
  CHECK(shown(readCsv(program, "l,m\n\"[\"\"a\"\", null]\",\"{\"\"k\"\": 1, \"\"k\"\": NaN}\"\n[],\n", json)) ==
        Lines{"['a' -] ['k':1 'k':nan]", "[] -",
              "in: warning: item.m: 1 number was not finite (in line 2: \"NaN\"); outputs count that as missing",
              "in: warning: item.m: 1 object repeated a key (in line 2: \"k\"); its last value counts"});
  for (const char* plain : {"[sale]|new", "[sale]", "[1]|[2]", "a|[b]", "[a"})
    CHECK(readCsv(program, fmt::format("l,m\n{},\n", plain)).messages.empty());
  for (const char* list : {"[]", "[1]", "\"[\"\"a\"\"]\"", "\"['a']\"", "\"[a, b]\"", "\"[ \"\"a\"\"]\""})
    CHECK(readCsv(program, fmt::format("l,m\n{},\n", list)).messages.size() == 1);
}

TEST_CASE("TSV has no quotes unless it is said so") {
  ProgramInfo program = info({{"item.s", "string?"}, {"item.l", "list<int64>?"}});
  const std::string text = "s\tl\n\"a\t1\nb\"\t\"\"\n\"c\"\"\"\t2\n";
  CHECK(shown(readCsv(program, text, CsvOptions::tsv())) ==
        Lines{"'\"a' [1]", "'b\"' []", "'\"c\"\"\"' [2]",
              "in: warning: item.s: 1 cell was in quotes (in line 4: \"\\\"c\\\"\\\"\\\"\"), which became part of "
              "the text; "
              "pass --quote to remove them"});
  CsvOptions quoted = CsvOptions::tsv();
  quoted.quotes = true;
  CHECK(shown(readCsv(program, text, quoted)) == Lines{"'a\t1\nb' []", "'c\"' [2]",
                                                       "in: warning: item.s: 1 cell in quotes went over several lines "
                                                       "(in line 2); pass --no-quote if a quote is only "
                                                       "a character"});
}

TEST_CASE("a quote that goes astray costs its own line") {
  ProgramInfo program = info({{"item.s", "string?"}, {"item.n", "int64"}});
  CHECK(shown(readCsv(program, "s,n\n\"a,1\nb,2\n\"c\"d,3\ne,4\n")) ==
        Lines{"'b' 2", "'e' 4", "in:2: a quoted cell continues after its closing quote",
              "in:4: a quoted cell continues after its closing quote"});
}

TEST_CASE("columns are named by the header or by the options") {
  ProgramInfo program = info({{"item.s", "string?"}, {"item.n", "int64"}});
  auto columns = [](std::vector<std::string> names, bool skipsHeader = false) {
    CsvOptions out;
    out.columns = std::move(names);
    out.skipsHeader = skipsHeader;
    return out;
  };
  CHECK(shown(readCsv(program, "1,a,x\n\n2,b,y\n", columns({"n", "s", ""}))) ==
        Lines{"'a' 1", "'b' 2", "in: warning: 1 blank line was left out (in line 2)"});
  CHECK(shown(readCsv(program, "a,b,c\n1,a,x\n", columns({"n", "s", ""}, true))) == Lines{"'a' 1"});
  CHECK(readCsv(program, "n,s\n1,a\n", columns({"n", "s"})).messages.front() ==
        "in: warning: the first line has the names that --columns gives; pass --header if it is not a row");
  CHECK(shown(readCsv(program, ",n,s,\n0,1,a,\n")) == Lines{"'a' 1",
                                                            "in: warning: column 1 has no name and is left out",
                                                            "in: warning: column 4 has no name and is left out"});
  auto refused = [&](const std::string& text, CsvOptions o = {}) {
    return readCsv(program, text, std::move(o)).messages.back();
  };
  CHECK(refused("1,1,0\n") ==
        "in:1: none of the columns \"1\", \"1\", \"0\" is a field; if the file has no header, name its columns: "
        "--columns s,n,... (3 names, an empty one for a column without a field)");
  CHECK(refused("n;s\n") ==
        "in:1: the only column \"n;s\" is not a field: its cells are separated by \";\"; pass --delimiter ';'");
  // The list delimiter is the same unless another one is passed.
  CHECK(refused("n|s\n") ==
        "in:1: the only column \"n|s\" is not a field: its cells are separated by \"|\"; pass --delimiter '|' "
        "--list-delimiter ','");
  CHECK(refused("\"n\"\ts\n", CsvOptions::tsv()) ==
        "in:1: required fields have no column: item.n; names are in quotes; pass --quote");
  CHECK(refused("s, n\n") ==
        "in:1: required fields have no column: item.n; names have blanks around them; pass --trim");
  CHECK(refused("n\r1\r") ==
        "in:1: the only column \"n\\r1\" is not a field: lines end with a carriage return alone; write line feeds "
        "instead");
  CHECK(refused("", columns({"q"})) == "in: the only column \"q\" is not a field");
}

TEST_CASE("a field of which nothing can be read is told once more at the end") {
  ProgramInfo program = info({{"item.x", "float64?"}, {"item.n", "int64?"}});
  CHECK(readCsv(program, "x,n\n\"1,5\",1\n\"2,5\",2\n,3\n").messages.back() ==
        "in: warning: item.x: no value could be read: 2 rows are bad for it (first in line 2: expected float64, found "
        "\"1,5\")");
  CHECK(readCsv(program, "x,n\n\"1,5\",1\n\"2,5\",2\n0.5,3\n").messages.size() == 2);
  CHECK(readJson(program, "{\"items\": [{\"x\": \"1\"}, {\"x\": \"2\"}, {\"n\": 1}]}").messages.back() ==
        "in: warning: item.x: no value could be read: 2 rows are bad for it (first in line 1: expected float64, found "
        "\"1\")");
}

TEST_CASE("keys that stand twice are counted where they do") {
  ProgramInfo program =
      info({{"request.u", "int64?"}, {"item.m", "map<string, int64>?"}, {"item.c.id", "list<int64>?"}});
  program.inputs[2].structList = "c";
  std::string map;
  for (int i = 0; i < 20; ++i) map += fmt::format("{}\"k{}\": {}", i == 0 ? "" : ", ", i, i);
  Read read =
      readJson(program,
               "{\"request\": {\"u\": 1, \"u\": 2}, \"items\": [], \"items\": [{\"m\": {\"a\": 1, \"b\": 2, \"a\": 3}, "
               "\"c\": [{\"id\": 1, \"id\": 2}]}, {\"m\": {" +
                   map + "}}, {\"m\": {" + map + ", \"k7\": 1}}]}");
  CHECK(read.items.size() == 3);
  CHECK(read.messages ==
        Lines{"in: warning: request.u: 1 object repeated a key (in line 1: \"u\"); its last value counts",
              "in: warning: item.m: 2 objects repeated a key (first in line 1: \"a\"); its last value counts",
              "in: warning: item.c.id: 1 object repeated a key (in line 1: \"id\"); its last value counts",
              "in: warning: 1 object repeated a key (in line 1: \"items\"); its last value counts"});
}

TEST_CASE("notes go on where a reader goes on") {
  ProgramInfo program = info({{"item.s", "string?"}, {"item.n", "int64?"}});
  const std::string text = "s,n\n a,x\n b,x\n\n c,x\n";
  Lines messages;
  auto newReader = [&] {
    return newCsvReader(program, memorySource(text), "in", false,
                        [&](const DataMessage& m) { messages.push_back(m.render()); });
  };
  BatchBuilder builder(program);
  std::vector<InputRow> rows;
  ReadPiece piece;
  std::unique_ptr<RecordReader> first = newReader();
  REQUIRE(first->take(piece, builder, rows, 1) == ReadStatus::Batch);
  first->parse(piece, builder, rows);
  first->settle(piece);
  std::unique_ptr<RecordReader> second = newReader();
  second->resumeAt(piece.position);
  while (second->next(builder, rows, 1) == ReadStatus::Batch) {
  }
  messages.clear();
  second->tellNotes();
  CHECK(messages ==
        Lines{"in: warning: item.s: 3 texts began or ended with a blank (first in line 2: \" a\"); pass --trim to "
              "remove blanks",
              "in: warning: item.n: no value could be read: 3 rows are bad for it (first in line 2: "
              "expected int64, found \"x\")",
              "in: warning: 1 blank line was left out (in line 4)"});
}

}  // namespace
}  // namespace featc
