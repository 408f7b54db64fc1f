// SPDX-License-Identifier: Apache-2.0
// Finding many values among so few keys that comparing with each of them, in vectors, is faster than any table: no
// branch depends on what is found.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include "values/array_loops.h"
#include "values/cell.h"

namespace featc {

// Distinct keys, all of them present, which must outlive it.
template <class K>
class FewKeys {
 public:
  static constexpr size_t kMost = 16;
  static constexpr uint32_t kRows = 64;  // looked for together
  using Places = std::array<int64_t, kRows>;

  explicit FewKeys(const List<K>& keys) : keys_(keys.data), count_(keys.size) {
    if (count_ > std::min(kMost, arrayLoops().mostKeys)) {
      usable_ = false;
      return;
    }
    for (size_t k = 0; k < count_; ++k) {
      prints_[k] = printOf(keys_[k]);
      // Texts of one size may begin with the same bytes.
      if (std::find(prints_.begin(), prints_.begin() + k, prints_[k]) != prints_.begin() + k) usable_ = false;
      if constexpr (std::is_same_v<K, Str>) exact_ = exact_ && keys_[k].size <= kExact;
    }
  }

  // False: there are too many keys, or keys that are hard to tell apart.
  bool usable() const { return usable_; }

  // Whether it can look for the values of a column.
  static bool takes(const ColumnRef& values) {
    return !values.uniform && (!std::is_same_v<K, Str> || values.texts != nullptr);
  }
  // places[i]: where the value of row begin + i is among the keys, -1 where it is not. At most kRows; the column has n.
  void find(const ColumnRef& values, uint32_t begin, uint32_t rows, uint32_t n, Places& places) const {
    if constexpr (std::is_same_v<K, Str>) {
      std::array<int64_t, kRows> prints;
      const auto* bytes = static_cast<const char*>(values.data);
      const uint32_t* texts = values.texts;
      const uint32_t end = texts[n];
      for (uint32_t i = 0; i < rows; ++i) prints[i] = printAt(bytes, texts[begin + i], texts[begin + i + 1], end);
      arrayLoops().findPlaces(prints_.data(), count_, prints.data(), places.data(), rows);
      // Texts of more bytes than a print tells.
      for (uint32_t i = 0; !exact_ && i < rows; ++i) {
        if (places[i] < 0) continue;
        const Str& key = keys_[places[i]];
        const Str text{bytes + texts[begin + i], texts[begin + i + 1] - texts[begin + i]};
        if (key.size > kExact && !(key == text)) places[i] = -1;
      }
    } else {
      arrayLoops().findPlaces(prints_.data(), count_, static_cast<const int64_t*>(values.data) + begin, places.data(),
                              rows);
    }
  }

 private:
  // Texts of at most so many bytes are equal if their prints are.
  static constexpr uint64_t kExact = 7;

  // The first seven bytes, and the size as far as a byte tells it.
  static int64_t printOf(const K& key) {
    if constexpr (std::is_same_v<K, Str>) {
      return printOfText(key.data, key.size);
    } else {
      return key;
    }
  }
  // Of bytes from `from` to before `to`, of which those before `end` may be read.
  static int64_t printAt(const char* bytes, uint32_t from, uint32_t to, uint32_t end) {
    const uint32_t size = to - from;
    if (end - from < sizeof(uint64_t)) [[unlikely]]
      return printOfText(bytes + from, size);
    static constexpr std::array<uint64_t, kExact + 1> kMasks = {
        0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF};
    uint64_t head;
    std::memcpy(&head, bytes + from, sizeof head);
    return static_cast<int64_t>((head & kMasks[std::min<uint64_t>(size, kExact)]) | uint64_t{std::min(size, 255U)}
                                                                                        << 56U);
  }
  static int64_t printOfText(const char* text, uint64_t size) {
    uint64_t head = 0;
    if (size != 0) std::memcpy(&head, text, std::min(size, kExact));
    return static_cast<int64_t>(head | std::min<uint64_t>(size, 255) << 56U);
  }

  const K* keys_;
  size_t count_;
  bool usable_ = true;
  bool exact_ = true;  // prints tell all of every key
  std::array<int64_t, kMost> prints_{};
};

}  // namespace featc
