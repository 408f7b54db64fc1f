// SPDX-License-Identifier: Apache-2.0
// Writes the takeaway example's data, the same bytes on every machine: requests.jsonl and profiles.jsonl.
#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr uint64_t kSeed = 20'260'101;
constexpr int kRequests = 60;
constexpr int kUsers = 45;
constexpr int kShops = 500;
constexpr int64_t kNow = 1'767'263'400;  // 2026-01-01 10:30 UTC

// The standard fixes the engine's numbers but not its distributions', hence our own.
class Random {
 public:
  int64_t below(int64_t n) { return static_cast<int64_t>(engine_() % static_cast<uint64_t>(n)); }
  int64_t between(int64_t low, int64_t high) { return low + below(high - low + 1); }
  bool chance(int percent) { return below(100) < percent; }
  template <class List>
  const auto& pick(const List& list) {
    return list[static_cast<size_t>(below(static_cast<int64_t>(std::size(list))))];
  }

 private:
  std::mt19937_64 engine_{kSeed};
};

struct Category {
  std::string_view name;
  std::array<std::string_view, 4> tags;
  int64_t price;  // typical, in cents
};

constexpr std::array<Category, 9> kCategories{{
    {"hotpot", {"spicy", "sharing", "川味", "late night"}, 6800},
    {"noodles", {"soup", "handmade", "vegetarian", "quick"}, 2200},
    {"dumplings", {"steamed", "fried", "handmade", "breakfast"}, 1900},
    {"sushi", {"fresh", "raw", "set menu", "日式"}, 5200},
    {"pizza", {"thin crust", "vegetarian", "cheese", "sharing"}, 4500},
    {"burgers", {"fries", "combo", "beef", "quick"}, 3600},
    {"milk tea", {"sweet", "iced", "奶茶", "new"}, 1500},
    {"salad", {"light", "vegetarian", "vegan", "lunch"}, 2900},
    {"烧烤", {"spicy", "grilled", "late night", "beer"}, 5500},
}};
constexpr std::array<std::string_view, 6> kCities{"Beijing", "Shanghai", "Chengdu", "Shenzhen", "杭州", "München"};
constexpr std::array<std::string_view, 10> kQueries{
    "Hotpot near me", "奶茶", "cheap noodles", "SUSHI",      "烧烤 外卖", "pizza \\\"margherita\\\"",
    "vegan",          "",     "Dumplings",     "käsespätzle"};

struct Shop {
  int64_t id;
  const Category* category;
  std::vector<std::string_view> tags;
  int64_t price;
};

std::string decimals(int64_t hundredths) { return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100); }

std::vector<Shop> makeShops(Random& random) {
  std::vector<Shop> shops;
  for (int i = 0; i < kShops; ++i) {
    const Category& category = random.pick(kCategories);
    Shop shop{100'000 + i * 37, &category, {}, category.price * random.between(60, 160) / 100};
    for (std::string_view tag : category.tags)
      if (random.chance(55)) shop.tags.push_back(tag);
    shops.push_back(std::move(shop));
  }
  return shops;
}

std::string makeItem(Random& random, const Shop& shop) {
  std::string item = fmt::format(R"({{"item_id": {}, )", shop.id);
  // A price that is not known is sometimes null and sometimes not there at all.
  if (random.chance(94))
    item += fmt::format(R"("price": {}, )", decimals(shop.price + random.between(-150, 150)));
  else if (random.chance(50))
    item += R"("price": null, )";
  item += fmt::format(R"("category": "{}", "tags": [)", shop.category->name);
  for (size_t i = 0; i < shop.tags.size(); ++i) item += fmt::format(R"({}"{}")", i == 0 ? "" : ", ", shop.tags[i]);
  item += "]";
  if (random.chance(92)) item += fmt::format(R"(, "distance": {})", decimals(random.between(8'000, 650'000)));
  return item + "}";
}

std::string makeRequest(Random& random, const std::vector<Shop>& shops, int64_t now) {
  int64_t user = 1001 + random.below(kUsers);
  std::string request = fmt::format(R"({{"request": {{"user_id": {}, "city": "{}", "hour": {}, "now": {}, )", user,
                                    random.pick(kCities), now / 3600 % 24, now);
  if (random.chance(70)) request += fmt::format(R"("query": "{}", )", random.pick(kQueries));

  int64_t clicks = random.chance(12) ? 0 : random.between(1, random.chance(10) ? 80 : 25);
  std::string ids;
  std::string times;
  int64_t when = now;
  for (int64_t i = 0; i < clicks; ++i) {
    when -= random.between(40, 60'000);
    ids += fmt::format("{}{}", i == 0 ? "" : ", ", random.pick(shops).id);
    times += fmt::format("{}{}", i == 0 ? "" : ", ", when);
  }
  request += fmt::format(R"("clicks": [{}], "click_ts": [{}]}}, "items": [)", ids, times);

  int64_t items = random.between(35, 75);
  for (int64_t i = 0; i < items; ++i) request += (i == 0 ? "" : ", ") + makeItem(random, random.pick(shops));
  return request + "]}\n";
}

std::string makeRequests(Random& random, const std::vector<Shop>& shops) {
  std::string lines;
  int64_t now = kNow;
  for (int i = 0; i < kRequests; ++i) {
    now += random.between(1, 1500);
    lines += makeRequest(random, shops, now);
  }
  return lines;
}

std::string makeProfiles(Random& random, const std::vector<Shop>& shops) {
  std::string lines;
  for (int i = 0; i < kUsers; ++i) {
    if (random.chance(10)) continue;  // a user the store has never seen
    std::string row = fmt::format(R"({{"source": "user_profile", "user_id": {})", 1001 + i);
    if (random.chance(85)) row += fmt::format(R"(, "age": {})", random.between(16, 71));
    if (random.chance(80)) row += fmt::format(R"(, "gender": "{}")", random.chance(50) ? "f" : "m");
    std::string taste;
    for (const Category& category : kCategories)
      if (random.chance(40))
        taste +=
            fmt::format(R"({}"{}": {})", taste.empty() ? "" : ", ", category.name, decimals(random.between(1, 100)));
    lines += row + fmt::format(R"(, "taste": {{{}}}}})", taste) + "\n";
  }
  for (const Shop& shop : shops) {
    if (random.chance(8)) continue;  // a new shop without figures
    int64_t views = random.between(0, 20'000);
    lines += fmt::format(R"({{"source": "item_stats", "item_id": {}, "clicks": {}, "views": {}}})", shop.id,
                         views * random.between(0, 18) / 100, views);
    lines += "\n";
  }
  return lines;
}

bool writeFile(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  file.close();
  if (!file) fmt::print(stderr, "cannot write {}\n", path);
  return static_cast<bool>(file);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: {} FOLDER\n", argv[0]);
    return 2;
  }
  Random random;
  std::vector<Shop> shops = makeShops(random);
  std::string folder = argv[1];
  bool written = writeFile(folder + "/requests.jsonl", makeRequests(random, shops));
  written = writeFile(folder + "/profiles.jsonl", makeProfiles(random, shops)) && written;
  return written ? 0 : 1;
}
