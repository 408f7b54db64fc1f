// SPDX-License-Identifier: Apache-2.0
// `edit_distance` against the table of costs, below and above the 64 units that fit a word.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/common/catch.h"
#include "tests/random/rng.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

namespace {

using Units = std::vector<std::string>;

// Letters, two of which share a place in a table of 128; bytes that are not UTF-8.
const Units letters{"a", "b", "\u00e1", "\u0161", "\u70e7", "\u70e6", "\U0001F600", "\xFF", "\xFE"};

int64_t byTable(const Units& a, const Units& b) {
  std::vector<int64_t> cost(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) cost[j] = static_cast<int64_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int64_t diagonal = cost[0];
    cost[0] = static_cast<int64_t>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      int64_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = cost[j];
      cost[j] = std::min({replaced, cost[j] + 1, cost[j - 1] + 1});
    }
  }
  return cost[b.size()];
}

std::string joined(const Units& units) {
  std::string text;
  for (const std::string& unit : units) text += unit;
  return text;
}

}  // namespace

TEST_CASE("edit_distance is that of the table of costs") {
  Rng rng(7);
  for (int round = 0; round < 3000; ++round) {
    auto text = [&](uint64_t most) {
      Units units;
      uint64_t known = 1 + rng.below(letters.size());
      for (uint64_t n = rng.below(most + 1); n > 0; --n) units.push_back(letters[rng.below(known)]);
      return units;
    };
    Units a = text(rng.chance(50) ? 8 : 70);
    Units b = text(rng.chance(20) ? 140 : 66);
    // Near ones too: what differs lies within what is equal.
    if (rng.chance(40)) {
      b = a;
      for (uint64_t changes = rng.below(4); changes > 0 && !b.empty(); --changes) {
        auto at = b.begin() + static_cast<std::ptrdiff_t>(rng.below(b.size()));
        if (rng.chance(50))
          b.erase(at);
        else
          b.insert(at, letters[rng.below(letters.size())]);
      }
    }
    std::string left = joined(a);
    std::string right = joined(b);
    INFO(left << " and " << right);
    REQUIRE(eval("edit_distance", arg(left.c_str()), arg(right.c_str())) == std::to_string(byTable(a, b)));
  }
}

TEST_CASE("edit_distance of columns, whose rows often share a text") {
  const Operator& op = *operators().find("edit_distance");
  Rng rng(11);
  for (int round = 0; round < 4000; ++round) {
    const bool bytes = rng.chance(30);
    const Prepared prepared = op.prepare(std::vector<Value>{bytes ? Value::of(std::string("bytes")) : Value::missing()},
                                         std::vector<Type>{kString});
    const auto n = static_cast<uint32_t>(1 + rng.below(40));
    const uint64_t known = rng.chance(60) ? 2 : letters.size();
    // A side: its texts, with how many rows in a row share one, read in cells or in place.
    struct Side {
      std::vector<Units> units;
      std::string all;
      std::vector<uint32_t> texts{0};
      std::vector<Str> cells;
      std::vector<uint8_t> valid;
      bool uniform = false;
      bool inPlace = false;

      ColumnRef column() {
        if (!inPlace) return {cells.data(), valid.data(), uniform};
        return {.data = all.data(), .valid = valid.data(), .uniform = uniform, .texts = texts.data()};
      }
    };
    auto side = [&] {
      Side s;
      s.uniform = rng.chance(30);
      s.inPlace = rng.chance(50);
      s.valid.assign(n / 8 + 1, 0xFF);
      const uint64_t run = s.inPlace ? 1 : 1 + rng.below(12);
      for (uint32_t row = 0; row < n; ++row) {
        Units units;
        const uint64_t most = rng.chance(80) ? 12 : rng.chance(90) ? 70 : 300;
        for (uint64_t k = rng.below(most + 1); k > 0; --k) units.push_back(letters[rng.below(known)]);
        if (row % run != 0) units = s.units.back();
        s.units.push_back(units);
        s.all += joined(units);
        s.texts.push_back(static_cast<uint32_t>(s.all.size()));
        if (rng.chance(10)) setBit(s.valid.data(), row, false);
      }
      for (uint32_t row = 0; row < n; ++row) {
        uint32_t at = row - row % static_cast<uint32_t>(run);
        s.cells.push_back(Str{s.all.data() + s.texts[at], s.texts[at + 1] - s.texts[at]});
      }
      return s;
    };
    Side left = side();
    Side right = side();
    // The cells point into texts that have moved with them.
    for (Side* s : {&left, &right})
      for (Str& cell : s->cells) cell.data = s->all.data() + (cell.data - s->all.data());
    std::vector<int64_t> distances(n);
    std::vector<uint8_t> valid(n / 8 + 1);
    Arena arena;
    Context context;
    context.arena = &arena;
    context.state = prepared.state.get();
    std::vector<RowStatus> status(n);
    context.rowStatus = status.data();
    std::vector<ColumnRef> columns{left.column(), right.column()};
    op.overloads[0].kernel(context, columns.data(), {distances.data(), valid.data(), false}, n);
    for (uint32_t row = 0; row < n; ++row) {
      INFO("row " << row << " of round " << round);
      const bool present = columns[0].present(row) && columns[1].present(row);
      REQUIRE(bitAt(valid.data(), row) == present);
      auto unitsOf = [&](const Side& s) {
        const Units& units = s.units[s.uniform ? 0 : row];
        if (!bytes) return units;
        Units single;
        for (char c : joined(units)) single.emplace_back(1, c);
        return single;
      };
      REQUIRE(distances[row] == (present ? byTable(unitsOf(left), unitsOf(right)) : 0));
      REQUIRE(status[row] == RowStatus::Ok);
    }
  }
}

}  // namespace featc
