// SPDX-License-Identifier: Apache-2.0
// Points in time and floats of whole numbers as columns of Arrow. Seconds by Python's datetime.
#include <cmath>
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

struct Shown {
  std::string values;
  bool isConverted = false;
};

Shown read(const char* type, HandArray column, int64_t begin = 0, int64_t count = -1) {
  ProgramInfo info;
  info.inputs = {{Scope::Item, "x", *parseType(type)}};
  HandArray rows = table(std::move(column).named("x"));
  ArrowBinding binding(info, *rows.schema.get());
  if (!binding.error().empty()) return {binding.error()};
  ArrowBatch batch(binding, std::move(rows.array));
  if (!batch.error().empty()) return {batch.error()};
  ArrowSlice slice;
  Batch part = batch.slice(begin, count < 0 ? batch.requests() : count, slice);
  Arena arena{SIZE_MAX};
  Binder binder(arena);
  std::vector<RowStatus> status(static_cast<size_t>(roundUpToGroup(part.items)), RowStatus::Ok);
  ColumnRef bound;
  if (!binder.bind(info.inputs[0], part.columns[0], part.items, status.data(), bound)) return {binder.error()};
  Shown shown{{}, batch.isConverted(0)};
  for (int64_t i = 0; i < part.items; ++i) {
    bool isBad = status[static_cast<size_t>(i)] != RowStatus::Ok || (part.badItems != nullptr && part.badItems[i] != 0);
    if (i > 0) shown.values += " ";
    shown.values += isBad ? "bad" : toString(loadCell(bound, info.inputs[0].type, static_cast<uint64_t>(i)));
  }
  return shown;
}
std::string show(const char* type, HandArray column, int64_t begin = 0, int64_t count = -1) {
  return read(type, std::move(column), begin, count).values;
}

HandArray ticks(const char* format, std::vector<int64_t> values) {
  return numberArray<int64_t>(format, std::move(values));
}

}  // namespace

TEST_CASE("timestamps of every unit are rounded down to the second", "[arrow]") {
  // 2024-12-01 10:00:00.999999999, and a moment before 1970.
  CHECK(show("timestamp", ticks("tss:", {1733047200, -1})) == "1733047200 -1");
  CHECK(show("timestamp", ticks("tsm:", {1733047200999, -1, -1000, -1001})) == "1733047200 -1 -1 -2");
  CHECK(show("timestamp", ticks("tsu:UTC", {1733047200999999, -1, 0})) == "1733047200 -1 0");
  CHECK(show("timestamp", ticks("tsn:Asia/Shanghai", {1733047200999999999, -1, INT64_MIN})) ==
        "1733047200 -1 -9223372037");
  CHECK(show("timestamp?", ticks("tsn:", {1, 2'000'000'000}).nulls({0b10})) == "missing 2");
  // In place where nothing is to be converted.
  CHECK_FALSE(read("timestamp", ticks("tss:UTC", {5})).isConverted);
  CHECK(read("timestamp", ticks("tsm:UTC", {5})).isConverted);
}

TEST_CASE("dates are midnight in UTC, and integers are epoch seconds", "[arrow]") {
  CHECK(show("timestamp", numberArray<int32_t>("tdD", {0, 20058, -1})) == "0 1733011200 -86400");
  CHECK(show("timestamp", numberArray<int32_t>("tdD", {INT32_MAX})) == "185542587100800");
  CHECK(show("timestamp", ticks("tdm", {1733011200000, 1733011200001, -1})) == "1733011200 1733011200 -86400");
  CHECK(show("timestamp", ticks("l", {1733047200})) == "1733047200");
  CHECK(show("timestamp", numberArray<int32_t>("i", {7})) == "7");
}

TEST_CASE("times in lists, maps, dictionaries, structs and slices", "[arrow]") {
  auto list = [] { return listArray<int32_t>("+l", {0, 2, 2, 3}, ticks("tsm:", {1500, -1, 2000})); };
  CHECK(show("list<timestamp>", list()) == "[1, -1] [] [2]");
  CHECK(show("list<timestamp>", list(), 2, 1) == "[2]");
  CHECK(show("list<timestamp>", listArray<int32_t>("+l", {0, 2}, ticks("tss:", {3, 4}))) == "[3, 4]");
  CHECK(show("timestamp", dictionaryArray<int8_t>("c", {1, 0, 1}, ticks("tsu:", {1'999'999, 3'000'000}))) == "3 1 3");
  CHECK(show("timestamp", ticks("tsm:", {1000, 2000, 3000}).sliced(1, 2)) == "2 3");
}

TEST_CASE("floats are taken for an int64 where they are whole and exact", "[arrow]") {
  CHECK(show("int64?", numberArray<double>("g", {2345, -3, 0.5, 7}).nulls({0b1111})) == "2345 -3 bad 7");
  // What is null may be anything, as pandas has it.
  CHECK(show("int64?", numberArray<double>("g", {2345, NAN, 1}).nulls({0b101})) == "2345 missing 1");
  CHECK(show("int64?", numberArray<double>("g", {NAN, HUGE_VAL, -0.0})) == "bad bad 0");
  CHECK(show("int64", numberArray<double>("g", {9007199254740991, 9007199254740992, -9007199254740992})) ==
        "9007199254740991 bad bad");
  CHECK(show("int64", numberArray<float>("f", {16777215, 16777216, 1.5F})) == "16777215 bad bad");
  // IEEE half: 1024, 1.5.
  CHECK(show("int64", numberArray<uint16_t>("e", {0x6400, 0x3E00})) == "1024 bad");
  CHECK(show("list<int64>", listArray<int32_t>("+l", {0, 2, 3}, numberArray<double>("g", {1, 2, 0.5}))) ==
        "[1, 2] bad");
  CHECK(show("timestamp", numberArray<double>("g", {1733047200, 1733047200.5})) == "1733047200 bad");
  CHECK(show("int64?", numberArray<double>("g", {1, 2, 3.5, 4}).nulls({0b1011}).sliced(1, 3)) == "2 missing 4");
}

TEST_CASE("integers beyond int64 are counted and told, with the line of the first", "[arrow]") {
  auto wide = [](const char* type, HandArray column) {
    ProgramInfo info;
    info.inputs = {{Scope::Item, "x", *parseType(type)}};
    HandArray rows = table(std::move(column).named("x"));
    ArrowBinding binding(info, *rows.schema.get());
    REQUIRE(binding.error().empty());
    ArrowBatch batch(binding, std::move(rows.array));
    REQUIRE(batch.error().empty());
    std::string text;
    for (const DataNote& note : batch.notes(100)) text += noteText(note, info.inputs);
    return text;
  };
  const uint64_t big = uint64_t{1} << 63U;
  CHECK(wide("int64?", numberArray<uint64_t>("L", {UINT64_MAX, 2, big, UINT64_MAX}).nulls({0b1110})) ==
        "item.x: 2 integers were beyond int64 (first in line 103: \"9223372036854775808\"), which kept its 64 bits and "
        "became negative");
  CHECK(wide("int64", numberArray<int64_t>("l", {-1})).empty());
  auto place = [&](const char* type, HandArray column) {
    std::string text = wide(type, std::move(column));
    return text.substr(0, text.find(')'));
  };
  CHECK(place("list<int64>", listArray<int32_t>("+l", {0, 1, 1, 3}, numberArray<uint64_t>("L", {1, 2, UINT64_MAX}))) ==
        "item.x: 1 integer was beyond int64 (in line 103: \"18446744073709551615\"");
  auto inner = [&] {
    return listArray<int32_t>("+l", {0, 1, 3, 4}, numberArray<uint64_t>("L", {1, 2, UINT64_MAX, big}));
  };
  CHECK(place("list<list<int64>>", listArray<int32_t>("+l", {0, 1, 1, 3}, inner())) ==
        "item.x: 2 integers were beyond int64 (first in line 103: \"18446744073709551615\"");
  // An entry of a dictionary counts where it is used.
  CHECK(place("int64", dictionaryArray<int8_t>("c", {0, 2, 2}, numberArray<uint64_t>("L", {1, UINT64_MAX, big}))) ==
        "item.x: 2 integers were beyond int64 (first in line 102: \"9223372036854775808\"");
}
