// SPDX-License-Identifier: Apache-2.0
// What `vocab` makes of its list or map: a table from value to number.
#include "ops/vocabulary.h"

namespace featc {

namespace {

constexpr uint32_t kWordsParam = 1;

template <class Key>
Key keyOf(const Value& v) {
  if constexpr (std::is_same_v<Key, std::string>)
    return v.asString();
  else
    return v.asInt();
}

template <class N>
N numberOf(const Value& v) {
  if constexpr (std::is_same_v<N, double>)
    return v.asFloat();
  else
    return v.asInt();
}

Prepared wrong(std::string message) { return {nullptr, PrepareError{kWordsParam, std::move(message)}}; }

template <class K>
Prepared fromList(const Value& words, const Value& oov) {
  using State = Vocabulary<K, int64_t>;
  auto state = std::make_shared<State>();
  for (const Value& word : words.asList()) {
    if (word.isMissing()) return wrong("a word of the vocabulary is missing");
    auto position = static_cast<int64_t>(state->table.size());
    auto [it, added] = state->table.emplace(keyOf<typename State::Key>(word), position);
    if (!added)
      return wrong(toString(word) + " is in the vocabulary twice, at " + std::to_string(it->second) + " and " +
                   std::to_string(position));
  }
  state->outOfVocabulary = oov.isMissing() ? static_cast<int64_t>(state->table.size()) : oov.asInt();
  return {state, std::nullopt};
}

template <class K, class N>
Prepared fromMap(const Value& words, const Value& oov) {
  using State = Vocabulary<K, N>;
  auto state = std::make_shared<State>();
  for (const auto& [word, number] : words.asMap()) {
    if (number.isMissing()) return wrong("the number of " + toString(word) + " is missing");
    state->table.emplace(keyOf<typename State::Key>(word), numberOf<N>(number));
  }
  if (!oov.isMissing()) state->outOfVocabulary = numberOf<N>(oov);
  return {state, std::nullopt};
}

}  // namespace

Prepared prepareVocabulary(std::span<const Value> constants, std::span<const Type> types) {
  const Value& words = constants[0];
  const Value& oov = constants[1];
  if (words.isMissing()) return wrong("the vocabulary is missing");
  if (types[0].isList())
    return types[0].element().is(Kind::String) ? fromList<Str>(words, oov) : fromList<int64_t>(words, oov);
  bool floats = types[0].value().is(Kind::Float64);
  if (types[0].key().is(Kind::String))
    return floats ? fromMap<Str, double>(words, oov) : fromMap<Str, int64_t>(words, oov);
  return floats ? fromMap<int64_t, double>(words, oov) : fromMap<int64_t, int64_t>(words, oov);
}

}  // namespace featc
