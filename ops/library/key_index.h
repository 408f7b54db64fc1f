// SPDX-License-Identifier: Apache-2.0
// Finding many values among the same few keys: what `contains` and `lookup` do when one list or map
// serves a whole run of rows.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "ops/library/map_lookup.h"
#include "values/cell.h"

namespace featc {

// The end of the rows, from `row` on and below `n`, that hold the very same list or map.
template <class Cell>
uint32_t endOfRun(const ColumnRef& column, uint32_t row, uint32_t n) {
  if (column.uniform) return n;
  const auto* cells = static_cast<const Cell*>(column.data);
  bool present = column.present(row);
  uint32_t end = row + 1;
  while (end < n && std::memcmp(&cells[end], &cells[row], sizeof(Cell)) == 0 && column.present(end) == present) ++end;
  return end;
}

// Some bytes of a text, equal for equal ones. Texts of one size, up to 8 bytes, that differ have different ones.
inline uint64_t printOfText(Str text) {
  auto load = [](auto word, const char* from) {
    std::memcpy(&word, from, sizeof word);
    return uint64_t{word};
  };
  const char* end = text.data + text.size;
  if (text.size >= 4) return load(uint32_t{}, text.data) | load(uint32_t{}, end - 4) << 32U;
  if (text.size == 0) return 0;
  return load(uint8_t{}, text.data) | load(uint8_t{}, text.data + text.size / 2) << 8U |
         load(uint8_t{}, end - 1) << 16U;
}
// Of texts whose prints are equal.
inline bool equalOfOnePrint(Str a, Str b) {
  return a.size == b.size && (a.size <= 8 || std::memcmp(a.data, b.data, a.size) == 0);
}

// A hash table in place, over keys that must outlive it.
template <class K>
class KeyIndex {
 public:
  static constexpr uint64_t kMaxKeys = 256;
  // Rows from which on making the index pays, in which its keys are looked for.
  static bool worthwhile(uint64_t keys, uint32_t rows) { return rows >= 8 && keys <= kMaxKeys; }
  static constexpr uint64_t kNone = kMaxKeys;

  // Missing keys are left out. At most kMaxKeys.
  explicit KeyIndex(const List<K>& keys) : keys_(keys.data) {
    auto slots = std::bit_ceil(std::max<uint64_t>(4 * keys.size, 4));
    shift_ = static_cast<unsigned>(64 - std::countr_zero(slots));
    mask_ = slots - 1;
    std::fill_n(places_.data(), slots, kFree);
    for (uint64_t i = 0; i < keys.size; ++i) {
      if (!keys.present(i)) continue;
      uint64_t print = printOf(keys.data[i]);
      uint64_t slot = slotOf(print);
      while (places_[slot] != kFree) slot = (slot + 1) & mask_;
      places_[slot] = static_cast<uint16_t>(i);
      prints_[slot] = print;
    }
  }

  // Where a key that equals `key` is, or kNone.
  uint64_t find(const K& key) const {
    uint64_t print = printOf(key);
    for (uint64_t slot = slotOf(print); places_[slot] != kFree; slot = (slot + 1) & mask_)
      if (prints_[slot] == print && equal(keys_[places_[slot]], key)) return places_[slot];
    return kNone;
  }

 private:
  static constexpr uint16_t kFree = UINT16_MAX;

  // Equal for equal keys.
  static uint64_t printOf(const K& key) {
    if constexpr (std::is_same_v<K, Str>) {
      return printOfText(key);
    } else if constexpr (std::is_same_v<K, double>) {
      return std::bit_cast<uint64_t>(key == 0 ? 0.0 : key);
    } else {
      return static_cast<uint64_t>(key);
    }
  }
  // Of keys whose prints are equal.
  static bool equal(const K& a, const K& b) {
    if constexpr (std::is_same_v<K, Str>)
      return equalOfOnePrint(a, b);
    else
      return a == b;
  }
  uint64_t slotOf(uint64_t print) const { return print * 0x9E3779B97F4A7C15U >> shift_; }

  const K* keys_;
  unsigned shift_ = 0;
  uint64_t mask_ = 0;
  std::array<uint16_t, 4 * kMaxKeys> places_;
  std::array<uint64_t, 4 * kMaxKeys> prints_;  // of the slots that are not free
};

// The runs of rows that share a map: `ofRun(begin, end, map, find)` for each, where find(key) is the place of the key
// among the map's, or kNoKey. A run of many rows has an index.
inline constexpr uint64_t kNoKey = UINT64_MAX;
template <class K, class V, class F>
void forMapRuns(const ColumnRef& maps, uint32_t n, F&& ofRun) {
  for (uint32_t begin = 0; begin < n;) {
    const uint32_t end = endOfRun<Map<K, V>>(maps, begin, n);
    const auto map = maps.get<Map<K, V>>(begin);
    if (KeyIndex<K>::worthwhile(map.keys.size, end - begin)) {
      const KeyIndex<K> index(map.keys);
      ofRun(begin, end, map, [&](const K& key) {
        uint64_t at = index.find(key);
        return at == KeyIndex<K>::kNone ? kNoKey : at;
      });
    } else {
      ofRun(begin, end, map, [&](const K& key) {
        uint64_t at = findKey(map.keys, key);
        return at == map.keys.size ? kNoKey : at;
      });
    }
    begin = end;
  }
}

}  // namespace featc
