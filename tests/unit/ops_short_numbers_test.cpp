// SPDX-License-Identifier: Apache-2.0
// Numbers for a row's few values, and what tells texts apart at first glance.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ops/library/short_numbers.h"
#include "tests/common/catch.h"
#include "tests/random/rng.h"

using namespace featc;

namespace {

std::string randomText(Rng& rng) {
  std::string text(rng.below(20), 'a');
  for (char& c : text) c = rng.chance(90) ? static_cast<char>('a' + rng.below(2)) : static_cast<char>(rng.below(256));
  return text;
}

}  // namespace

TEST_CASE("prints of short texts differ", "[ops]") {
  Rng rng(3);
  std::map<std::pair<size_t, uint64_t>, std::string> seen;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = randomText(rng);
    // In memory of just its size, so that a sanitizer sees what is read beyond it; and with 8 bytes that may be read.
    auto tight = std::make_unique<char[]>(text.size());
    std::copy(text.begin(), text.end(), tight.get());
    std::string wide = text + "surplus!";
    uint64_t print = TextPrint::of({tight.get(), text.size()});
    CHECK(print == TextPrint::inside({wide.data(), text.size()}));
    if (text.size() > 8) continue;
    auto [it, isNew] = seen.try_emplace({text.size(), print}, text);
    CHECK(it->second == text);
  }
}

TEST_CASE("few values are numbered as std::map does it", "[ops]") {
  Rng rng(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> texts;
    for (uint32_t i = 0; i < ShortNumbers<Str>::kMost; ++i) texts.push_back(randomText(rng));
    ShortNumbers<Str> numbers;
    std::map<std::string, uint32_t> wanted;
    for (uint32_t i = 0; i < texts.size() / 2; ++i)
      CHECK(numbers.add(Str::of(texts[i]), i) == wanted.try_emplace(texts[i], i).first->second);
    uint32_t size = numbers.size();
    CHECK(size == wanted.size());
    // Those behind are forgotten each time.
    for (int again = 0; again < 3; ++again) {
      auto all = wanted;
      for (uint32_t i = 0; i < texts.size() / 2; ++i) {
        const std::string& text = rng.pick(texts);
        CHECK(numbers.add(Str::of(text), 100 + i) == all.try_emplace(text, 100 + i).first->second);
      }
      numbers.shrink(size);
    }
  }
}

TEST_CASE("few numbers are numbered", "[ops]") {
  ShortNumbers<double> floats;
  CHECK(floats.add(0.0, 7) == 7);
  CHECK(floats.add(-0.0, 8) == 7);
  CHECK(floats.add(1.5, 9) == 9);
  ShortNumbers<int64_t> ints;
  CHECK(ints.add(-1, 3) == 3);
  CHECK(ints.add(255, 4) == 4);
  CHECK(ints.add(-1, 5) == 3);
}
