// SPDX-License-Identifier: Apache-2.0
// Arrow arrays of every layout as columns: the values that come out, and what does not fit.
#include <cstring>
#include <string>
#include <vector>

#include "arrow_fixture.h"
#include "data/arrow/arrow_batch.h"
#include "runtime/bind.h"
#include "tests/common/catch.h"
#include "values/value.h"

using namespace featc;
using namespace featc::test;

namespace {

InputInfo item(const char* name, const char* type) { return {Scope::Item, name, *parseType(type)}; }
InputInfo request(const char* name, const char* type) { return {Scope::Request, name, *parseType(type)}; }

// The values of one field, read from a table through binding, slicing and the binder of a call.
std::string show(const std::vector<InputInfo>& inputs, HandArray table, size_t field = 0, int64_t begin = 0,
                 int64_t count = -1) {
  ProgramInfo info;
  info.inputs = inputs;
  ArrowBinding binding(info, *table.schema.get());
  if (!binding.error().empty()) return binding.error();
  ArrowBatch batch(binding, std::move(table.array));
  if (!batch.error().empty()) return batch.error();
  ArrowSlice slice;
  Batch part = batch.slice(begin, count < 0 ? batch.requests() : count, slice);
  const int64_t rows = inputs[field].scope == Scope::Item ? part.items : part.requests;
  Arena arena{SIZE_MAX};
  Binder binder(arena);
  std::vector<RowStatus> status(static_cast<size_t>(roundUpToGroup(rows)), RowStatus::Ok);
  ColumnRef column;
  if (!binder.bind(inputs[field], part.columns[field], rows, status.data(), column)) return binder.error();
  const uint8_t* bad = inputs[field].scope == Scope::Item ? part.badItems : part.badRequests;
  std::string text;
  for (int64_t i = 0; i < rows; ++i) {
    const bool isBad = status[static_cast<size_t>(i)] != RowStatus::Ok || (bad != nullptr && bad[i] != 0);
    if (i > 0) text += " ";
    text += isBad ? "bad" : toString(loadCell(column, inputs[field].type, static_cast<uint64_t>(i)));
  }
  return text;
}

std::string show(const char* type, HandArray column, int64_t begin = 0, int64_t count = -1) {
  return show({item("x", type)}, table(std::move(column).named("x")), 0, begin, count);
}

}  // namespace

TEST_CASE("numbers of every width widen", "[arrow]") {
  CHECK(show("int64", numberArray<int64_t>("l", {1, -2, INT64_MIN})) == "1 -2 -9223372036854775808");
  CHECK(show("int64", numberArray<int8_t>("c", {-128, 127})) == "-128 127");
  CHECK(show("int64", numberArray<uint8_t>("C", {0, 255})) == "0 255");
  CHECK(show("int64", numberArray<int16_t>("s", {-32768})) == "-32768");
  CHECK(show("int64", numberArray<uint16_t>("S", {65535})) == "65535");
  CHECK(show("int64", numberArray<int32_t>("i", {-7})) == "-7");
  CHECK(show("int64", numberArray<uint32_t>("I", {4294967295U})) == "4294967295");
  CHECK(show("float64", numberArray<double>("g", {0.1})) == "0.1");
  CHECK(show("float64", numberArray<float>("f", {0.5F, -1.25F})) == "0.5 -1.25");
  // IEEE half: 1.5, -2, the smallest subnormal, 65504.
  CHECK(show("float64", numberArray<uint16_t>("e", {0x3E00, 0xC000, 0x0001, 0x7BFF})) ==
        "1.5 -2 5.960464477539063e-08 65504");
  CHECK(show("float64", numberArray<int32_t>("i", {3})) == "3");
  // Bits 1011 with the lowest first.
  CHECK(show("bool", numberArray<uint8_t>("b", {0b1101}).sliced(0, 4)) == "true false true true");
}

TEST_CASE("a uint64 beyond int64 keeps its bits, in a list too", "[arrow]") {
  CHECK(show("int64", numberArray<uint64_t>("L", {1, uint64_t{1} << 63U, 3})) == "1 -9223372036854775808 3");
  CHECK(show("int64?", numberArray<uint64_t>("L", {1, UINT64_MAX}).nulls({0b01})) == "1 missing");
  // Avazu's, as Paddle reads it.
  CHECK(show("int64", numberArray<uint64_t>("L", {10000169349117863715ULL})) == "-8446574724591687901");
  CHECK(
      show("list<int64>", listArray<int32_t>("+l", {0, 2, 3, 4}, numberArray<uint64_t>("L", {1, 2, UINT64_MAX, 4}))) ==
      "[1, 2] [-1] [4]");
}

TEST_CASE("missing values and slices with offsets", "[arrow]") {
  auto ints = [] {
    return numberArray<int64_t>("l", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}).nulls({0b10110111, 0b1011});
  };
  CHECK(show("int64?", ints()) == "0 1 2 missing 4 5 missing 7 8 9 missing 11");
  CHECK(show("int64?", ints().sliced(2, 3)) == "2 missing 4");
  CHECK(show("int64", ints().sliced(9, 3)) == "9 bad 11");
  CHECK(show("int64?", ints().sliced(1, 11), 2, 4) == "missing 4 5 missing");
  auto narrow = [] {
    return numberArray<int16_t>("s", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}).nulls({0b10110111, 0b1011});
  };
  CHECK(show("int64?", narrow().sliced(2, 9)) == "2 missing 4 5 missing 7 8 9 missing");
  CHECK(show("float64?", narrow().sliced(9, 3)) == "9 missing 11");
  CHECK(show("string?", strings({"a", "bc", "", "d"}).nulls({0b1011}).sliced(1, 3)) == "\"bc\" missing \"d\"");
  CHECK(show("int64?", nullArray(2)) == "missing missing");
  CHECK(show("list<string>", listArray<int32_t>("+l", {0, 1, 1}, nullArray(1))) == "[missing] []");
  CHECK(show("string", nullArray(1)) == "bad");
}

TEST_CASE("strings: large, binary, views, fixed width", "[arrow]") {
  CHECK(show("string", textArray<int64_t>("U", {"one", ""})) == "\"one\" \"\"");
  CHECK(show("string", textArray<int32_t>("z", {"one"})) == "\"one\"");
  auto bytes = std::vector<char>{'a', 'b', 'c', 'd', 'e', 'f'};
  CHECK(show("string", numberArray<char>("w:2", bytes).sliced(1, 2)) == "\"cd\" \"ef\"");

  // A short text lies in its view; a long one in buffer 0 at byte 3.
  std::vector<int32_t> views(8);
  views[0] = 2;
  std::memcpy(&views[1], "hi", 2);
  views[4] = 13;
  views[6] = 0;
  views[7] = 3;
  std::string text = "---thirteenchars";
  auto viewsOf = [&text](const std::vector<int32_t>& all, const int64_t* sizes) {
    auto [data, keep] = bufferOf(all);
    HandArray out;
    makeArrowSchema(out.schema.get(), "vu", "");
    makeArrowArray(out.array.get(), 2, 0, {nullptr, data, text.data(), sizes}, keep);
    return out;
  };
  const int64_t size = 16;
  CHECK(show("string", viewsOf(views, &size)) == "\"hi\" \"thirteenchars\"");
  views[7] = 4;
  CHECK(show("string", viewsOf(views, &size)) == "the column \"x\": row 1 points outside its buffers");
  views[6] = 1;
  CHECK(show("string", viewsOf(views, &size)) == "the column \"x\": row 1 points outside its buffers");
}

TEST_CASE("dictionaries are decoded", "[arrow]") {
  CHECK(show("string", dictionaryArray<int8_t>("c", {1, 0, 1}, strings({"a", "b"}))) == "\"b\" \"a\" \"b\"");
  CHECK(show("string?", dictionaryArray<int32_t>("i", {1, 0, 9}, strings({"a", "b"})).nulls({0b011})) ==
        "\"b\" \"a\" missing");
  CHECK(show("string?", dictionaryArray<uint16_t>("S", {0, 1}, strings({"a", "b"}).nulls({0b10}))) == "missing \"b\"");
  CHECK(show("int64", dictionaryArray<int64_t>("l", {2, 2}, numberArray<int32_t>("i", {5, 6, 7}))) == "7 7");
  CHECK(show("int64", dictionaryArray<int64_t>("l", {2, 0}, numberArray<uint64_t>("L", {5, 6, UINT64_MAX}))) == "-1 5");
  CHECK(show("list<string>",
             listArray<int32_t>("+l", {0, 1, 3}, dictionaryArray<int8_t>("c", {0, 1, 1}, strings({"a", "b"})))) ==
        "[\"a\"] [\"b\", \"b\"]");
  CHECK(show("string", dictionaryArray<int8_t>("c", {2}, strings({"a", "b"}))) ==
        "the column \"x\": row 0 points outside its dictionary of 2");
  CHECK(show("string", dictionaryArray<int8_t>("c", {-1}, strings({"a", "b"}))) ==
        "the column \"x\": row 0 points outside its dictionary of 2");
}

TEST_CASE("lists: 32 and 64-bit offsets, fixed size, converted elements, slices", "[arrow]") {
  auto ints = [] { return numberArray<int64_t>("l", {1, 2, 3, 4, 5}); };
  auto shorts = [] { return numberArray<int16_t>("s", {1, 2, 3, 4, 5}).nulls({0b11101}); };
  CHECK(show("list<int64>", listArray<int32_t>("+l", {0, 2, 2, 5}, ints())) == "[1, 2] [] [3, 4, 5]");
  CHECK(show("list<int64>", listArray<int64_t>("+L", {1, 2, 5}, ints())) == "[2] [3, 4, 5]");
  CHECK(show("list<int64>", listArray<int32_t>("+l", {0, 2, 2, 5}, shorts())) == "[1, missing] [] [3, 4, 5]");
  CHECK(show("list<int64>", listArray<int64_t>("+L", {0, 2, 3, 5}, shorts()).sliced(1, 2)) == "[3] [4, 5]");
  CHECK(show("list<int64>?", listArray<int32_t>("+l", {0, 2, 2, 5}, shorts()).nulls({0b101}), 1, 2) ==
        "missing [3, 4, 5]");
  CHECK(show("list<int64>", fixedListArray(2, 2, ints())) == "[1, 2] [3, 4]");
  CHECK(show("list<float64>", fixedListArray(2, 2, shorts()).sliced(1, 1)) == "[3, 4]");
  CHECK(show("list<string>", listArray<int32_t>("+l", {0, 1, 2}, strings({"a", "b"}))) == "[\"a\"] [\"b\"]");
  CHECK(show("list<int64>", listArray<int32_t>("+l", {0, 4, 2, 5}, shorts())) ==
        "the column \"x\": the offsets descend after row 1");
  CHECK(show("list<int64>", listArray<int32_t>("+l", {0, 4, 2, 5}, ints())) ==
        "item.x: the offsets descend after row 1");
  CHECK(show("list<int64>", listArray<int32_t>("+l", {0, 9}, shorts())) ==
        "the column \"x\": it has 5 values where 9 are needed");
  CHECK(show("list<int64>", listArray<int32_t>("+l", {-4, 2}, shorts())) == "the column \"x\": an offset is negative");
  CHECK(show("list<int64>", fixedListArray(2, 3, ints())) == "the column \"x\": it has 5 values where 6 are needed");
  // What stands in the place of a missing list is not a value.
  CHECK(show("list<int64>?", fixedListArray(2, 3, numberArray<double>("g", {1, 2, 0.5, 1e300, 5, 6})).nulls({0b101})) ==
        "[1, 2] missing [5, 6]");
  CHECK(show("list<int64>", fixedListArray(2, 2, numberArray<double>("g", {1, 2, 0.5, 6}))) == "[1, 2] bad");
}

TEST_CASE("maps, and lists of pairs", "[arrow]") {
  auto map = [](std::vector<int32_t> offsets) {
    return mapArray(std::move(offsets), strings({"b", "a", "c"}), numberArray<double>("g", {0.5, 1, 2}));
  };
  CHECK(show("map<string, float64>", map({0, 2, 3})) == "{\"a\": 1, \"b\": 0.5} {\"c\": 2}");
  CHECK(show("map<string, float64>", map({0, 2, 3}).sliced(1, 1)) == "{\"c\": 2}");
  CHECK(show("map<int64, float64>",
             mapArray({0, 1, 2}, numberArray<int32_t>("i", {4, 5}), numberArray<float>("f", {0.5F, 2})).sliced(1, 1)) ==
        "{5: 2}");
  std::vector<HandArray> pair;
  pair.push_back(strings({"k"}).named("any"));
  pair.push_back(numberArray<double>("g", {3}).named("name"));
  CHECK(show("map<string, float64>", listArray<int32_t>("+l", {0, 1}, structArray(1, std::move(pair)))) ==
        "{\"k\": 3}");
  CHECK(show("map<string, float64>", map({0, 2, 3}).nulls({0b10})) == "bad {\"c\": 2}");
}

TEST_CASE("types that do not fit are named", "[arrow]") {
  CHECK(show("int64", strings({"1"})) == "the column \"x\": expected int64, found string");
  CHECK(show("string", numberArray<int64_t>("l", {1})) == "the column \"x\": expected string, found int64");
  CHECK(show("bool", numberArray<int64_t>("l", {1})) == "the column \"x\": expected bool, found int64");
  CHECK(show("int64", numberArray<int64_t>("tsu:UTC", {1})) ==
        "the column \"x\": expected int64, found timestamp[us, tz=UTC]; declare the field timestamp, or give epoch "
        "seconds: "
        "in pandas column.astype(\"int64\") // 1_000_000, in polars column.cast(pl.Int64) // 1_000_000, in SQL "
        "cast(floor(extract(epoch from column)) as bigint)");
  CHECK(
      show("list<int64>", listArray<int32_t>("+l", {0, 1}, numberArray<int32_t>("tdD", {1}))) ==
      "the column \"x\": expected list<int64>, found list<date32>; declare the field timestamp, or give epoch seconds: "
      "in pandas column.astype(\"int64\") * 86_400, in polars column.cast(pl.Int64) * 86_400, in SQL "
      "cast(floor(extract(epoch from column)) as bigint)");
  CHECK(show("timestamp", strings({"2024-12-01"})) ==
        "the column \"x\": expected timestamp, found string; parse it: in pandas pandas.to_datetime(column), in polars "
        "column.str.to_datetime()");
  CHECK(show("timestamp", numberArray<int64_t>("ttu", {1})) ==
        "the column \"x\": expected timestamp, found time; cast it to int64");
  CHECK(show("int64", numberArray<int64_t>("tDn", {1})) ==
        "the column \"x\": expected int64, found duration; cast it to int64");
  CHECK(show("float64", numberArray<int64_t>("d:19,4", {1})) ==
        "the column \"x\": expected float64, found decimal; cast it to float64");
  CHECK(show("list<int64>", listArray<int32_t>("+l", {0, 1}, strings({"a"}))) ==
        "the column \"x\": expected list<int64>, found list<string>");
  CHECK(show("map<string, float64>", table(numberArray<double>("g", {1}).named("a"))) ==
        "the column \"x\": expected map<string, float64>, found struct<a: float64>; give it the type map when making "
        "the array");
  CHECK(show("string", dictionaryArray<int8_t>("c", {0}, numberArray<double>("g", {1}))) ==
        "the column \"x\": expected string, found float64");
  CHECK(show({item("x", "int64")}, numberArray<int64_t>("l", {1})) ==
        "expected a table, or a struct of columns, found int64");
}

TEST_CASE("columns bind by name", "[arrow]") {
  auto one = [](const char* name) { return numberArray<int64_t>("l", {1, 2}).named(name); };
  std::vector<InputInfo> both = {request("x", "int64"), item("x", "int64"), item("y", "int64?")};
  CHECK(show(both, table(one("request.x"), one("item.x"))) == "1 2");
  CHECK(show(both, table(one("x"), one("item.x"))) ==
        "the column \"x\" may be request.x or item.x: name it so; no column for request.x, which every row must have");
  CHECK(show(both, table(one("request.x"), one("item.x"), one("item.x"))) == "the column \"item.x\" appears twice");
  CHECK(show(both, table(one("request.x"), one("item.x"), one("y"), one("item.y"))) ==
        "the column \"item.y\" names item.y a second time");

  ProgramInfo info;
  info.inputs = both;
  HandArray rows = table(one("request.x"), one("item.x"), one("z"));
  ArrowBinding binding(info, *rows.schema.get());
  CHECK(binding.error().empty());
  CHECK(binding.warnings() == std::vector<std::string>{"no field is declared for the column \"z\"",
                                                       "the optional field item.y has no column"});
}

TEST_CASE("a row is a request where a column holds its items", "[arrow]") {
  std::vector<InputInfo> inputs = {request("user", "int64"), item("price", "float64?"), item("user", "string")};
  auto rows = [] {
    std::vector<HandArray> fields;
    fields.push_back(numberArray<float>("f", {0, 1, 2, 3, 4}).nulls({0b10111}).named("price"));
    fields.push_back(strings({"a", "b", "c", "d", "e"}).named("user"));
    return table(numberArray<int32_t>("i", {7, 8, 9}).named("user"),
                 listArray<int32_t>("+l", {1, 3, 3, 5}, structArray(5, std::move(fields))).named("items"));
  };
  CHECK(show(inputs, rows(), 0) == "7 8 9");
  CHECK(show(inputs, rows(), 1) == "1 2 missing 4");
  CHECK(show(inputs, rows(), 2) == "\"b\" \"c\" \"d\" \"e\"");
  CHECK(show(inputs, rows(), 1, 2, 1) == "missing 4");
  CHECK(show(inputs, rows(), 0, 1, 2) == "8 9");

  std::vector<InputInfo> misplaced = {request("user", "int64"), item("price", "float64")};
  CHECK(show(misplaced, table(numberArray<int64_t>("l", {}).named("user"), numberArray<double>("g", {}).named("price"),
                              listArray<int32_t>("+l", {0}, structArray(0, {})).named("items"))) ==
        "the column \"price\" is beside the items, but item.price belongs to them; "
        "no column for item.price, which every row must have");
}

TEST_CASE("a list of structs serves the members of one", "[arrow]") {
  auto member = [](const char* name, const char* type) {
    return InputInfo{Scope::Request, std::string("clicks.") + name, *parseType(type), "clicks"};
  };
  std::vector<InputInfo> inputs = {member("id", "list<int64>?"), member("tags", "list<list<string>>?"),
                                   member("at", "list<float64>?"), request("user", "int64")};
  auto structs = [] {
    std::vector<HandArray> fields;
    fields.push_back(
        listArray<int32_t>("+l", {0, 1, 2, 2, 3, 4}, strings({"a", "b", "c", "d"})).nulls({0b10111}).named("tags"));
    fields.push_back(numberArray<int64_t>("l", {1, 2, 3, 4, 5}).named("id"));
    fields.push_back(numberArray<int16_t>("s", {5, 6, 7, 8, 9}).named("unused"));
    return structArray(5, std::move(fields));
  };
  auto rows = [&](HandArray elements) {
    return table(numberArray<int32_t>("i", {7, 8, 9}).named("user"),
                 listArray<int32_t>("+l", {0, 2, 2, 4}, std::move(elements)).named("clicks"));
  };
  CHECK(show(inputs, rows(structs()), 0) == "[1, 2] [] [3, 4]");
  CHECK(show(inputs, rows(structs()), 1) == R"([["a"], ["b"]] [] [[], missing])");
  // The struct has no such member.
  CHECK(show(inputs, rows(structs()), 2) == "missing missing missing");
  CHECK(show(inputs, rows(structs()), 0, 2, 1) == "[3, 4]");
  // Sliced structs, and one of them null.
  CHECK(show(inputs, rows(structs().sliced(1, 4)), 0) == "[2, 3] [] [4, 5]");
  CHECK(show(inputs, rows(structs().nulls({0b11101}).sliced(1, 4)), 0) == "[missing, 3] [] [4, 5]");
  CHECK(show(inputs, rows(structs().nulls({0b11101}).sliced(1, 4)), 1) == R"([missing, []] [] [missing, ["d"]])");
  CHECK(show(inputs,
             table(numberArray<int32_t>("i", {7}).named("user"), numberArray<int32_t>("i", {7}).named("clicks"))) ==
        "the column \"clicks\": expected a list of structs, found int32");
  CHECK(show({member("id", "list<string>")}, rows(structs())).find("\"id\" of the column \"clicks\": ") == 0);
}

TEST_CASE("nothing is copied where the layout is the batch's", "[arrow]") {
  ProgramInfo info;
  info.inputs = {item("a", "int64"), item("b", "list<string>?"), item("c", "float64?")};
  HandArray rows = table(numberArray<int64_t>("l", {1, 2}).named("a"),
                         listArray<int32_t>("+l", {0, 1, 2}, strings({"x", "y"})).nulls({0b10}).named("b"),
                         numberArray<float>("f", {1, 2}).named("c"));
  const ArrowArray& array = *rows.array.get();
  const void* numbers = array.children[0]->buffers[1];
  const void* bitmap = array.children[1]->buffers[0];
  const void* offsets = array.children[1]->buffers[1];
  const void* bytes = array.children[1]->children[0]->buffers[2];
  ArrowBinding binding(info, *rows.schema.get());
  ArrowBatch batch(binding, std::move(rows.array));
  const std::vector<ColumnData>& columns = batch.columns();
  CHECK(columns[0].values == numbers);
  CHECK(columns[1].validity == bitmap);
  CHECK(columns[1].offsets == offsets);
  CHECK(columns[1].children[0]->values == bytes);
  CHECK_FALSE(batch.isConverted(0));
  CHECK_FALSE(batch.isConverted(1));
  CHECK(batch.isConverted(2));
}

TEST_CASE("malformed arrays are refused", "[arrow]") {
  auto ints = [] { return numberArray<int64_t>("l", {1, 2}); };
  HandArray noBuffer = ints();
  noBuffer.array->buffers[1] = nullptr;
  CHECK(show("int64", std::move(noBuffer)) == "the column \"x\": its buffer is null");
  HandArray noBitmap = ints();
  noBitmap.array->null_count = 1;
  CHECK(show("int64?", std::move(noBitmap)) == "the column \"x\": it has missing values, but no validity bitmap");
  CHECK(show("int64", ints().sliced(-1, 2)) == "the column \"x\": its length or offset is out of range");
  CHECK(show({item("x", "int64"), item("y", "int64?")}, table(ints().named("x"), ints().sliced(0, 1).named("y"))) ==
        "the column \"y\": it has 1 values where 2 are needed");
  HandArray noChild = listArray<int32_t>("+l", {0, 1}, ints());
  noChild.array->n_children = 0;
  CHECK(show("list<int64>", std::move(noChild)) == "the column \"x\": list<int64> has 0 children");
  CHECK(show({item("x", "int64")}, table(ints().named("x")).nulls({0b01})) == "the table: struct 1 is null");
}
