// SPDX-License-Identifier: Apache-2.0
// Writes made-up shoppers and one request for the example server, the same bytes on every machine.
#include <fmt/core.h>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <random>
#include <string>
#include <string_view>

namespace {

constexpr uint64_t kSeed = 20'260'105;
constexpr int kShoppers = 200;
constexpr int kItems = 3;
constexpr std::array<std::string_view, 5> kCategories{"pizza", "sushi", "noodles", "salad", "curry"};

// The standard fixes the engine's numbers but not its distributions', hence a plain remainder; nor the order in which
// arguments are computed, hence one draw a statement.
uint64_t below(std::mt19937_64& random, uint64_t n) { return random() % n; }

std::string makeShoppers(std::mt19937_64& random) {
  std::string text;
  for (int user = 1; user <= kShoppers; ++user) {
    text +=
        fmt::format(R"({{"source": "shopper", "user_id": {}, "age": {}, "taste": {{)", user, 16 + below(random, 50));
    for (size_t c = 0; c < 2; ++c) {
      std::string_view category = kCategories[below(random, 2) + 2 * c];
      text += fmt::format(R"({}"{}": 0.{})", c == 0 ? "" : ", ", category, 1 + below(random, 9));
    }
    text += "}}\n";
  }
  return text;
}

std::string makeRequest(std::mt19937_64& random) {
  std::string text = R"({"request": {"user_id": 42, "city": "Rome"}, "items": [)";
  for (int i = 0; i < kItems; ++i) {
    uint64_t shop = below(random, 1000);
    std::string_view category = kCategories[below(random, kCategories.size())];
    text += fmt::format(R"({}{{"shop_id": {}, "category": "{}", "price": {}.5}})", i == 0 ? "" : ", ", shop, category,
                        5 + below(random, 30));
  }
  return text + "]}\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::mt19937_64 random(kSeed);
  std::string folder = argv[1];
  std::ofstream(folder + "/shoppers.jsonl", std::ios::binary) << makeShoppers(random);
  std::ofstream(folder + "/request.json", std::ios::binary) << makeRequest(random);
}
