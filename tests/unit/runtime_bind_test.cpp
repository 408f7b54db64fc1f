// SPDX-License-Identifier: Apache-2.0
// Binding Arrow arrays: what is used in place, what is made, and what malformed arrays get.
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "bind_fixture.h"
#include "tests/common/catch.h"

using namespace featc;
using featc::test::Bound;

namespace {

ColumnData strings(const std::vector<int32_t>& offsets, const char* bytes) {
  ColumnData c;
  c.length = static_cast<int64_t>(offsets.size()) - 1;
  c.offsets = offsets.data();
  c.values = bytes;
  return c;
}

const Type kInt = Type::int64();
const Type kMaybeInt = Type::int64().withNullable();

}  // namespace

TEST_CASE("numbers in whole groups are used in place, others are copied and padded", "[bind]") {
  alignas(8) int64_t values[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  ColumnData c;
  c.values = values;
  c.length = 8;
  CHECK(Bound(kInt, c, 8).column.data == values);
  CHECK(Bound(kInt, c, 8).column.valid == nullptr);

  c.length = 3;
  Bound copied(kInt, c, 3);
  REQUIRE(copied.ok);
  CHECK(copied.column.data != values);
  CHECK(copied.row(2) == "3");
  CHECK(static_cast<const int64_t*>(copied.column.data)[7] == 0);

  c.padded = true;
  CHECK(Bound(kInt, c, 3).column.data == values);

  SECTION("a slice starts later") {
    c.offset = 1;
    CHECK(Bound(kInt, c, 3).row(0) == "2");
  }
  SECTION("unaligned values are copied") {
    std::vector<char> bytes(9 * 8);
    std::memcpy(bytes.data() + 1, values, 64);
    c.length = 8;
    c.values = bytes.data() + 1;
    Bound b(kInt, c, 8);
    CHECK(b.row(7) == "8");
  }
}

TEST_CASE("validity bitmaps are shifted where a slice starts within a byte", "[bind]") {
  std::vector<int64_t> values(40);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<int64_t>(i);
  const uint8_t bits[5] = {0b10110101, 0b01011010, 0b11110000, 0b00001111, 0b10101010};
  for (int64_t offset = 0; offset < 24; ++offset) {
    for (int64_t rows : {1, 7, 8, 9, 16}) {
      ColumnData c;
      c.values = values.data();
      c.validity = bits;
      c.offset = offset;
      c.length = rows;
      Bound b(kMaybeInt, c, rows);
      REQUIRE(b.ok);
      for (int64_t i = 0; i < rows; ++i) {
        auto at = static_cast<uint64_t>(offset + i);
        CHECK(b.column.present(static_cast<uint64_t>(i)) == bitAt(bits, at));
        CHECK(b.column.get<int64_t>(static_cast<uint64_t>(i)) == values[at]);
      }
    }
  }
}

TEST_CASE("a nullable column without a bitmap gets a full one, an absent one an empty one", "[bind]") {
  std::vector<int64_t> values(3, 7);
  ColumnData c;
  c.values = values.data();
  c.length = 3;
  Bound full(kMaybeInt, c, 3);
  REQUIRE(full.column.valid != nullptr);
  CHECK(full.row(2) == "7");

  ColumnData absent;
  absent.absent = true;
  Bound none(kMaybeInt, absent, 3);
  REQUIRE(none.ok);
  CHECK(none.row(0) == "missing");
  CHECK(none.status[0] == RowStatus::Ok);

  Bound required(Type::list(Type::string()), absent, 3);
  REQUIRE(required.ok);
  CHECK(required.status[2] == RowStatus::BadInput);
  CHECK(required.row(2) == "[]");
}

TEST_CASE("a missing value of a required field fails its row and leaves a zero cell", "[bind]") {
  const std::vector<int64_t> values(8, 77);
  const uint8_t bits[1] = {0b11111011};
  ColumnData c;
  c.values = values.data();
  c.length = 8;
  c.validity = bits;
  Bound b(kInt, c, 8);
  REQUIRE(b.ok);
  CHECK(b.column.valid == nullptr);
  CHECK(b.row(2) == "0");
  CHECK(b.row(3) == "77");
  CHECK(b.status[2] == RowStatus::BadInput);
  CHECK(b.status[3] == RowStatus::Ok);
}

TEST_CASE("a missing value of a required string is empty, whatever lies under it and however it is read", "[bind]") {
  const std::vector<int32_t> offsets = {0, 2, 9, 10};
  const uint8_t bits[1] = {0b101};
  ColumnData c = strings(offsets, "abgarbagec");
  c.validity = bits;
  c.length = 3;
  Arena arena;
  std::vector<RowStatus> status(3, RowStatus::Ok);
  FlatLists flat;
  ColumnRef column;
  column.flat = &flat;
  Binder binder(arena);
  REQUIRE(binder.bind({Scope::Item, "f", Type::string()}, c, 3, status.data(), column, true));
  REQUIRE(flat.hasCells);
  CHECK(column.get<Str>(0).view() == "ab");
  CHECK(column.get<Str>(1).view().empty());
  CHECK(column.get<Str>(2).view() == "c");
  CHECK(status[1] == RowStatus::BadInput);
}

TEST_CASE("bools shift like validity", "[bind]") {
  const uint8_t bits[2] = {0b01100000, 0b00000001};
  ColumnData c;
  c.values = bits;
  c.offset = 5;
  c.length = 4;
  Bound b(Type::boolean(), c, 4);
  REQUIRE(b.ok);
  CHECK(b.row(0) == "true");
  CHECK(b.row(1) == "true");
  CHECK(b.row(2) == "false");
  CHECK(b.row(3) == "true");
}

TEST_CASE("strings are views of the caller's bytes", "[bind]") {
  const std::vector<int32_t> offsets = {0, 2, 2, 5};
  const char* bytes = "abxyz";
  const uint8_t bits[1] = {0b011};
  ColumnData c = strings(offsets, bytes);
  c.validity = bits;
  Bound b(Type::string().withNullable(), c, 3);
  REQUIRE(b.ok);
  CHECK(b.column.get<Str>(0).data == bytes);
  CHECK(b.row(0) == "\"ab\"");
  CHECK(b.row(1) == "\"\"");
  CHECK(b.row(2) == "missing");

  SECTION("64-bit offsets, sliced") {
    const std::vector<int64_t> wide = {0, 2, 2, 5};
    c.offsets = wide.data();
    c.wideOffsets = true;
    c.validity = nullptr;
    c.offset = 1;
    c.length = 2;
    Bound sliced(Type::string(), c, 2);
    CHECK(sliced.row(1) == "\"xyz\"");
  }
}

TEST_CASE("lists point at their elements", "[bind]") {
  const std::vector<int32_t> offsets = {1, 3, 3, 6};
  const std::vector<int64_t> values = {9, 1, 2, 3, 4, 5};
  ColumnData child;
  child.length = 6;
  child.values = values.data();
  ColumnData c;
  c.length = 3;
  c.offsets = offsets.data();
  c.children[0] = &child;
  Bound b(Type::list(kInt), c, 3);
  REQUIRE(b.ok);
  CHECK(b.column.get<List<int64_t>>(0).data == values.data() + 1);
  CHECK(b.row(0) == "[1, 2]");
  CHECK(b.row(1) == "[]");
  CHECK(b.row(2) == "[3, 4, 5]");

  SECTION("missing elements have a byte each") {
    const uint8_t bits[1] = {0b11101111};
    child.validity = bits;
    Bound gaps(Type::list(kInt), c, 3);
    CHECK(gaps.row(0) == "[1, 2]");
    CHECK(gaps.row(2) == "[3, missing, 5]");
  }
  SECTION("a sliced list of a sliced child") {
    child.offset = 1;
    child.length = 5;
    const std::vector<int32_t> inner = {0, 1, 2, 5};
    c.offsets = inner.data();
    c.offset = 1;
    c.length = 2;
    Bound sliced(Type::list(kInt), c, 2);
    REQUIRE(sliced.ok);
    CHECK(sliced.row(0) == "[2]");
    CHECK(sliced.row(1) == "[3, 4, 5]");
  }
  SECTION("an offset beyond the elements is an error") {
    child.length = 5;
    Bound bad(Type::list(kInt), c, 3);
    CHECK(!bad.ok);
    CHECK(bad.binder.error() == "item.x: an offset is 6, but there are 5 elements");
  }
}

TEST_CASE("lists of bools, strings and lists", "[bind]") {
  const uint8_t bits[1] = {0b0110};
  ColumnData bools;
  bools.length = 4;
  bools.values = bits;
  const std::vector<int32_t> offsets = {0, 3, 4};
  ColumnData c;
  c.length = 2;
  c.offsets = offsets.data();
  c.children[0] = &bools;
  CHECK(Bound(Type::list(Type::boolean()), c, 2).row(0) == "[false, true, true]");

  const std::vector<int32_t> ends = {0, 1, 3, 3, 6};
  ColumnData texts = strings(ends, "abcdef");
  c.children[0] = &texts;
  Bound b(Type::list(Type::string()), c, 2);
  CHECK(b.row(0) == R"(["a", "bc", ""])");
  CHECK(b.row(1) == R"(["def"])");

  ColumnData outer;
  const std::vector<int32_t> outerOffsets = {0, 2};
  outer.length = 1;
  outer.offsets = outerOffsets.data();
  outer.children[0] = &c;
  CHECK(Bound(Type::list(Type::list(Type::string())), outer, 1).row(0) == R"([["a", "bc", ""], ["def"]])");
}

TEST_CASE("maps are sorted, of equal keys the last wins", "[bind]") {
  const std::vector<int32_t> keyOffsets = {0, 1, 2, 3, 4, 5};
  ColumnData keys = strings(keyOffsets, "abzcz");
  const std::vector<double> numbers = {1, 2, 3, 4, 5};
  const uint8_t valid[1] = {0b10111};
  ColumnData values;
  values.length = 5;
  values.values = numbers.data();
  values.validity = valid;
  const std::vector<int32_t> offsets = {0, 2, 5, 5};
  ColumnData c;
  c.length = 3;
  c.offsets = offsets.data();
  c.children[0] = &keys;
  c.children[1] = &values;
  Bound b(Type::map(Type::string(), Type::float64()), c, 3);
  REQUIRE(b.ok);
  CHECK(b.row(0) == R"({"a": 1, "b": 2})");
  CHECK(b.row(1) == R"({"c": missing, "z": 5})");
  CHECK(b.row(2) == "{}");
  CHECK(b.column.get<Map<Str, double>>(0).values.data == numbers.data());

  SECTION("a missing key fails the row") {
    const uint8_t keyBits[1] = {0b11101};
    keys.validity = keyBits;
    Bound bad(Type::map(Type::string(), Type::float64()), c, 3);
    REQUIRE(bad.ok);
    CHECK(bad.status[0] == RowStatus::BadInput);
    CHECK(bad.row(0) == "{}");
    CHECK(bad.status[1] == RowStatus::Ok);
  }
}

TEST_CASE("malformed columns are errors, not reads outside", "[bind]") {
  auto error = [](Type type, const ColumnData& c, int64_t rows) {
    Bound b(type, c, rows);
    CHECK(!b.ok);
    return b.binder.error();
  };
  ColumnData c;
  c.length = 2;
  CHECK(error(kInt, c, 3) == "item.x: the column has 2 rows, but the batch has 3 items");
  CHECK(error(kInt, c, 2) == "item.x: the column has no values");
  CHECK(error(Type::boolean(), c, 2) == "item.x: the column has no values");
  CHECK(error(Type::string(), c, 2) == "item.x: the column has no offsets");
  c.offset = -1;
  CHECK(error(kInt, c, 2) == "item.x: the column's offset is out of range");
  c.offset = std::numeric_limits<int64_t>::max();
  CHECK(error(kInt, c, 2) == "item.x: the column's offset is out of range");
  c.offset = 0;
  const std::vector<int32_t> descending = {0, 5, 3};
  c.offsets = descending.data();
  CHECK(error(Type::string(), c, 2) == "item.x: the offsets descend after row 1");
  const std::vector<int32_t> negative = {-1, 0, 0};
  c.offsets = negative.data();
  CHECK(error(Type::string(), c, 2) == "item.x: an offset is negative");
  const std::vector<int32_t> fine = {0, 1, 1};
  c.offsets = fine.data();
  CHECK(error(Type::string(), c, 2) == "item.x: the column has no bytes");
  CHECK(error(Type::list(kInt), c, 2) == "item.x: the column has no elements");
}
