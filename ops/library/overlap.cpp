// SPDX-License-Identifier: Apache-2.0
// How the tokens of a query and of a title overlap, as Alibaba's FeatureGenerator counts it. Missing
// tokens are left out; where a side has none, the result is 0.
#include <algorithm>

#include "ops/groups.h"
#include "ops/library/distinct.h"
#include "ops/library/terms.h"
#include "ops/operator.h"

namespace featc {

namespace {

// Each is a function of the terms of two lists, none of them empty.

constexpr auto kQueryCommonRatio = [](const auto& t) {
  return static_cast<double>(t.queryInTitle()) / static_cast<double>(t.querySize);
};

constexpr auto kTitleCommonRatio = [](const auto& t) {
  return static_cast<double>(t.titleInQuery()) / static_cast<double>(t.titleSize);
};

constexpr auto kIsContained = [](const auto& t) {
  if (t.lacksOne()) return false;
  uint64_t matched = 0;
  for (uint64_t i = 0; i < t.titleSize && matched < t.querySize; ++i)
    if (t.title[i] == t.query[matched]) ++matched;
  return matched == t.querySize;
};

constexpr auto kIsEqual = [](const auto& t) {
  if (t.querySize != t.titleSize) return false;
  for (uint64_t i = 0; i < t.querySize; ++i)
    if (t.query[i] != t.title[i]) return false;
  return true;
};

// Knuth, Morris and Pratt's search: a query that repeats itself must not cost a product of lengths.
constexpr auto kTokenIndex = [](const auto& t) -> int64_t {
  if (t.lacksOne()) return -1;
  // border[i]: the length of the longest proper prefix of query[0..i] that it ends with too.
  auto border = t.places();
  if (!border) return 0;
  border[0] = 0;
  for (uint64_t i = 1, k = 0; i < t.querySize; ++i) {
    while (k > 0 && t.query[i] != t.query[k]) k = border[k - 1];
    if (t.query[i] == t.query[k]) ++k;
    border[i] = static_cast<std::decay_t<decltype(border[0])>>(k);
  }
  for (uint64_t i = 0, k = 0; i < t.titleSize; ++i) {
    while (k > 0 && t.title[i] != t.query[k]) k = border[k - 1];
    if (t.title[i] == t.query[k]) ++k;
    if (k == t.querySize) return static_cast<int64_t>(i + 1 - k);
  }
  return -1;
};

constexpr auto kMinCover = [](const auto& t) -> int64_t {
  if (t.lacksOne()) return 0;
  auto inside = t.counts();
  if (!inside) return 0;
  const uint32_t distinct = t.distinct();
  uint64_t best = 0;
  uint32_t covered = 0;
  // The window from `begin` to `i` moves on as soon as it holds every term.
  for (uint64_t i = 0, begin = 0; i < t.titleSize; ++i) {
    if (t.queryHas(t.title[i]) && inside[t.title[i]]++ == 0) ++covered;
    for (; covered == distinct; ++begin) {
      uint64_t size = i + 1 - begin;
      if (best == 0 || size < best) best = size;
      if (t.queryHas(t.title[begin]) && --inside[t.title[begin]] == 0) --covered;
    }
  }
  return static_cast<int64_t>(best);
};

// The operator that one of these makes; 0 where a side is empty.
template <class T, auto ofTwo>
auto compared(Context& context, List<T> query, List<T> title) {
  return ofTerms(context, query, title, ofTwo);
}
template <auto ofTwo>
auto comparedShort(const ShortTerms& t) {
  return ofShortTerms(t, ofTwo);
}

template <auto ofTwo>
void addCompared(OperatorBuilder op) {
  op.add<compared<Str, ofTwo>>();
  op.columnKernels<TermColumns<Str, compared<Str, ofTwo>, comparedShort<ofTwo>>>();
  op.add<compared<int64_t, ofTwo>>();
  op.columnKernels<TermColumns<int64_t, compared<int64_t, ofTwo>, comparedShort<ofTwo>>>();
}

// -- Distances between pairs of terms ---------------------------------------------------------------

// Each pair of the query's terms that the title has is as far apart as its closest occurrences.
struct Distances {
  uint64_t pairs = 0;
  uint64_t smallest = 0;
  uint64_t largest = 0;
  uint64_t sum = 0;
};

// The most terms whose pairs are looked at.
constexpr uint32_t kMaxPairedTerms = 1024;

template <class T>
Distances distancesOf(Context& context, const List<T>& query, const List<T>& title, uint64_t& titleSize) {
  RowScratch scratch(context);
  LongTerms t(scratch, query, title);
  titleSize = t.empty() ? 0 : t.titleSize;
  Distances r;
  if (t.empty()) return r;
  const uint32_t distinct = t.distinct();
  if (distinct > kMaxPairedTerms) {
    context.fail(RowStatus::ValueTooLarge);
    return r;
  }
  // closest[x * distinct + y] for x < y; 0: the pair has not met. last[x]: where x stood, from 1.
  auto* closest = scratch.allocate<uint32_t>(uint64_t{distinct} * distinct);
  auto* last = closest == nullptr ? nullptr : scratch.allocate<uint32_t>(distinct);
  if (last == nullptr) return r;
  std::fill_n(closest, uint64_t{distinct} * distinct, 0U);
  std::fill_n(last, distinct, 0U);
  for (uint64_t i = 0; i < t.titleSize; ++i) {
    uint32_t x = t.title[i];
    if (!t.queryHas(x)) continue;
    if (!context.spend(distinct)) return {};
    auto here = static_cast<uint32_t>(i + 1);
    for (uint32_t y = 0; y < distinct; ++y) {
      if (y == x || last[y] == 0) continue;
      uint32_t& pair = closest[uint64_t{std::min(x, y)} * distinct + std::max(x, y)];
      uint32_t apart = here - last[y];
      if (pair == 0 || apart < pair) pair = apart;
    }
    last[x] = here;
  }
  for (uint64_t i = 0; i < uint64_t{distinct} * distinct; ++i) {
    if (closest[i] == 0) continue;
    r.smallest = r.pairs == 0 ? closest[i] : std::min<uint64_t>(r.smallest, closest[i]);
    r.largest = std::max<uint64_t>(r.largest, closest[i]);
    r.sum += closest[i];
    ++r.pairs;
  }
  return r;
}

template <class T, uint64_t Distances::* distance>
int64_t pairDistance(Context& context, List<T> query, List<T> title) {
  uint64_t titleSize = 0;
  Distances d = distancesOf(context, query, title, titleSize);
  if (titleSize == 0) return 0;
  return static_cast<int64_t>(d.pairs == 0 ? titleSize + 1 : d.*distance);
}

template <class T>
double avgDistance(Context& context, List<T> query, List<T> title) {
  uint64_t titleSize = 0;
  Distances d = distancesOf(context, query, title, titleSize);
  if (titleSize == 0) return 0;
  if (d.pairs == 0) return static_cast<double>(titleSize + 1);
  return static_cast<double>(d.sum) / static_cast<double>(d.pairs);
}

}  // namespace

void registerOverlap(Registry& r) {
  r.group("Text overlap");
  auto add = [&](std::string_view name, std::string_view doc, std::string_view example, std::string_view result) {
    return r.add(name, {value("query"), value("title")}, doc)
        .warnIfSame("the text is compared with itself")
        .comparesElements()
        .example(example, result);
  };
  auto addBoth = [](OperatorBuilder op, auto forType) {
    forType.template operator()<Str>(op);
    forType.template operator()<int64_t>(op);
  };
  addCompared<kQueryCommonRatio>(add("query_common_ratio",
                                     "The share of the query's tokens that the title has; 0 where a side is empty.",
                                     R"(query_common_ratio(["b", "x"], ["a", "b", "c"]))", "0.5"));
  addCompared<kTitleCommonRatio>(add("title_common_ratio",
                                     "The share of the title's tokens that the query has; 0 where a side is empty.",
                                     R"(title_common_ratio(["b", "c"], ["a", "b", "c", "d"]))", "0.5"));
  addCompared<kIsContained>(add("is_contain",
                                "Whether the title has all tokens of the query in their order, possibly with others "
                                "between them; false where a side is empty.",
                                R"(is_contain(["b", "d"], ["a", "b", "c", "d"]))", "true"));
  addCompared<kIsEqual>(add("is_equal",
                            "Whether both have the same tokens in the same order; false where a side is empty.",
                            R"(is_equal(["a", "b"], ["b", "a"]))", "false"));
  addCompared<kTokenIndex>(add("token_index",
                               "The position in the title where the whole query occurs without gaps, -1 where it does "
                               "not; 0 where a side is empty.",
                               R"(token_index(["b", "c"], ["a", "b", "c", "d"]))", "1"));
  addCompared<kMinCover>(
      add("proximity_min_cover",
          "The length of the shortest stretch of the title that has every term of the query; 0 where one is "
          "absent.",
          R"(proximity_min_cover(["b", "d"], ["a", "b", "c", "d"]))", "3"));
  addBoth(add("proximity_min_dist",
              "The smallest distance of two query terms in the title, each pair at its closest; without a pair the "
              "title's length + 1, of an empty side 0; over 1,024 terms fail the row.",
              R"(proximity_min_dist(["a", "b", "d"], ["a", "b", "c", "d"]))", "1"),
          []<class T>(OperatorBuilder& op) { op.add<pairDistance<T, &Distances::smallest>>(); });
  addBoth(add("proximity_max_dist", "As `proximity_min_dist`, but the largest distance of a pair.",
              R"(proximity_max_dist(["a", "b", "d"], ["a", "b", "c", "d"]))", "3"),
          []<class T>(OperatorBuilder& op) { op.add<pairDistance<T, &Distances::largest>>(); });
  addBoth(add("proximity_avg_dist", "As `proximity_min_dist`, but the mean distance of the pairs.",
              R"(proximity_avg_dist(["a", "b", "d"], ["a", "b", "c", "d"]))", "2"),
          []<class T>(OperatorBuilder& op) { op.add<avgDistance<T>>(); });
}

}  // namespace featc
