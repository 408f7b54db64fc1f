// SPDX-License-Identifier: Apache-2.0
// How the tokens of a query and of a title overlap, as Alibaba's FeatureGenerator counts it. Missing
// tokens are left out; where a side has none, the result is 0.
#include <algorithm>

#include "ops/distinct.h"
#include "ops/groups.h"
#include "ops/operator.h"

namespace featc {

namespace {

// Both sides as numbers of the query's distinct terms; kAbsent is a title's token that the query lacks.
struct Terms {
  static constexpr uint32_t kAbsent = std::numeric_limits<uint32_t>::max();
  uint32_t* query = nullptr;
  uint32_t* title = nullptr;
  uint64_t querySize = 0;
  uint64_t titleSize = 0;
  uint32_t distinct = 0;

  bool empty() const { return querySize == 0 || titleSize == 0; }
};

template <class T>
Terms termsOf(RowScratch& scratch, const List<T>& query, const List<T>& title) {
  Terms t;
  T* values = scratch.allocate<T>(query.size);
  t.query = values == nullptr ? nullptr : scratch.allocate<uint32_t>(query.size);
  t.title = t.query == nullptr ? nullptr : scratch.allocate<uint32_t>(title.size);
  if (t.title == nullptr) return {};
  DistinctValues<T> terms(scratch, values, query.size);
  if (!terms.ok()) return {};
  terms.addAll(query);
  t.distinct = terms.size();
  for (uint64_t i = 0; i < query.size; ++i)
    if (isElement(query, i)) t.query[t.querySize++] = terms.find(query.data[i]);
  for (uint64_t i = 0; i < title.size; ++i)
    if (isElement(title, i)) t.title[t.titleSize++] = terms.find(title.data[i]);
  return t;
}

// How often each term of the query is in the title; null after marking the row.
uint32_t* countsInTitle(RowScratch& scratch, const Terms& t) {
  auto* counts = scratch.allocate<uint32_t>(t.distinct);
  if (counts == nullptr) return nullptr;
  std::fill_n(counts, t.distinct, 0U);
  for (uint64_t i = 0; i < t.titleSize; ++i)
    if (t.title[i] != Terms::kAbsent) ++counts[t.title[i]];
  return counts;
}

template <class T>
double queryCommonRatio(Context& context, List<T> query, List<T> title) {
  RowScratch scratch(context);
  Terms t = termsOf(scratch, query, title);
  if (t.empty()) return 0;
  uint32_t* counts = countsInTitle(scratch, t);
  if (counts == nullptr) return 0;
  uint64_t common = 0;
  for (uint64_t i = 0; i < t.querySize; ++i) common += counts[t.query[i]] > 0 ? 1 : 0;
  return static_cast<double>(common) / static_cast<double>(t.querySize);
}

template <class T>
double titleCommonRatio(Context& context, List<T> query, List<T> title) {
  RowScratch scratch(context);
  Terms t = termsOf(scratch, query, title);
  if (t.empty()) return 0;
  auto common = t.titleSize - static_cast<uint64_t>(std::count(t.title, t.title + t.titleSize, Terms::kAbsent));
  return static_cast<double>(common) / static_cast<double>(t.titleSize);
}

template <class T>
bool isContained(Context& context, List<T> query, List<T> title) {
  RowScratch scratch(context);
  Terms t = termsOf(scratch, query, title);
  uint64_t matched = 0;
  for (uint64_t i = 0; i < t.titleSize && matched < t.querySize; ++i)
    if (t.title[i] == t.query[matched]) ++matched;
  return !t.empty() && matched == t.querySize;
}

template <class T>
bool isEqual(Context& context, List<T> query, List<T> title) {
  RowScratch scratch(context);
  Terms t = termsOf(scratch, query, title);
  return !t.empty() && std::equal(t.query, t.query + t.querySize, t.title, t.title + t.titleSize);
}

// Knuth, Morris and Pratt's search: a query that repeats itself must not cost a product of lengths.
template <class T>
int64_t tokenIndex(Context& context, List<T> query, List<T> title) {
  RowScratch scratch(context);
  Terms t = termsOf(scratch, query, title);
  if (t.empty()) return 0;
  // border[i]: the length of the longest proper prefix of query[0..i] that it ends with too.
  auto* border = scratch.allocate<uint64_t>(t.querySize);
  if (border == nullptr) return 0;
  border[0] = 0;
  for (uint64_t i = 1, k = 0; i < t.querySize; ++i) {
    while (k > 0 && t.query[i] != t.query[k]) k = border[k - 1];
    if (t.query[i] == t.query[k]) ++k;
    border[i] = k;
  }
  for (uint64_t i = 0, k = 0; i < t.titleSize; ++i) {
    while (k > 0 && t.title[i] != t.query[k]) k = border[k - 1];
    if (t.title[i] == t.query[k]) ++k;
    if (k == t.querySize) return static_cast<int64_t>(i + 1 - k);
  }
  return -1;
}

template <class T>
int64_t minCover(Context& context, List<T> query, List<T> title) {
  RowScratch scratch(context);
  Terms t = termsOf(scratch, query, title);
  if (t.empty()) return 0;
  auto* inside = scratch.allocate<uint32_t>(t.distinct);
  if (inside == nullptr) return 0;
  std::fill_n(inside, t.distinct, 0U);
  uint64_t best = 0;
  uint32_t covered = 0;
  // The window from `begin` to `i` moves on as soon as it holds every term.
  for (uint64_t i = 0, begin = 0; i < t.titleSize; ++i) {
    if (t.title[i] != Terms::kAbsent && inside[t.title[i]]++ == 0) ++covered;
    for (; covered == t.distinct; ++begin) {
      uint64_t size = i + 1 - begin;
      if (best == 0 || size < best) best = size;
      if (t.title[begin] != Terms::kAbsent && --inside[t.title[begin]] == 0) --covered;
    }
  }
  return static_cast<int64_t>(best);
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
  Terms t = termsOf(scratch, query, title);
  titleSize = t.empty() ? 0 : t.titleSize;
  Distances r;
  if (t.empty()) return r;
  if (t.distinct > kMaxPairedTerms) {
    context.fail(RowStatus::ValueTooLarge);
    return r;
  }
  // closest[x * distinct + y] for x < y; 0: the pair has not met. last[x]: where x stood, from 1.
  auto* closest = scratch.allocate<uint32_t>(uint64_t{t.distinct} * t.distinct);
  auto* last = closest == nullptr ? nullptr : scratch.allocate<uint32_t>(t.distinct);
  if (last == nullptr) return r;
  std::fill_n(closest, uint64_t{t.distinct} * t.distinct, 0U);
  std::fill_n(last, t.distinct, 0U);
  for (uint64_t i = 0; i < t.titleSize; ++i) {
    uint32_t x = t.title[i];
    if (x == Terms::kAbsent) continue;
    if (!context.spend(t.distinct)) return {};
    auto here = static_cast<uint32_t>(i + 1);
    for (uint32_t y = 0; y < t.distinct; ++y) {
      if (y == x || last[y] == 0) continue;
      uint32_t& pair = closest[uint64_t{std::min(x, y)} * t.distinct + std::max(x, y)];
      uint32_t apart = here - last[y];
      if (pair == 0 || apart < pair) pair = apart;
    }
    last[x] = here;
  }
  for (uint64_t i = 0; i < uint64_t{t.distinct} * t.distinct; ++i) {
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
        .ofSame("the text is compared with itself")
        .example(example, result);
  };
  auto addBoth = [](OperatorBuilder op, auto forType) {
    forType.template operator()<Str>(op);
    forType.template operator()<int64_t>(op);
  };
  addBoth(add("query_common_ratio", "The share of the query's tokens that the title has; 0 where a side is empty.",
              R"(query_common_ratio(["b", "x"], ["a", "b", "c"]))", "0.5"),
          []<class T>(OperatorBuilder& op) { op.add<queryCommonRatio<T>>(); });
  addBoth(add("title_common_ratio", "The share of the title's tokens that the query has; 0 where a side is empty.",
              R"(title_common_ratio(["b", "c"], ["a", "b", "c", "d"]))", "0.5"),
          []<class T>(OperatorBuilder& op) { op.add<titleCommonRatio<T>>(); });
  addBoth(add("is_contain",
              "Whether the title has all tokens of the query in their order, others perhaps between them; false where "
              "a side is empty.",
              R"(is_contain(["b", "d"], ["a", "b", "c", "d"]))", "true"),
          []<class T>(OperatorBuilder& op) { op.add<isContained<T>>(); });
  addBoth(add("is_equal", "Whether both have the same tokens in the same order; false where a side is empty.",
              R"(is_equal(["a", "b"], ["b", "a"]))", "false"),
          []<class T>(OperatorBuilder& op) { op.add<isEqual<T>>(); });
  addBoth(add("token_index",
              "The position in the title from which the whole query stands there in a row, -1 where it does not; 0 "
              "where a side is empty.",
              R"(token_index(["b", "c"], ["a", "b", "c", "d"]))", "1"),
          []<class T>(OperatorBuilder& op) { op.add<tokenIndex<T>>(); });
  addBoth(add("proximity_min_cover",
              "The length of the shortest stretch of the title that has every term of the query; 0 where one is "
              "absent.",
              R"(proximity_min_cover(["b", "d"], ["a", "b", "c", "d"]))", "3"),
          []<class T>(OperatorBuilder& op) { op.add<minCover<T>>(); });
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
