// SPDX-License-Identifier: Apache-2.0
// What the plain search ads rival is made of: loops over the items, and the standard library's containers with types
// of this file, so that no instantiation is shared with code for another CPU.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "bench/handwritten/search_ads_values.h"

namespace featc::bench::ads {

namespace {

template <class T>
struct Local : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = Local<U>;
  };
  Local() = default;
  template <class U>
  Local(const Local<U>& /*other*/) {}
};
template <class T>
using Vector = std::vector<T, Local<T>>;

struct Word {
  std::string_view text;
  bool operator==(const Word& other) const {
    return text.size() == other.text.size() && __builtin_memcmp(text.data(), other.text.data(), text.size()) == 0;
  }
};
struct WordHash {
  size_t operator()(const Word& word) const {
    return hashText(word.text.data(), static_cast<int64_t>(word.text.size()));
  }
};
using WordSet = std::unordered_set<Word, WordHash>;
template <class V>
using WordMap = std::unordered_map<Word, V, WordHash>;

inline Word wordAt(const Texts& texts, int64_t r) {
  return {{textAt(texts, r), static_cast<size_t>(sizeAt(texts, r))}};
}
inline Vector<Word> wordsAt(const Texts& texts, const int64_t* offsets, int64_t r) {
  Vector<Word> words;
  for (int64_t e = offsets[r]; e < offsets[r + 1]; ++e) words.push_back(wordAt(texts, e));
  return words;
}
inline Vector<Word> queryTermsOf(const Input& in) {
  Vector<Word> words;
  for (int64_t t = 0; t < in.queryTermCount; ++t) words.push_back(wordAt(in.queryTerms, t));
  return words;
}
template <class V>
WordMap<V> mapOf(const TextMap<V>& map) {
  WordMap<V> values;
  for (int64_t i = 0; map.present && i < map.count; ++i) values.emplace(wordAt(map.keys, i), map.values[i]);
  return values;
}
inline std::string lowered(const Texts& texts, int64_t r) {
  std::string text(textAt(texts, r), static_cast<size_t>(sizeAt(texts, r)));
  for (char& c : text) c = lowerOf(c);
  return text;
}
inline uint64_t hashWord(const Word& word) { return WordHash()(word); }

// -- A loop over the items: what `of` gives for each --------------------------------------------------------

template <class Of>
void ids(const Input& in, const Columns& out, Output output, Of of) {
  uint64_t* column = out[output].ids;
  for (int64_t r = 0; r < in.items; ++r) column[r] = of(r);
}
template <class Of>
void numbers(const Input& in, const Columns& out, Output output, Of of) {
  float* column = out[output].dense;
  for (int64_t r = 0; r < in.items; ++r) column[r] = of(r);
}
// `of` puts a row's ids down by the function it is given.
template <class Of>
void lists(const Input& in, const Columns& out, Output output, Of of) {
  const RivalColumn& column = out[output];
  int64_t n = 0;
  column.offsets[0] = 0;
  for (int64_t r = 0; r < in.items; ++r) {
    of(r, [&](uint64_t payload) { column.ids[n++] = idOf(output, payload); });
    column.offsets[r + 1] = n;
  }
}

// -- Bands, which are missing where their number is, or is not finite -----------------------------------------

struct MaybeBand {
  bool present = false;
  int64_t band = 0;
  MaybeHash hash() const { return {present, hashNumber(band)}; }
};
template <size_t n>
MaybeBand bandAt(const Floats& column, int64_t r, const double (&boundaries)[n]) {
  double x = column.values[r];
  if (!isSet(column.valid, r) || !std::isfinite(x)) return {};
  return {true, static_cast<int64_t>(bandOf(x, boundaries))};
}
inline MaybeBand ageBandOf(const Input& in) {
  if (!isSet(in.age.valid, 0)) return {};
  return {true, static_cast<int64_t>(bandOf(in.age.values[0], kAges))};
}
inline MaybeHash textHash(const Texts& texts, int64_t r) {
  return isSet(texts.valid, r) ? MaybeHash{true, hashAt(texts, r)} : MaybeHash();
}

}  // namespace

}  // namespace featc::bench::ads
