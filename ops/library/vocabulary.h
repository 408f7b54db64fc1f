// SPDX-License-Identifier: Apache-2.0
// What `vocab` makes of its list, map or file: a table from value to number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ops/library/text_table.h"
#include "ops/oddity.h"
#include "values/hash.h"

namespace featc {

// The most words of a vocabulary file.
inline constexpr uint64_t kMaxVocabularyWords = uint64_t{1} << 24U;

struct VocabularyHash {
  using is_transparent = void;
  size_t operator()(std::string_view s) const { return hashBytes(HashFamily::Xxh3, s); }
  size_t operator()(int64_t x) const { return combineHashes(0, static_cast<uint64_t>(x)); }
};

// `K` is the cell of the value looked up, `N` its number's. A table in place: millions of words take
// two allocations.
template <class K, class N>
struct Vocabulary : OddState {
  using Key = std::conditional_t<std::is_same_v<K, Str>, std::string_view, int64_t>;
  struct Entry {
    Key key;
    N number;
  };

  std::string text;  // what the keys of strings point into; complete before the first add()
  std::vector<Entry> entries;
  Maybe<N> outOfVocabulary;

  // Room for `words` of them.
  void reserve(size_t words) {
    size_t slots = 4;
    while (slots < 2 * words) slots *= 2;
    slots_.assign(slots, kFree);
    entries.reserve(words);
  }
  // The entry that has the key already, else null and it is there now.
  const Entry* add(Key key, N number) {
    uint32_t& slot = slots_[slotOf(key)];
    if (slot != kFree) return &entries[slot];
    slot = static_cast<uint32_t>(entries.size());
    entries.push_back({key, number});
    return nullptr;
  }
  // After the last add(): makes finding faster where it can.
  void finish() {
    if constexpr (std::is_same_v<K, Str>) {
      std::vector<std::string_view> keys;
      if (entries.size() <= TextTable::kMostTexts)
        for (const Entry& entry : entries) keys.push_back(entry.key);
      few_.build(keys);
    }
  }
  const N* find(K x) const {
    if constexpr (std::is_same_v<K, Str>) {
      if (few_) {
        uint32_t at = few_.find(x);
        return at == TextTable::kNone ? nullptr : &entries[at].number;
      }
    }
    uint32_t slot = slots_[slotOf(keyOf(x))];
    return slot == kFree ? nullptr : &entries[slot].number;
  }
  Oddity oddity(std::span<const Value> arguments, const Value&) const override {
    bool found = false;
    if constexpr (std::is_same_v<K, Str>)
      found = find(Str::of(arguments[0].asString())) != nullptr;
    else
      found = find(arguments[0].asInt()) != nullptr;
    return {found ? "" : "finds no word of its vocabulary"};
  }

 private:
  static constexpr uint32_t kFree = UINT32_MAX;

  static Key keyOf(K x) {
    if constexpr (std::is_same_v<K, Str>)
      return x.view();
    else
      return x;
  }
  // The slot that holds the key, or the free one where it belongs.
  size_t slotOf(Key key) const {
    size_t mask = slots_.size() - 1;
    size_t slot = VocabularyHash()(key) & mask;
    while (slots_[slot] != kFree && entries[slots_[slot]].key != key) slot = (slot + 1) & mask;
    return slot;
  }

  std::vector<uint32_t> slots_;  // at least half of them free
  TextTable few_;                // of the same keys
};

// Constants: a list of words or a map to numbers, the number of what is in neither, and a file's content
// instead of the words.
Prepared prepareVocabulary(std::span<const Value> constants, std::span<const Type> types);

// One line of a vocabulary file: a word, and its number where the file gives numbers.
struct VocabularyLine {
  std::string_view word;  // in the file's content
  int64_t number = 0;
};
// What is wrong with a file, and which of its bytes are meant.
struct VocabularyProblem {
  std::string message;
  PrepareError::Place place;
};
// Cuts a vocabulary file into its lines: words, numbered from 0, or `word<TAB>number`. A byte order mark
// is passed over, and so is the CR of a file whose lines all end in CRLF.
class VocabularyText {
 public:
  explicit VocabularyText(std::string_view text);

  bool givesNumbers() const { return numbers_; }
  size_t lineCount() const { return lines_; }
  // The next line; nothing at the end and after a problem.
  std::optional<VocabularyLine> next();
  const std::optional<VocabularyProblem>& problem() const { return problem_; }
  // What is wrong with a word of the line that next() gave last.
  VocabularyProblem wrongWord(std::string message) const { return {std::move(message), {lineBegin_, wordEnd_}}; }

 private:
  std::optional<VocabularyLine> fail(std::string message, size_t begin, size_t end);
  std::optional<VocabularyLine> cut(std::string_view line, size_t begin);

  std::string_view text_;
  size_t at_ = 0;
  size_t index_ = 0;  // of the next line
  size_t lines_ = 0;
  bool numbers_ = false;
  bool crlf_ = false;
  size_t lineBegin_ = 0;
  size_t wordEnd_ = 0;
  std::optional<VocabularyProblem> problem_;
};

}  // namespace featc
