// SPDX-License-Identifier: Apache-2.0
// What `edit_distance` counts, and a short text as the bits of words: a bit a unit.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "ops/library/edit_column.h"
#include "support/utf8.h"
#include "values/cell.h"

namespace featc {

// The number of the unit that the text begins with, which is taken from it. A byte that is not UTF-8 differs from every
// code point.
inline uint32_t takeUnit(std::string_view& s, bool bytes) {
  size_t length = bytes ? 1 : codePointBytes(s);
  constexpr uint32_t kNoCodePoint = 0x110000;
  uint32_t unit = length == 0 ? kNoCodePoint + static_cast<unsigned char>(s[0])
                  : bytes     ? static_cast<unsigned char>(s[0])
                              : decodeCodePoint(s, length);
  s.remove_prefix(std::max<size_t>(length, 1));
  return unit;
}

// The most units of a text whose places are the bits of a word.
inline constexpr uint64_t kPatternUnits = 64;

// Where each unit stands in a text of at most 64: a bit a place.
class UnitPlaces {
 public:
  UnitPlaces() { clear(); }
  void clear() { keys_.fill(kFree); }
  void add(uint32_t unit, uint64_t place) {
    size_t slot = slotOf(unit);
    if (keys_[slot] == kFree) masks_[slot] = 0;
    keys_[slot] = unit;
    masks_[slot] |= uint64_t{1} << place;
  }
  uint64_t of(uint32_t unit) const {
    size_t slot = slotOf(unit);
    return keys_[slot] == kFree ? 0 : masks_[slot];
  }

 private:
  static constexpr size_t kSlots = 128;  // twice as many as there are units
  static constexpr uint32_t kFree = UINT32_MAX;

  size_t slotOf(uint32_t unit) const {
    size_t slot = unit % kSlots;
    while (keys_[slot] != unit && keys_[slot] != kFree) slot = (slot + 1) % kSlots;
    return slot;
  }
  std::array<uint32_t, kSlots> keys_;
  std::array<uint64_t, kSlots> masks_;
};

struct EditCosts : EditColumn<uint64_t> {
  // From a pattern of `units`, after as many steps: above it the cost is that of adding them all.
  int64_t distance(uint64_t units, uint64_t steps) const {
    uint64_t pattern = ~uint64_t{0} >> (kPatternUnits - units);
    return static_cast<int64_t>(steps) + std::popcount(more & pattern) - std::popcount(less & pattern);
  }
};

// A text of 1 to 64 units that others are compared with.
class EditPattern {
 public:
  void set(Str text, bool bytes) {
    for (uint64_t i = 0; i < count_; ++i)
      if (units_[i] < table_.size()) table_[units_[i]] = 0;
    if (hasOthers_) others_.clear();
    hasOthers_ = false;
    text_ = text;
    count_ = 0;
    std::string_view rest = text.view();
    for (; !rest.empty() && count_ < kPatternUnits; ++count_) {
      uint32_t unit = units_[count_] = takeUnit(rest, bytes);
      if (unit < table_.size()) {
        table_[unit] |= uint64_t{1} << count_;
      } else {
        others_.add(unit, count_);
        hasOthers_ = true;
      }
    }
    fits_ = count_ > 0 && rest.empty();
  }
  // Whether this very text is the pattern.
  bool is(Str text) const { return text.data == text_.data && text.size == text_.size; }
  bool fits() const { return fits_; }
  uint64_t units() const { return count_; }
  // Where a unit stands in it.
  uint64_t of(uint32_t unit) const { return unit < table_.size() ? table_[unit] : others_.of(unit); }
  // The same of the bytes below 256.
  const uint64_t* ofBytes() const { return table_.data(); }
  uint64_t ofByte(char byte) const { return table_[static_cast<unsigned char>(byte)]; }

 private:
  Str text_;
  bool fits_ = false;
  bool hasOthers_ = false;
  uint64_t count_ = 0;
  std::array<uint32_t, kPatternUnits> units_;
  std::array<uint64_t, 256> table_{};
  UnitPlaces others_;  // of units that the table has no place for
};

}  // namespace featc
