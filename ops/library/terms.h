// SPDX-License-Identifier: Apache-2.0
// The elements of two lists as numbers, equal where the elements are: what is compared and counted instead of them.
// Missing elements, and floats that are not finite, are left out.
#pragma once

#include <algorithm>
#include <array>
#include <limits>

#include "ops/library/distinct.h"
#include "ops/library/short_numbers.h"

namespace featc {

// How many numbers a set of them has. Without the instruction that counts bits, which not every x86-64 machine has.
constexpr uint32_t sizeOfSet(uint64_t set) {
  set -= set >> 1U & 0x5555555555555555U;
  set = (set & 0x3333333333333333U) + (set >> 2U & 0x3333333333333333U);
  set = (set + (set >> 4U)) & 0x0F0F0F0F0F0F0F0FU;
  return static_cast<uint32_t>(set * 0x0101010101010101U >> 56U);
}

// Of short lists: numbers below 64, on the stack.
struct ShortTerms {
  static constexpr uint32_t kMost = 64;  // elements of a list

  std::array<uint8_t, kMost> query;
  std::array<uint8_t, kMost> title;
  uint32_t querySize = 0;
  uint32_t titleSize = 0;
  uint64_t inQuery = 0;  // a bit a number
  uint64_t inTitle = 0;

  bool empty() const { return querySize == 0 || titleSize == 0; }
  // Whether the title is known to lack a term of the query.
  bool lacksOne() const { return (inQuery & ~inTitle) != 0; }
  uint32_t distinct() const { return sizeOfSet(inQuery); }
  bool queryHas(uint32_t term) const { return (inQuery >> term & 1U) != 0; }
  // How many of the query's tokens the title has, and the other way round.
  uint64_t queryInTitle() const { return countIn(query, querySize, inTitle); }
  uint64_t titleInQuery() const { return countIn(title, titleSize, inQuery); }

  // A number a term, 0 at first.
  struct Counts : std::array<uint8_t, kMost> {
    explicit operator bool() const { return true; }
  };
  Counts counts() const { return {}; }
  // Room for a number a token of the query.
  struct Places : std::array<uint8_t, kMost> {
    explicit operator bool() const { return true; }
  };
  Places places() const {
    Places room;
    return room;
  }

 private:
  static uint64_t countIn(const std::array<uint8_t, kMost>& terms, uint32_t size, uint64_t set) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < size; ++i) n += set >> terms[i] & 1U;
    return n;
  }
};

namespace detail {

// Elements that are small numbers already, as they are. False: they are not.
template <class T>
bool takeSmall(const List<T>& list, std::array<uint8_t, ShortTerms::kMost>& out, uint32_t& size, uint64_t& set) {
  if (list.size > ShortTerms::kMost) return false;
  uint64_t all = 0;
  uint64_t bits = 0;
  if (list.valid == nullptr) {
    for (uint64_t i = 0; i < list.size; ++i) {
      auto x = static_cast<uint64_t>(list.data[i]);
      all |= x;
      bits |= uint64_t{1} << (x & 63U);
      out[i] = static_cast<uint8_t>(x);
    }
    size = static_cast<uint32_t>(list.size);
  } else {
    size = 0;
    for (uint64_t i = 0; i < list.size; ++i) {
      if (list.valid[i] == 0) continue;
      auto x = static_cast<uint64_t>(list.data[i]);
      all |= x;
      bits |= uint64_t{1} << (x & 63U);
      out[size++] = static_cast<uint8_t>(x);
    }
  }
  set = bits;
  return all < 64;
}

template <class T>
uint64_t takeNumbered(const List<T>& list, ShortNumbers<T>& numbers, std::array<uint8_t, ShortTerms::kMost>& out,
                      uint32_t& size) {
  uint64_t set = 0;
  for (uint64_t i = 0; i < list.size; ++i) {
    if (!isElement(list, i)) continue;
    uint32_t x = numbers.add(list.data[i], numbers.size());
    set |= uint64_t{1} << x;
    out[size++] = static_cast<uint8_t>(x);
  }
  return set;
}

}  // namespace detail

// False: the lists are too long.
template <class T>
bool shortTerms(const List<T>& query, const List<T>& title, ShortTerms& t) {
  if constexpr (std::is_integral_v<T>)
    if (detail::takeSmall(query, t.query, t.querySize, t.inQuery) &&
        detail::takeSmall(title, t.title, t.titleSize, t.inTitle))
      return true;
  static_assert(ShortTerms::kMost <= ShortNumbers<T>::kMost);
  if (query.size > ShortTerms::kMost || title.size > ShortTerms::kMost - query.size) return false;
  t.querySize = t.titleSize = 0;
  ShortNumbers<T> numbers;
  t.inQuery = detail::takeNumbered(query, numbers, t.query, t.querySize);
  t.inTitle = detail::takeNumbered(title, numbers, t.title, t.titleSize);
  return true;
}

// Of lists of any length, in working memory; kAbsent is a title's token that the query lacks.
class LongTerms {
 public:
  static constexpr uint32_t kAbsent = std::numeric_limits<uint32_t>::max();

  // Where there is no memory both are empty, after marking the row.
  template <class T>
  LongTerms(RowScratch& scratch, const List<T>& query, const List<T>& title) : scratch_(scratch) {
    T* values = scratch.allocate<T>(query.size);
    auto* ofQuery = values == nullptr ? nullptr : scratch.allocate<uint32_t>(query.size);
    auto* ofTitle = ofQuery == nullptr ? nullptr : scratch.allocate<uint32_t>(title.size);
    if (ofTitle == nullptr) return;
    DistinctValues<T> terms(scratch, values, query.size, boundOf(query, title));
    if (!terms.ok()) return;
    terms.addAll(query);
    distinct_ = terms.size();
    for (uint64_t i = 0; i < query.size; ++i)
      if (isElement(query, i)) ofQuery[querySize++] = terms.find(query.data[i]);
    for (uint64_t i = 0; i < title.size; ++i)
      if (isElement(title, i)) ofTitle[titleSize++] = terms.find(title.data[i]);
    this->query = ofQuery;
    this->title = ofTitle;
  }

  const uint32_t* query = nullptr;
  const uint32_t* title = nullptr;
  uint64_t querySize = 0;
  uint64_t titleSize = 0;

  bool empty() const { return querySize == 0 || titleSize == 0; }
  bool lacksOne() const { return false; }
  uint32_t distinct() const { return distinct_; }
  bool queryHas(uint32_t term) const { return term != kAbsent; }
  uint64_t queryInTitle() const {
    uint32_t* inTitle = counts();
    if (inTitle == nullptr) return 0;
    for (uint64_t i = 0; i < titleSize; ++i)
      if (queryHas(title[i])) inTitle[title[i]] = 1;
    uint64_t n = 0;
    for (uint64_t i = 0; i < querySize; ++i) n += inTitle[query[i]];
    return n;
  }
  uint64_t titleInQuery() const {
    return titleSize - static_cast<uint64_t>(std::count(title, title + titleSize, kAbsent));
  }
  // Null after marking the row.
  uint32_t* counts() const {
    auto* counts = scratch_.allocate<uint32_t>(distinct_);
    if (counts != nullptr) std::fill_n(counts, distinct_, 0U);
    return counts;
  }
  uint64_t* places() const { return scratch_.allocate<uint64_t>(querySize); }

 private:
  RowScratch& scratch_;
  uint32_t distinct_ = 0;
};

namespace detail {

// The list of the row before.
template <class T>
class LastList {
 public:
  // Else it is from now on.
  bool is(const List<T>& list) {
    if (known_ && list.data == list_.data && list.valid == list_.valid && list.size == list_.size) return true;
    list_ = list;
    known_ = true;
    return false;
  }

 private:
  List<T> list_;
  bool known_ = false;
};

}  // namespace detail

// Two lists in each of many rows as terms; what a row shares with the one before is not done again. Null: they are too
// long.
class TextTerms {
 public:
  const ShortTerms* take(const List<Str>& query, const List<Str>& title) {
    if (query.size > ShortTerms::kMost || title.size > ShortTerms::kMost - query.size) return nullptr;
    if (!query_.is(query)) {
      numbers_.shrink(0);
      terms_.querySize = 0;
      terms_.inQuery = detail::takeNumbered(query, numbers_, terms_.query, terms_.querySize);
      distinct_ = numbers_.size();
    }
    terms_.titleSize = 0;
    terms_.inTitle = detail::takeNumbered(title, numbers_, terms_.title, terms_.titleSize);
    numbers_.shrink(distinct_);
    return &terms_;
  }

 private:
  ShortTerms terms_;
  ShortNumbers<Str> numbers_;
  detail::LastList<Str> query_;
  uint32_t distinct_ = 0;  // texts of the query
};

// The same of small numbers, as the optimizer makes them of texts (ops/library/text_numbers.cpp). Null for others too.
class SmallTerms {
 public:
  const ShortTerms* take(const List<int64_t>& query, const List<int64_t>& title) {
    if (!query_.is(query)) querySmall_ = detail::takeSmall(query, terms_.query, terms_.querySize, terms_.inQuery);
    if (!title_.is(title)) titleSmall_ = detail::takeSmall(title, terms_.title, terms_.titleSize, terms_.inTitle);
    return querySmall_ && titleSmall_ ? &terms_ : nullptr;
  }

 private:
  ShortTerms terms_;
  detail::LastList<int64_t> query_;
  detail::LastList<int64_t> title_;
  bool querySmall_ = false;
  bool titleSmall_ = false;
};

// The kernel of an operator of two lists of texts or integers: `fn` is the operator's function, `ofShort` what it makes
// of short terms.
template <class T, auto fn, auto ofShort>
struct TermColumns {
  using Result = decltype(ofShort(ShortTerms()));

  static void kernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    const ColumnRef queries = args[0];
    const ColumnRef titles = args[1];
    detail::RowWriter<typename detail::ResultOf<Result>::Cell> writer(out);
    std::conditional_t<std::is_same_v<T, Str>, TextTerms, SmallTerms> terms;
    for (uint32_t row = 0; row < n; ++row) {
      context.row = row;
      Maybe<typename detail::ResultOf<Result>::Cell> result;
      if (queries.present(row) && titles.present(row)) {
        const auto query = queries.get<List<T>>(row);
        const auto title = titles.get<List<T>>(row);
        const ShortTerms* few = terms.take(query, title);
        if (context.spend(query.size + title.size))
          result = few != nullptr ? Result(ofShort(*few)) : Result(fn(context, query, title));
      }
      writer.put(row, result.value, result.present);
    }
    writer.finish(n);
  }
};

// What `f` makes of the terms; 0 where a side has none.
template <class F>
auto ofShortTerms(const ShortTerms& t, F f) -> decltype(f(t)) {
  if (t.empty()) return {};
  return f(t);
}
template <class T, class F>
auto ofTerms(Context& context, const List<T>& query, const List<T>& title, F f) -> decltype(f(ShortTerms())) {
  ShortTerms few;
  if (shortTerms(query, title, few)) return ofShortTerms(few, f);
  RowScratch scratch(context);
  LongTerms terms(scratch, query, title);
  if (terms.empty()) return {};
  return f(terms);
}

}  // namespace featc
