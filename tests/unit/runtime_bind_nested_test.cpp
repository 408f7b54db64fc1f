// SPDX-License-Identifier: Apache-2.0
// Binding Arrow arrays that nest: slices and missing values at each level, maps of maps, unequal members.
#include <vector>

#include "bind_fixture.h"
#include "tests/common/catch.h"

using namespace featc;
using featc::test::Bound;

namespace {

// An array of `offsets` over `first` (and `second`, of a map).
template <class Offset>
ColumnData nested(const std::vector<Offset>& offsets, const ColumnData& first, const ColumnData* second = nullptr) {
  ColumnData c;
  c.length = static_cast<int64_t>(offsets.size()) - 1;
  c.offsets = offsets.data();
  c.wideOffsets = sizeof(Offset) == sizeof(int64_t);
  c.children[0] = &first;
  c.children[1] = second;
  return c;
}

template <class T>
ColumnData numbers(const std::vector<T>& values) {
  ColumnData c;
  c.length = static_cast<int64_t>(values.size());
  c.values = values.data();
  return c;
}

const Type kLists = Type::list(Type::list(Type::int64()));
const Type kMaps = Type::map(Type::int64(), Type::map(Type::int64(), Type::float64()));

}  // namespace

TEST_CASE("lists of lists point at the caller's numbers", "[bind]") {
  const std::vector<int64_t> values = {1, 2, 3, 4, 5, 6};
  ColumnData leaves = numbers(values);
  const std::vector<int32_t> inner = {0, 2, 2, 3, 6};
  ColumnData lists = nested(inner, leaves);
  const std::vector<int64_t> outer = {0, 1, 1, 4};
  ColumnData c = nested(outer, lists);
  Bound b(kLists, c, 3);
  REQUIRE(b.ok);
  CHECK(b.row(0) == "[[1, 2]]");
  CHECK(b.row(1) == "[]");
  CHECK(b.row(2) == "[[], [3], [4, 5, 6]]");
  CHECK(b.column.get<List<List<int64_t>>>(2).data[2].data == values.data() + 3);

  SECTION("missing rows, lists and elements") {
    const uint8_t noRow[1] = {0b110};
    const uint8_t noList[1] = {0b0111};
    const uint8_t noElement[1] = {0b111101};
    c.validity = noRow;
    lists.validity = noList;
    leaves.validity = noElement;
    Bound gaps(kLists.withNullable(), c, 3);
    REQUIRE(gaps.ok);
    CHECK(gaps.row(0) == "missing");
    CHECK(gaps.row(1) == "[]");
    CHECK(gaps.row(2) == "[[], [3], missing]");
    lists.validity = nullptr;
    c.validity = nullptr;
    CHECK(Bound(kLists, c, 3).row(0) == "[[1, missing]]");
  }
  SECTION("slices at every level") {
    c.offset = 2;
    c.length = 1;
    CHECK(Bound(kLists, c, 1).row(0) == "[[], [3], [4, 5, 6]]");
    // The children skip one each, so offsets mean one further.
    const std::vector<int64_t> outerSliced = {0, 3};
    ColumnData sliced = nested(outerSliced, lists);
    lists.offset = 1;
    lists.length = 3;
    CHECK(Bound(kLists, sliced, 1).row(0) == "[[], [3], [4, 5, 6]]");
    leaves.offset = 1;
    leaves.length = 5;
    const std::vector<int32_t> shorter = {0, 2, 2, 3, 5};
    lists.offsets = shorter.data();
    const uint8_t noElement[1] = {0b011111};
    leaves.validity = noElement;
    CHECK(Bound(kLists, sliced, 1).row(0) == "[[], [4], [5, missing]]");
  }
  SECTION("what points outside is an error") {
    const std::vector<int32_t> beyond = {0, 2, 2, 3, 7};
    lists.offsets = beyond.data();
    Bound bad(kLists, c, 3);
    CHECK(!bad.ok);
    CHECK(bad.binder.error() == "item.x: an offset is 7, but there are 6 elements");
    lists.children[0] = nullptr;
    CHECK(!Bound(kLists, c, 3).ok);
  }
}

TEST_CASE("maps of maps are sorted on both levels", "[bind]") {
  const std::vector<int64_t> innerKeys = {2, 1, 5, 2, 2};
  const std::vector<double> innerValues = {0.5, 1.5, 2.5, 3.5, 4.5};
  ColumnData keys = numbers(innerKeys);
  ColumnData values = numbers(innerValues);
  const std::vector<int32_t> innerOffsets = {0, 2, 3, 3, 5};
  ColumnData maps = nested(innerOffsets, keys, &values);
  const std::vector<int64_t> outerKeys = {9, 3, 3, 4};
  ColumnData outer = numbers(outerKeys);
  const std::vector<int32_t> offsets = {0, 3, 4};
  ColumnData c = nested(offsets, outer, &maps);
  Bound b(kMaps, c, 2);
  REQUIRE(b.ok);
  CHECK(b.row(0) == "{3: {}, 9: {1: 1.5, 2: 0.5}}");
  CHECK(b.row(1) == "{4: {2: 4.5}}");

  SECTION("a missing inner map, a missing value") {
    const uint8_t noMap[1] = {0b1011};
    const uint8_t noValue[1] = {0b11110};
    maps.validity = noMap;
    values.validity = noValue;
    CHECK(Bound(kMaps, c, 2).row(0) == "{3: missing, 9: {1: 1.5, 2: missing}}");
  }
  SECTION("a missing key inside fails the row only") {
    const uint8_t noKey[1] = {0b11110};
    keys.validity = noKey;
    Bound bad(kMaps, c, 2);
    REQUIRE(bad.ok);
    CHECK(bad.status[0] == RowStatus::BadInput);
    CHECK(bad.row(0) == "{}");
    CHECK(bad.status[1] == RowStatus::Ok);
    CHECK(bad.row(1) == "{4: {2: 4.5}}");
  }
  SECTION("so it does inside a list") {
    const uint8_t noKey[1] = {0b11110};
    keys.validity = noKey;
    const std::vector<int32_t> rows = {0, 1, 4};
    ColumnData list = nested(rows, maps);
    Bound bad(Type::list(kMaps.value()), list, 2);
    REQUIRE(bad.ok);
    CHECK(bad.status[0] == RowStatus::BadInput);
    CHECK(bad.row(0) == "[]");
    CHECK(bad.row(1) == "[{5: 2.5}, {}, {2: 4.5}]");
  }
}

TEST_CASE("members of different lengths are bad data", "[bind]") {
  const std::vector<int64_t> values = {1, 2, 3};
  ColumnData leaves = numbers(values);
  const std::vector<int32_t> two = {0, 2, 3};
  const std::vector<int64_t> one = {0, 1, 2};
  ColumnData a = nested(two, leaves);
  ColumnData b = nested(one, leaves);
  std::vector<RowStatus> status(8, RowStatus::Ok);
  CHECK(!matchMembers(a, a, 2, status.data()));
  CHECK(matchMembers(a, b, 2, status.data()));
  CHECK(status[0] == RowStatus::BadInput);
  CHECK(status[1] == RowStatus::Ok);

  const uint8_t bits[1] = {0b01};
  ColumnData c = a;
  c.validity = bits;
  status.assign(8, RowStatus::Ok);
  CHECK(matchMembers(a, c, 2, status.data()));
  CHECK(status[0] == RowStatus::Ok);
  CHECK(status[1] == RowStatus::BadInput);
}
