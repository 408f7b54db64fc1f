// SPDX-License-Identifier: Apache-2.0
// A config with three sources on two read levels, rows for a store, and requests for it.
#include "bench/reads_config.h"

#include <fmt/format.h>

#include "bench/data.h"
#include "bench/suite.h"
#include "data/memory/memory_store.h"

namespace featc::bench {

namespace {

constexpr int64_t kUsers = 1'000;
constexpr int64_t kShops = 1'000;

}  // namespace

std::string readsConfig(const std::string& keyPrefix) {
  std::string text = R"(model reads
request { user_id : int64
  hour : int64 }
item { dish_id : int64
  price : float64? }
source user(uid: int64) { key "user:{uid}" age : int64
  city : string
  tastes : list<string> }
source dish(did: int64) { key "dish:{did}" shop : int64
  category : string
  clicks : int64 }
source shop(sid: int64) { key "shop:{sid}" rating : float64
  city : string
  orders : int64 }
let u = user(user_id)
let d = dish(dish_id)
let s = shop(d.shop)
let age_band = bucketize(u.age, [18, 25, 35, 50])
let hot = log1p(d.clicks)
sparse user slot 1 = user_id
sparse dish slot 2 = dish_id
sparse shop slot 3 = d.shop
sparse category slot 4 = d.category
sparse city slot 5 = u.city
sparse shop_city slot 6 = s.city
sparse age slot 7 = age_band
sparse age_x_category slot 8 = cross(age_band, d.category)
sparse city_x_hour slot 9 = cross(u.city, hour)
sparse city_x_shop_city slot 10 = cross(u.city, s.city)
sparse tastes slot 11 = u.tastes
sparse taste_x_category slot 12 = cross(u.tastes, d.category)
sparse rating slot 13 = bucketize(s.rating, [1, 2, 3, 3.5, 4, 4.5])
sparse clicks slot 14 = bucketize(d.clicks, [1, 10, 100, 1000])
sparse orders slot 15 = bucketize(s.orders, [1, 10, 100, 1000])
sparse price slot 16 = bucketize(price, [5, 10, 20, 40, 80])
sparse price_x_hour slot 17 = cross(bucketize(price, [5, 10, 20]), hour)
sparse same_city slot 18 = u.city == s.city
dense price_log default -1 = log1p(price)
dense hot = hot
dense share = d.clicks / (s.orders + 1)
dense rating_gap = s.rating - 3.5
dense score = hot * s.rating
)";
  const std::string before = " key \"";
  for (size_t at = text.find(before); at != std::string::npos; at = text.find(before, at + 1))
    text.insert(at + before.size(), keyPrefix);
  return text;
}

void eachReadsRow(const std::function<void(const char* source, const char* key, int64_t id,
                                           const std::vector<RowField>& row)>& visit) {
  Random random(kSeed);
  auto number = [&](const char* name, int64_t n) { return RowField{name, fmt::format("{}", n)}; };
  auto text = [&](const char* name, const char* prefix, int64_t n) {
    return RowField{name, fmt::format("{}{}", prefix, n), true};
  };
  for (int64_t i = 0; i < kUsers; ++i)
    visit("user", "uid", i,
          {number("age", random.between(15, 80)),
           text("city", "city", random.below(50)),
           {"tastes", fmt::format(R"(["t{}", "food"])", random.below(30))}});
  for (int64_t i = 0; i < kDishes; ++i)
    visit("dish", "did", i,
          {number("shop", random.below(kShops)), text("category", "t", random.below(30)),
           number("clicks", random.below(5'000))});
  for (int64_t i = 0; i < kShops; ++i)
    visit("shop", "sid", i,
          {{"rating", fmt::format("{}.5", random.below(5))},
           text("city", "city", random.below(50)),
           number("orders", random.below(5'000))});
}

std::string readsRows() {
  std::string rows;
  eachReadsRow([&](const char* source, const char* key, int64_t id, const std::vector<RowField>& row) {
    rows += fmt::format(R"({{"source": "{}", "{}": {})", source, key, id);
    for (const RowField& field : row)
      rows += fmt::format(R"(, "{}": {})", field.name, field.isString ? '"' + field.text + '"' : field.text);
    rows += "}\n";
  });
  return rows;
}

void fillReads(BatchBuilder& builder, uint32_t items, uint64_t seed, int64_t dishes) {
  Random random(seed);
  builder.clear();
  must(builder.beginRequest());
  must(builder.set("user_id", random.below(kUsers)));
  must(builder.set("hour", random.below(24)));
  for (uint32_t i = 0; i < items; ++i) {
    must(builder.beginItem());
    // Distinct ones where there are as many dishes as items.
    must(builder.set("dish_id", dishes == items ? int64_t{i} : random.below(dishes)));
    if (!random.chance(10)) must(builder.set("price", static_cast<double>(random.below(10'000)) / 100));
    must(builder.endItem());
  }
  must(builder.endRequest());
}

Requests::Requests(const ProgramInfo& info) {
  constexpr size_t kRequests = 64;
  for (size_t i = 0; i < kRequests; ++i) fillReads(builders.emplace_back(info), kReadsItems, kSeed + i);
  for (BatchBuilder& builder : builders) batches.push_back(builder.batch());
}

ReadsSubject::ReadsSubject(const std::string& keyPrefix) : config(compileText(readsConfig(keyPrefix))) {
  StoreLoadReport report;
  rows = MemoryStore::parse(readsRows(), config.optimized.info().sources, report);
  if (report.badLineCount > 0) throw Broken("rows of the reads' config cannot be read");
}

std::shared_ptr<const Extractor> ReadsSubject::with(std::shared_ptr<Store> store) const {
  EngineOptions options;
  options.stores.fallback = std::move(store);
  ExtractorResult made = makeExtractor(config.optimized, options);
  if (!made.extractor) throw Broken(made.error);
  return made.extractor;
}

}  // namespace featc::bench
