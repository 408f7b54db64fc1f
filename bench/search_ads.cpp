// SPDX-License-Identifier: Apache-2.0
// The 120-feature ranking config (bench/search_ads.feat), and data for it.
#include "bench/search_ads.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
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
constexpr int64_t kDay = 86'400;
constexpr size_t kVisits = 30;
constexpr size_t kWordsOfCategory = 60;

constexpr std::array<std::string_view, 36> kCategories{
    "phone",   "shoes", "dress",   "headphones", "snack",  "bag",     "laptop", "watch",   "lipstick",
    "jacket",  "toy",   "book",    "tea",        "coffee", "tablet",  "camera", "lamp",    "sofa",
    "kettle",  "rice",  "perfume", "tent",       "耳机",   "bicycle", "desk",   "curtain", "pillow",
    "blender", "drone", "guitar",  "vacuum",     "scarf",  "helmet",  "puzzle", "garden",  "电饭煲"};
constexpr std::array<std::string_view, 24> kTags{
    "free delivery", "new",     "sale",     "official", "imported", "gift",    "local",  "same day",
    "premium",       "organic", "refill",   "bundle",   "limited",  "student", "summer", "winter",
    "正品",          "包邮",    "handmade", "vintage",  "eco",      "kids",    "sport",  "travel"};
constexpr std::array<std::string_view, 10> kCities{"Shanghai", "Beijing", "Shenzhen", "Guangzhou", "Hangzhou",
                                                   "Chengdu",  "Wuhan",   "Xian",     "Nanjing",   "Suzhou"};
constexpr std::array<std::string_view, 6> kDevices{"android", "ios", "harmony", "web", "mini", "tv"};
constexpr std::array<std::string_view, 20> kSyllables{"ra",  "ne",  "to",  "li",  "mo",  "sa",  "ke",
                                                      "vi",  "du",  "pan", "ber", "sol", "tri", "max",
                                                      "lux", "nor", "fen", "gal", "zen", "ity"};

// Numbers below `n`, the k-th about as often as 1 / (k + 1).
class Zipf {
 public:
  explicit Zipf(size_t n) {
    for (size_t k = 0; k < n; ++k)
      upTo_.push_back((k == 0 ? 0 : upTo_.back()) + 1'000'000 / static_cast<int64_t>(k + 1));
  }
  size_t of(Random& random) const {
    return static_cast<size_t>(std::upper_bound(upTo_.begin(), upTo_.end(), random.below(upTo_.back())) -
                               upTo_.begin());
  }

 private:
  std::vector<int64_t> upTo_;
};

template <class Words>
std::string_view pick(Random& random, const Words& words) {
  return words[static_cast<size_t>(random.below(static_cast<int64_t>(words.size())))];
}

// What all requests are about: the same for each seed of them.
struct World {
  Zipf category{kCategories.size()};
  Zipf word{kWordsOfCategory};
  Zipf brand{240};
  Zipf shop{5'000};
  Zipf item{100'000};
  Zipf tag{kTags.size()};
  std::vector<std::vector<std::string>> words;  // by category, the category's name first
  std::vector<std::string> brands;

  World() {
    Random random(kSeed);
    auto made = [&](int64_t syllables) {
      std::string word;
      for (; syllables > 0; --syllables) word += pick(random, kSyllables);
      return word;
    };
    for (std::string_view category : kCategories) {
      words.push_back({std::string(category)});
      while (words.back().size() < kWordsOfCategory) words.back().push_back(made(random.between(1, 4)));
    }
    for (int i = 0; i < 240; ++i) brands.push_back(made(random.between(2, 3)));
  }
  std::string_view wordOf(Random& random, size_t category) const { return words[category][word.of(random)]; }
};

const World& world() {
  static const World world;
  return world;
}

double cents(Random& random, int64_t low, int64_t high) { return static_cast<double>(random.between(low, high)) / 100; }
// Most are small, few are large.
double priceOf(Random& random) { return cents(random, 300, random.chance(15) ? 400'000 : 30'000); }

std::string titleCase(std::string word) {
  if (word[0] >= 'a' && word[0] <= 'z') word[0] = static_cast<char>(word[0] - 32);
  return word;
}
std::string joined(const std::vector<std::string>& words, bool title) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + (title ? titleCase(word) : word);
  return text;
}

// What is asked for.
struct Search {
  size_t category = 0;
  std::string brand;  // empty: none
  std::vector<std::string> terms;
};

Search searchOf(Random& random) {
  Search search;
  search.category = world().category.of(random);
  if (random.chance(25)) search.brand = world().brands[world().brand.of(random)];
  if (!search.brand.empty()) search.terms.push_back(search.brand);
  for (int64_t n = random.between(1, 4); n > 0; --n) search.terms.emplace_back(world().wordOf(random, search.category));
  if (random.chance(15)) search.terms.emplace_back(kTags[world().tag.of(random)]);
  return search;
}

void fillVisits(BatchBuilder& builder, Random& random, size_t category, int64_t now) {
  std::vector<int64_t> ids;
  std::vector<std::string_view> categories;
  std::vector<int64_t> times;
  std::vector<double> prices;
  std::vector<std::string_view> actions;
  for (int64_t when = now; ids.size() < kVisits;) {
    when -= random.between(40, random.chance(20) ? 4 * kDay : 7'000);
    ids.push_back(500'000 + static_cast<int64_t>(world().item.of(random)));
    categories.push_back(kCategories[random.chance(25) ? category : world().category.of(random)]);
    times.push_back(when);
    prices.push_back(priceOf(random));
    actions.push_back(random.chance(75) ? "view" : random.chance(60) ? "cart" : "buy");
  }
  must(builder.set("visits.id", ids));
  must(builder.set("visits.category", categories));
  must(builder.set("visits.ts", times));
  must(builder.set("visits.price", prices));
  must(builder.set("visits.action", actions));
}

void fillProfile(BatchBuilder& builder, Random& random) {
  auto missing = [&] { return random.chance(kMissing); };
  if (!missing()) must(builder.set("city", pick(random, kCities)));
  if (!missing()) must(builder.set("age", random.between(14, 75)));
  if (!missing()) must(builder.set("gender", random.chance(55) ? "f" : "m"));
  if (!missing()) must(builder.set("level", random.below(6)));
  std::map<std::string_view, double> interests;
  while (interests.size() < 8) interests[kCategories[world().category.of(random)]] = cents(random, 1, 100);
  must(builder.set("interests", interests));
  std::map<std::string_view, int64_t> brands;
  while (brands.size() < 12) brands[world().brands[world().brand.of(random)]] = random.between(1, 40);
  must(builder.set("brand_clicks", brands));
  std::map<std::string_view, double> tags;
  while (tags.size() < 10) tags[kTags[world().tag.of(random)]] = cents(random, 1, 200);
  must(builder.set("tag_weights", tags));
}

void fillRequest(BatchBuilder& builder, Random& random, const Search& search, SearchAds kind) {
  int64_t now = kNow + random.below(28 * kDay);
  must(builder.set("user_id", 1'000'000 + random.below(9'000'000)));
  must(builder.set("now", now));
  must(builder.set("device", pick(random, kDevices)));
  must(builder.set("query", joined(search.terms, random.chance(20))));
  must(builder.set("query_terms", search.terms));
  if (kind != SearchAds::Bare) {
    fillProfile(builder, random);
    fillVisits(builder, random, search.category, now);
    return;
  }
  must(builder.set("visits.id", std::vector<int64_t>{}));
  must(builder.set("visits.category", std::vector<std::string>{}));
  must(builder.set("visits.ts", std::vector<int64_t>{}));
  must(builder.set("visits.price", std::vector<double>{}));
  must(builder.set("visits.action", std::vector<std::string>{}));
}

// An ad's title: half of them have each term that is asked for, among words of their category.
std::vector<std::string> titleOf(Random& random, const Search& search, size_t category) {
  std::vector<std::string> terms;
  for (const std::string& term : search.terms)
    if (category == search.category && random.chance(50)) terms.push_back(term);
  for (auto size = static_cast<size_t>(random.between(5, 10)); terms.size() < size;)
    terms.insert(terms.begin() + random.below(static_cast<int64_t>(terms.size()) + 1),
                 std::string(world().wordOf(random, random.chance(80) ? category : world().category.of(random))));
  return terms;
}

void fillItem(BatchBuilder& builder, Random& random, const Search& search) {
  auto missing = [&] { return random.chance(kMissing); };
  size_t category = random.chance(65) ? search.category : world().category.of(random);
  std::vector<std::string> terms = titleOf(random, search, category);
  std::vector<std::string_view> tags;
  for (int64_t n = random.below(6); n > 0; --n) tags.push_back(kTags[world().tag.of(random)]);
  double price = priceOf(random);
  int64_t views = random.chance(70) ? random.below(3'000) : random.below(400'000);
  int64_t clicks = views * random.below(12) / 100;
  must(builder.set("item_id", 500'000 + static_cast<int64_t>(world().item.of(random))));
  must(builder.set("shop_id", 10'000 + static_cast<int64_t>(world().shop.of(random))));
  must(builder.set("title", joined(terms, true)));
  must(builder.set("title_terms", terms));
  bool asked = !search.brand.empty() && random.chance(40);
  if (!missing()) must(builder.set("brand", asked ? search.brand : world().brands[world().brand.of(random)]));
  must(builder.set("category", kCategories[category]));
  must(builder.set("tags", tags));
  if (!missing()) must(builder.set("price", price));
  if (!missing()) must(builder.set("list_price", price * static_cast<double>(random.between(100, 180)) / 100));
  must(builder.set("bid", cents(random, 3, random.chance(10) ? 900 : 120)));
  if (!missing()) must(builder.set("rating", static_cast<double>(random.between(25, 50)) / 10));
  if (!missing()) must(builder.set("views", views));
  if (!missing()) must(builder.set("clicks", clicks));
  if (!missing()) must(builder.set("orders", clicks * random.below(10) / 100));
  if (!missing()) must(builder.set("listed_at", kNow - random.below(700 * kDay)));
}

// Replaces some of an item's values by what formulas written in haste get wrong.
void setOdd(BatchBuilder& builder, Random& random, const Search& search) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr std::array<double, 7> kFloats{
      std::numeric_limits<double>::quiet_NaN(), kInfinity, -kInfinity, -0.0, 1e300, -3.5, 0};
  constexpr std::array<int64_t, 6> kSizes{0, 1, 9, 17, 129, 300};
  auto size = [&] { return static_cast<size_t>(kSizes[static_cast<size_t>(random.below(kSizes.size()))]); };
  for (const char* field : {"price", "list_price", "bid", "rating"})
    if (random.chance(30)) must(builder.set(field, kFloats[static_cast<size_t>(random.below(kFloats.size()))]));
  for (const char* field : {"views", "clicks", "orders"})
    if (random.chance(20)) must(builder.set(field, -random.below(40)));
  for (const char* field : {"brand", "category"})
    if (random.chance(20)) must(builder.set(field, std::string(size(), 'x')));
  if (random.chance(20)) must(builder.set("listed_at", kNow - random.below(40'000 * kDay)));
  if (random.chance(20)) must(builder.set("title", std::string(size(), 'W')));
  if (random.chance(20))
    must(builder.set("title", "耳机 é" + std::string(random.chance(50) ? "" : " 무선 \U0001F3A7 PRO")));
  if (random.chance(10)) must(builder.set("title", joined(search.terms, true) + "!"));
  if (random.chance(30)) must(builder.set("title_terms", search.terms));
  if (random.chance(10)) must(builder.set("title_terms", std::vector<std::string>{}));
  if (random.chance(10)) {
    std::vector<std::string> terms(static_cast<size_t>(random.below(70)), search.terms[0]);
    for (std::string& term : terms)
      if (random.chance(50)) term = std::to_string(random.below(40));
    must(builder.set("title_terms", terms));
  }
  if (random.chance(10)) must(builder.set("tags", search.terms));
}

}  // namespace

std::string searchAdsConfig() { return configText("search_ads.feat"); }

void fillSearchAds(BatchBuilder& builder, uint32_t items, uint64_t seed, SearchAds kind) {
  Random random(seed);
  Search search = searchOf(random);
  if (kind == SearchAds::Odd) {
    search.terms.emplace_back("耳机");
    search.terms.push_back(search.terms[0]);
  }
  // As in the request, where the list of terms may be empty.
  Search asked = search;
  if (kind == SearchAds::Bare) asked.terms.clear();
  builder.clear();
  must(builder.beginRequest());
  fillRequest(builder, random, asked, kind);
  for (uint32_t item = 0; item < items; ++item) {
    must(builder.beginItem());
    fillItem(builder, random, search);
    if (kind == SearchAds::Odd) setOdd(builder, random, search);
    must(builder.endItem());
  }
  must(builder.endRequest());
}

}  // namespace featc::bench
