// SPDX-License-Identifier: Apache-2.0
// The 40-feature config with strings, lists and missing values (bench/takeaway.feat), and data for it.
#include "bench/takeaway.h"

#include <array>
#include <map>
#include <string_view>
#include <vector>

#include "bench/data.h"
#include "bench/program.h"
#include "bench/suite.h"

namespace featc::bench {

namespace {

constexpr int kMissing = 10;  // percent
constexpr int64_t kNow = 1'767'263'400;
constexpr int64_t kShops = 500;

constexpr std::array<std::string_view, 9> kCategories{"hotpot",  "noodles",  "dumplings", "sushi", "pizza",
                                                      "burgers", "milk tea", "salad",     "烧烤"};
constexpr std::array<std::string_view, 16> kTags{"spicy", "sharing", "late night", "soup",      "handmade", "quick",
                                                 "fried", "steamed", "set menu",   "日式",      "beef",     "iced",
                                                 "奶茶",  "light",   "breakfast",  "vegetarian"};

int64_t shopId(Random& random) { return 100'000 + random.below(kShops) * 37; }

void fillRequest(BatchBuilder& builder, Random& random, bool sparse) {
  must(builder.set("user_id", 1001));
  must(builder.set("city", "Shanghai"));
  must(builder.set("hour", 10));
  must(builder.set("now", kNow));
  std::vector<int64_t> clicks;
  std::vector<int64_t> times;
  if (sparse) {
    must(builder.set("clicks", clicks));
    must(builder.set("click_ts", times));
    return;
  }
  must(builder.set("query", "Hotpot near me"));
  for (int64_t when = kNow; clicks.size() < 25;) {
    when -= random.between(40, 60'000);
    clicks.push_back(shopId(random));
    times.push_back(when);
  }
  must(builder.set("clicks", clicks));
  must(builder.set("click_ts", times));
  must(builder.set("age", 31));
  must(builder.set("gender", "f"));
  const std::map<std::string, double> taste = {{"burgers", 0.25}, {"hotpot", 0.7}, {"noodles", 0.4}, {"sushi", 0.1}};
  must(builder.set("taste", taste));
}

void fillItem(BatchBuilder& builder, Random& random) {
  auto missing = [&] { return random.chance(kMissing); };
  must(builder.set("item_id", shopId(random)));
  if (!missing()) must(builder.set("price", static_cast<double>(random.between(300, 12'000)) / 100));
  if (!missing()) must(builder.set("category", kCategories[static_cast<size_t>(random.below(kCategories.size()))]));
  std::vector<std::string_view> tags;
  for (int64_t n = random.below(5); n > 0; --n) tags.push_back(kTags[static_cast<size_t>(random.below(kTags.size()))]);
  must(builder.set("tags", tags));
  if (!missing()) must(builder.set("distance", static_cast<double>(random.between(8'000, 650'000)) / 100));
  int64_t views = random.below(20'000);
  if (!missing()) must(builder.set("item_clicks", views * random.below(18) / 100));
  if (!missing()) must(builder.set("item_views", views));
}

}  // namespace

std::string takeawayConfig() { return configText("takeaway.feat"); }

void fillTakeaway(BatchBuilder& builder, uint32_t items, uint64_t seed, bool sparseRequest) {
  Random random(seed);
  builder.clear();
  must(builder.beginRequest());
  fillRequest(builder, random, sparseRequest);
  for (uint32_t item = 0; item < items; ++item) {
    must(builder.beginItem());
    fillItem(builder, random);
    must(builder.endItem());
  }
  must(builder.endRequest());
}

}  // namespace featc::bench
