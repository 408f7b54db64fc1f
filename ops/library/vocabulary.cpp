// SPDX-License-Identifier: Apache-2.0
// What `vocab` makes of its list, map or file: a table from value to number.
#include "ops/library/vocabulary.h"

#include <algorithm>

#include "values/parse.h"

namespace featc {

namespace {

constexpr uint32_t kWordsParam = 1;
constexpr uint32_t kFileParam = 3;

template <class N>
N numberOf(const Value& v) {
  if constexpr (std::is_same_v<N, double>)
    return v.asFloat();
  else
    return v.asInt();
}

Prepared wrong(std::string message) { return {nullptr, PrepareError{kWordsParam, std::move(message)}}; }
Prepared wrongFile(VocabularyProblem problem) {
  return {nullptr, PrepareError{kFileParam, std::move(problem.message), problem.place}};
}

// Adds words that are values; their texts go to the state first, so that keys can point there.
template <class State>
class WordAdder {
 public:
  template <class Words, class WordOf>
  WordAdder(State& state, const Words& words, const WordOf& wordOf) : state_(state) {
    state.reserve(words.size());
    if constexpr (std::is_same_v<typename State::Key, std::string_view>)
      for (const auto& word : words)
        if (wordOf(word).isString()) state.text += wordOf(word).asString();
  }
  template <class N>
  const typename State::Entry* add(const Value& word, N number) {
    if constexpr (std::is_same_v<typename State::Key, std::string_view>) {
      std::string_view key = std::string_view(state_.text).substr(at_, word.asString().size());
      at_ += key.size();
      return state_.add(key, number);
    } else {
      return state_.add(word.asInt(), number);
    }
  }

 private:
  State& state_;
  size_t at_ = 0;
};

template <class K>
Prepared fromList(const Value& words, const Value& oov) {
  using State = Vocabulary<K, int64_t>;
  auto state = std::make_shared<State>();
  const auto& list = words.asList();
  WordAdder adder(*state, list, [](const Value& v) -> const Value& { return v; });
  for (const Value& word : list) {
    if (word.isMissing()) return wrong("a word of the vocabulary is missing");
    auto position = static_cast<int64_t>(state->entries.size());
    if (const auto* first = adder.add(word, position))
      return wrong(toString(word) + " is in the vocabulary twice, at " + std::to_string(first->number) + " and " +
                   std::to_string(position));
  }
  state->finish();
  state->outOfVocabulary = oov.isMissing() ? static_cast<int64_t>(list.size()) : oov.asInt();
  return {state, std::nullopt};
}

template <class K, class N>
Prepared fromMap(const Value& words, const Value& oov) {
  using State = Vocabulary<K, N>;
  auto state = std::make_shared<State>();
  WordAdder adder(*state, words.asMap(), [](const auto& entry) -> const Value& { return entry.first; });
  for (const auto& [word, number] : words.asMap()) {
    if (number.isMissing()) return wrong("the number of " + toString(word) + " is missing");
    adder.add(word, numberOf<N>(number));
  }
  state->finish();
  if (!oov.isMissing()) state->outOfVocabulary = numberOf<N>(oov);
  return {state, std::nullopt};
}

template <class K>
Prepared fromFile(const Value& content, const Value& oov) {
  auto state = std::make_shared<Vocabulary<K, int64_t>>();
  state->text = content.asString();
  VocabularyText lines(state->text);
  state->reserve(std::min<size_t>(lines.lineCount(), kMaxVocabularyWords));
  while (auto line = lines.next()) {
    const typename Vocabulary<K, int64_t>::Entry* first = nullptr;
    if constexpr (std::is_same_v<K, Str>) {
      first = state->add(line->word, line->number);
    } else {
      std::optional<int64_t> word = parseInt(line->word);
      if (!word) return wrongFile(lines.wrongWord("the value looked up is an integer, but this word is not"));
      first = state->add(*word, line->number);
    }
    if (first != nullptr) {
      // Every line before is an entry.
      auto firstLine = first - state->entries.data() + 1;
      return wrongFile(
          lines.wrongWord("this word is in the vocabulary twice, first in line " + std::to_string(firstLine)));
    }
  }
  if (lines.problem()) return wrongFile(*lines.problem());
  state->finish();
  if (!oov.isMissing())
    state->outOfVocabulary = oov.asInt();
  else if (!lines.givesNumbers())
    state->outOfVocabulary = static_cast<int64_t>(state->entries.size());
  return {state, std::nullopt};
}

}  // namespace

Prepared prepareVocabulary(std::span<const Value> constants, std::span<const Type> types) {
  const Value& words = constants[0];
  const Value& oov = constants[1];
  if (constants.size() > 2 && !constants[2].isMissing()) {
    if (!words.isMissing())
      return {nullptr, PrepareError{kFileParam, "the words are given already; write only one of the two"}};
    // The words' type, though there are none, is that of the value looked up.
    return types[0].element().is(Kind::String) ? fromFile<Str>(constants[2], oov)
                                               : fromFile<int64_t>(constants[2], oov);
  }
  if (words.isMissing()) return wrong("the vocabulary is missing");
  if (words.isList() ? words.asList().empty() : words.asMap().empty()) return wrong("the vocabulary is empty");
  if (types[0].isList())
    return types[0].element().is(Kind::String) ? fromList<Str>(words, oov) : fromList<int64_t>(words, oov);
  bool floats = types[0].value().is(Kind::Float64);
  if (types[0].key().is(Kind::String))
    return floats ? fromMap<Str, double>(words, oov) : fromMap<Str, int64_t>(words, oov);
  return floats ? fromMap<int64_t, double>(words, oov) : fromMap<int64_t, int64_t>(words, oov);
}

}  // namespace featc
