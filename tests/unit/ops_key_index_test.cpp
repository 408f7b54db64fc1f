// SPDX-License-Identifier: Apache-2.0
// `contains` and `lookup` over rows that share a list or map: what a row on its own gives.
#include <algorithm>
#include <array>
#include <string>

#include "ops/library/key_index.h"
#include "ops/operator.h"
#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

namespace {

const std::vector<std::string> kTexts = {"",
                                         "a",
                                         "ab",
                                         "abc",
                                         "abd",
                                         "acb",
                                         "ba",
                                         "abcd",
                                         "abcde",
                                         "abXde",
                                         "abcdefgh",
                                         "abcdefgX",
                                         "abXdefgh",
                                         "abcdefghi",
                                         "abcdXfghi",
                                         "abcdXXghi",
                                         std::string("abcd\0fghi", 9),
                                         "\xE7\x83\xA7\xE7\x83\xA4"};

std::vector<Str> texts() {
  std::vector<Str> out;
  for (const std::string& text : kTexts) out.push_back(Str::of(text));
  return out;
}

const Overload& overloadFor(std::string_view name, Type first, Type second) {
  for (const Overload& o : operators().find(name)->overloads)
    if (o.params[0] == first && o.params[1] == second) return o;
  throw std::logic_error("no such overload");
}

// One argument: all rows' cells and presence; rows on their own are given as a column of one row.
template <class T>
struct Rows {
  std::vector<T> cells;
  std::vector<uint8_t> bits = std::vector<uint8_t>(cells.size() / 8 + 1, 0xFF);
  bool uniform = false;

  ColumnRef all() { return {cells.data(), bits.data(), uniform}; }
  ColumnRef one(uint32_t row, uint8_t& bit) {
    uint32_t at = uniform ? 0 : row;
    bit = bitAt(bits.data(), at) ? 1 : 0;
    return {&cells[at], &bit, false};
  }
};

// The kernel's bits and cells for all rows at once must be those that it gives for each row.
template <class R, class... A>
void checkRowsIn(Context context, const Overload& overload, uint32_t n, Rows<A>... args) {
  constexpr bool kBool = std::is_same_v<R, bool>;
  std::vector<std::conditional_t<kBool, uint8_t, R>> cells(n + 8);
  std::vector<uint8_t> valid(n / 8 + 1);
  std::array<ColumnRef, sizeof...(A)> columns = {args.all()...};
  ColumnRef out{cells.data(), valid.data(), false};
  overload.kernel(context, columns.data(), out, n);
  for (uint32_t row = 0; row < n; ++row) {
    std::array<uint8_t, sizeof...(A)> bits{};
    uint8_t* bit = bits.data();
    std::array<ColumnRef, sizeof...(A)> ones = {args.one(row, *bit++)...};
    std::conditional_t<kBool, uint8_t, R> cell{};
    uint8_t present = 0;
    ColumnRef expected{&cell, &present, false};
    overload.kernel(context, ones.data(), expected, 1);
    INFO("row " << row);
    CHECK(out.present(row) == expected.present(0));
    CHECK(out.get<R>(row) == expected.get<R>(0));
  }
}
template <class R, class... A>
void checkRows(const Overload& overload, uint32_t n, Rows<A>... args) {
  checkRowsIn<R>(Context(), overload, n, std::move(args)...);
}

}  // namespace

TEST_CASE("every key is found where it is, others nowhere") {
  std::vector<Str> all = texts();
  for (size_t skip = 0; skip <= all.size(); ++skip) {
    std::vector<uint8_t> valid(all.size(), 1);
    if (skip < all.size()) valid[skip] = 0;
    KeyIndex<Str> index(List<Str>{all.data(), valid.data(), all.size()});
    for (size_t i = 0; i < all.size(); ++i) {
      std::string copy(all[i].view());
      CHECK(index.find(Str::of(copy)) == (i == skip ? KeyIndex<Str>::kNone : i));
    }
    CHECK(index.find(Str::of("abcdefghij")) == KeyIndex<Str>::kNone);
  }
  for (uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{100}, KeyIndex<int64_t>::kMaxKeys}) {
    std::vector<int64_t> keys;
    for (uint64_t i = 0; i < size; ++i) keys.push_back(static_cast<int64_t>(i << 40U) * (i % 2 == 0 ? 1 : -1));
    KeyIndex<int64_t> index(List<int64_t>{keys.data(), nullptr, size});
    for (uint64_t i = 0; i < size; ++i) {
      CHECK(index.find(keys[i]) == i);
      CHECK(index.find(keys[i] + 1) == KeyIndex<int64_t>::kNone);
    }
  }
}

TEST_CASE("contains of rows that share a list") {
  std::vector<int64_t> ints = {7, kMinInt, 7, 0, kMaxInt, -1, 100, 8, 9, 10, 3};
  std::vector<uint8_t> valid = {1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1};
  Rows<int64_t> x{{7, 0, 1, kMinInt, kMaxInt, 100, 7, 5, 3, 10, -1, 7, 0, 8, 9, 2, 4, 3, 7}};
  x.bits[0] = 0xBF;
  auto n = static_cast<uint32_t>(x.cells.size());
  const Overload& ofInts = overloadFor("contains", Type::list(Type::int64()), Type::int64());
  for (const uint8_t* elements : {static_cast<const uint8_t*>(nullptr), static_cast<const uint8_t*>(valid.data())}) {
    List<int64_t> list{ints.data(), elements, ints.size()};
    checkRows<bool>(ofInts, n, Rows<List<int64_t>>{.cells = {list}, .uniform = true}, x);
    // Runs of each kind: a long one, missing lists, single rows, an empty list.
    Rows<List<int64_t>> lists{std::vector<List<int64_t>>(n, list)};
    for (uint32_t row = 9; row < n; ++row) lists.cells[row].size = row % 3 == 0 ? 0 : row % ints.size();
    checkRows<bool>(ofInts, n, lists, x);
    lists.cells.assign(n, {});
    lists.bits.assign(lists.bits.size(), 0x0F);
    checkRows<bool>(ofInts, n, lists, x);
  }
  std::vector<double> floats = {0.0, kNaN, 1.5, -2.0, kInf, 8, 9, 10, 11};
  checkRows<bool>(overloadFor("contains", Type::list(Type::float64()), Type::float64()), 10,
                  Rows<List<double>>{.cells = {{floats.data(), nullptr, floats.size()}}, .uniform = true},
                  Rows<double>{{-0.0, 0.0, kNaN, 1.5, 2.0, kInf, -kInf, 11, 12, 8}});
  std::vector<Str> all = texts();
  checkRows<bool>(overloadFor("contains", Type::list(Type::string()), Type::string()),
                  static_cast<uint32_t>(all.size()),
                  Rows<List<Str>>{.cells = {{all.data() + 3, nullptr, 9}}, .uniform = true}, Rows<Str>{all});
}

TEST_CASE("lookup of rows that share a map") {
  std::vector<Str> keys = texts();
  std::sort(keys.begin(), keys.end());
  std::vector<double> values(keys.size(), 0.5);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  std::vector<uint8_t> valid(values.size(), 1);
  valid[3] = 0;
  std::vector<Str> wanted = texts();
  for (const char* absent : {"zebra", "b", "abcdefg", "abcdefghX", "zz"}) wanted.push_back(Str::of(absent));
  auto n = static_cast<uint32_t>(wanted.size());
  Rows<Str> key{wanted};
  key.bits[0] = 0xDF;
  Rows<double> absent{std::vector<double>(n, 9.0)};
  absent.bits[2] = 0x55;
  const Type weights = Type::map(Type::string(), Type::float64());
  const Overload& overload = overloadFor("lookup", weights, Type::string());
  const Overload& hasKey = overloadFor("contains", weights, Type::string());
  const Overload& idOf = overloadFor("lookup_id", weights, Type::string());
  const Overload& combined = overloadFor("lookup", weights, Type::list(Type::string()));
  Rows<List<Str>> keyLists{std::vector<List<Str>>(n)};
  for (uint32_t row = 0; row < n; ++row)
    keyLists.cells[row] = {&wanted[row / 2], row % 3 == 0 ? valid.data() : nullptr, std::min(row % 7, n - row / 2)};
  keyLists.bits[1] = 0xF7;
  Arena arena;
  for (size_t size : {keys.size(), keys.size() - 4, size_t{3}, size_t{0}}) {
    Map<Str, double> map{{keys.data(), nullptr, size}, {values.data(), valid.data(), size}};
    Rows<Map<Str, double>> one{.cells = {map}, .uniform = true};
    checkRows<double>(overload, n, one, key, absent);
    checkRows<bool>(hasKey, n, one, key);
    checkRows<int64_t>(idOf, n, one, key);
    Rows<Map<Str, double>> maps{std::vector<Map<Str, double>>(n, map)};
    for (uint32_t row = 12; row < n; ++row) maps.cells[row].keys.size = maps.cells[row].values.size = row % (size + 1);
    checkRows<double>(overload, n, maps, key, absent);
    checkRows<bool>(hasKey, n, maps, key);
    checkRows<int64_t>(idOf, n, maps, key);
    for (const char* combiner : {"sum", "mean", "min", "max", "count", "gap_min", "gap_max"}) {
      INFO(combiner);
      const Prepared prepared = operators().find("lookup")->prepare(
          std::vector<Value>{Value::of(std::string(combiner))}, std::vector<Type>{Type::string()});
      Context context;
      context.arena = &arena;
      context.state = prepared.state.get();
      checkRowsIn<double>(context, combined, n, one, keyLists, absent);
      checkRowsIn<double>(context, combined, n, maps, keyLists, absent);
    }
  }

  std::vector<int64_t> numbers = {kMinInt, -5, 0, 3, kMaxInt};
  std::vector<int64_t> squares = {1, 25, 0, 9, 2};
  Map<int64_t, int64_t> map{{numbers.data(), nullptr, numbers.size()}, {squares.data(), nullptr, squares.size()}};
  checkRows<int64_t>(overloadFor("lookup", Type::map(Type::int64(), Type::int64()), Type::int64()), 9,
                     Rows<Map<int64_t, int64_t>>{.cells = {map}, .uniform = true},
                     Rows<int64_t>{{3, 0, -5, kMinInt, kMaxInt, 4, 5, 6, 3}},
                     Rows<int64_t>{std::vector<int64_t>(9, -1)});
}

}  // namespace featc
