// SPDX-License-Identifier: Apache-2.0
// Loops over arrays: the same bits in every instruction set, for every number of values.
#include "values/array_loops.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "tests/common/catch.h"
#include "values/cell.h"
#include "values/hash.h"

using namespace featc;

namespace {

std::vector<int64_t> someInts(size_t n, uint64_t below = UINT64_MAX) {
  std::mt19937_64 random(n);
  std::vector<int64_t> out(n);
  for (int64_t& x : out) x = static_cast<int64_t>(random() % below);
  return out;
}

}  // namespace

TEST_CASE("loops over arrays give the same in every instruction set", "[flat]") {
  for (const ArrayLoops* loops : allArrayLoops()) {
    for (size_t n : {0, 1, 7, 8, 9, 31, 32, 33, 40, 100}) {
      CAPTURE(loops->instructions, n);
      const std::vector<int64_t> values = someInts(n);
      std::vector<int64_t> left(n);
      std::vector<int64_t> right(n);
      std::vector<uint64_t> ids(n);
      loops->combineOneWith(-5, values.data(), left.data(), n);
      loops->combineWithOne(values.data(), -5, right.data(), n);
      loops->ids(77, values.data(), ids.data(), n);
      for (size_t i = 0; i < n; ++i) {
        auto x = static_cast<uint64_t>(values[i]);
        auto minusFive = static_cast<uint64_t>(-5);
        CHECK(static_cast<uint64_t>(left[i]) == combineHashes(minusFive, x));
        CHECK(static_cast<uint64_t>(right[i]) == combineHashes(x, minusFive));
        CHECK(ids[i] == makeId(77, values[i]));
      }

      std::vector<uint8_t> valid(n / 8 + 1);
      for (size_t i = 0; i < n; ++i) setBit(valid.data(), i, values[i] % 3 != 0);
      std::vector<int64_t> cleared = values;
      loops->clearMissing(valid.data(), cleared.data(), n);
      for (size_t i = 0; i < n; ++i) CHECK(cleared[i] == (values[i] % 3 != 0 ? values[i] : 0));
    }
  }
}

TEST_CASE("values among keys are found in every instruction set", "[flat]") {
  for (const ArrayLoops* loops : allArrayLoops()) {
    for (size_t n : {1, 7, 8, 9, 32, 41, 64, 100}) {
      for (size_t count : {0, 1, 5, 8}) {
        CAPTURE(loops->instructions, n, count);
        const std::vector<int64_t> values = someInts(n, 20);
        const std::vector<int64_t> keys = someInts(count, 20);
        std::vector<uint8_t> found((n + 7) / 8, 0xFF);
        loops->findInts(keys.data(), count, values.data(), found.data(), n);
        for (size_t i = 0; i < 8 * found.size(); ++i)
          CHECK(bitAt(found.data(), i) == (i < n && std::ranges::find(keys, values[i]) != keys.end()));
        const std::vector<int64_t> distinct = {7, 3, 11, 0};
        std::vector<int64_t> places(n);
        loops->findPlaces(distinct.data(), distinct.size(), values.data(), places.data(), n);
        for (size_t i = 0; i < n; ++i) {
          auto at = std::ranges::find(distinct, values[i]) - distinct.begin();
          CHECK(places[i] == (at == std::ssize(distinct) ? -1 : at));
        }
      }
    }
  }
}

TEST_CASE("texts of all sizes are hashed alike one by one and together", "[flat]") {
  std::mt19937_64 random(1);
  std::string bytes;
  std::vector<uint32_t> offsets = {0};
  for (size_t i = 0; i < 203; ++i) {
    for (size_t size = random() % (i % 3 == 0 ? 40 : 10); size > 0; --size) bytes += static_cast<char>(random() % 256);
    offsets.push_back(static_cast<uint32_t>(bytes.size()));
  }
  for (HashFamily family : {HashFamily::Xxh3, HashFamily::Farm, HashFamily::Murmur3}) {
    for (size_t first : {0, 1, 5}) {
      const std::span<const uint32_t> some = std::span(offsets).subspan(first);
      std::vector<int64_t> hashes(some.size() - 1);
      hashStrings(family, bytes.data(), some, hashes.data());
      for (size_t i = 0; i < hashes.size(); ++i) {
        const std::string_view text = std::string_view(bytes).substr(some[i], some[i + 1] - some[i]);
        CHECK(static_cast<uint64_t>(hashes[i]) == hashBytes(family, text));
      }
    }
  }
}

TEST_CASE("offsets are looked at in every instruction set, wherever they lie", "[flat][bind]") {
  for (const ArrayLoops* loops : allArrayLoops()) {
    for (size_t n : {0, 1, 8, 9, 33, 100}) {
      CAPTURE(loops->instructions, n);
      std::vector<int64_t> offsets = someInts(n + 1, 10);
      int64_t most = n == 0 ? 0 : *std::max_element(offsets.begin() + 1, offsets.end());
      offsets[0] = (int64_t{1} << 40) + 3;
      for (size_t i = 1; i <= n; ++i) offsets[i] += offsets[i - 1];
      std::vector<char> bytes((n + 1) * sizeof(int64_t) + 1);
      auto place = [&] {
        std::memcpy(bytes.data() + 1, offsets.data(), (n + 1) * sizeof(int64_t));
        return bytes.data() + 1;
      };
      CHECK_FALSE(loops->descend(place(), n));
      CHECK(loops->longest(place(), n) == most);
      std::vector<uint32_t> narrow(n + 1);
      loops->narrow(place(), narrow.data(), n);
      for (size_t i = 0; i <= n; ++i) CHECK(narrow[i] == static_cast<uint32_t>(offsets[i] - offsets[0]));
      if (n == 0) continue;
      offsets[n] = offsets[n - 1] - 1;
      CHECK(loops->descend(place(), n));
    }
  }
}
