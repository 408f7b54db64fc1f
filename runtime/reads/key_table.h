// SPDX-License-Identifier: Apache-2.0
// The distinct keys that a call reads of one source, and the fetch that each went with.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "values/hash.h"

namespace featc {

// The keys of one fetch: texts that stay where they are while a store reads them. clear() keeps their memory.
class FetchKeys {
 public:
  void clear() { count_ = 0; }
  size_t size() const { return count_; }
  const std::string& operator[](size_t i) const { return texts_[i]; }
  std::span<const std::string> view() const { return {texts_.data(), count_}; }

  // An empty text that the next key may be written to; keepDraft() makes it a key.
  std::string& draft() {
    if (count_ == texts_.size()) texts_.emplace_back();
    texts_[count_].clear();
    return texts_[count_];
  }
  void keepDraft() { ++count_; }

 private:
  std::vector<std::string> texts_;  // the first count_ are keys
  size_t count_ = 0;
};

// Where a key is: which fetch it went with, and its place among that fetch's keys.
struct KeyPlace {
  uint32_t fetch = 0;
  uint32_t index = 0;
};

// Numbers distinct keys as they first come. clear() keeps the memory.
class KeyTable {
 public:
  static constexpr uint32_t kNoKey = UINT32_MAX;

  void clear();
  size_t size() const { return places_.size(); }
  KeyPlace place(uint32_t number) const { return places_[number]; }

  // The number of the key `text`; one that is new gets `place`, and `isNew` says so. `textAt(place)` is the text
  // of a key that came before.
  template <class TextAt>
  uint32_t intern(const std::string& text, KeyPlace place, bool& isNew, TextAt&& textAt) {
    if (2 * (places_.size() + 1) > slots_.size()) grow();
    uint64_t hash = hashBytes(HashFamily::Xxh3, text);
    size_t mask = slots_.size() - 1;
    size_t slot = hash & mask;
    isNew = false;
    for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
      uint32_t number = slots_[slot] - 1;
      if (hashes_[number] == hash && textAt(places_[number]) == text) return number;
    }
    isNew = true;
    hashes_.push_back(hash);
    places_.push_back(place);
    slots_[slot] = static_cast<uint32_t>(places_.size());
    return slots_[slot] - 1;
  }

 private:
  void grow();

  std::vector<uint64_t> hashes_;
  std::vector<KeyPlace> places_;
  std::vector<uint32_t> slots_;  // open addressing: number + 1, 0 for free
};

}  // namespace featc
