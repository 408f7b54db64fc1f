// SPDX-License-Identifier: Apache-2.0
// Numbers for a few values, equal ones alike: what tells a row's terms apart without working memory.
#pragma once

#include <array>
#include <bit>
#include <cstring>

#include "values/cell.h"
#include "values/hash.h"

namespace featc {

// Tells texts apart at first glance. Of texts of one size, up to 8 bytes, different ones have different prints.
class TextPrint {
 public:
  static uint64_t of(const Str& x) {
    if (x.size > 16) return ofLong(x);
    if (x.size >= 8) return joined(load<uint64_t>(x.data), load<uint64_t>(x.data + x.size - 8));
    uint64_t word = 0;
    if (x.size >= 4) {
      word = load<uint32_t>(x.data) | load<uint32_t>(x.data + x.size - 4) << (8 * (x.size - 4));
    } else if (x.size > 0) {
      uint64_t middle = x.size / 2;
      word = load<uint8_t>(x.data) | load<uint8_t>(x.data + middle) << (8 * middle) |
             load<uint8_t>(x.data + x.size - 1) << (8 * (x.size - 1));
    }
    return joined(word, word);
  }
  // The same where 8 bytes from the text's beginning on may be read.
  static uint64_t inside(const Str& x) {
    static constexpr std::array<uint64_t, 9> kMasks = [] {
      std::array<uint64_t, 9> masks{};
      for (unsigned size = 0; size < 8; ++size) masks[size] = (uint64_t{1} << 8 * size) - 1;
      masks[8] = ~uint64_t{0};
      return masks;
    }();
    if (x.size > 16) return ofLong(x);
    uint64_t size = x.size < 8 ? x.size : 8;
    uint64_t mask = kMasks[size];
    return joined(load<uint64_t>(x.data) & mask, load<uint64_t>(x.data + (x.size - size)) & mask);
  }
  // Whether two texts of more than 8 bytes are equal.
  static bool equalLong(const char* a, const char* b, uint64_t size) {
    if (size > 16) return std::memcmp(a, b, size) == 0;
    uint64_t last = size - 8;
    return load<uint64_t>(a) == load<uint64_t>(b) && load<uint64_t>(a + last) == load<uint64_t>(b + last);
  }

 private:
  template <class Word>
  static uint64_t load(const char* from) {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
  }
  // Texts that differ in their middle only are frequent, such as addresses of pages.
  static uint64_t ofLong(const Str& x) { return hashBytes(HashFamily::Xxh3, x.view()); }
  // Of the first and the last 8 bytes. Of two words that are the same: another one for each word, since the factor plus
  // 1 is odd.
  static uint64_t joined(uint64_t first, uint64_t last) { return first + last * 0x9E3779B97F4A7C14U; }
};

// Of at most `most` distinct values, found in a table of `slots`, a power of two.
template <class T, uint32_t most = 64, uint32_t slots = 256>
class ShortNumbers {
 public:
  static constexpr uint32_t kMost = most;
  static_assert(std::has_single_bit(slots) && most < 256 && most < slots);

  ShortNumbers() { entryOf_.fill(0); }

  // The number of the equal value that was added before; else `fresh`, which is this one's then.
  uint32_t add(const T& x, uint32_t fresh) { return add(x, printOf(x), fresh); }
  uint32_t add(const T& x, uint64_t print, uint32_t fresh) {
    uint32_t slot = slotOf(print);
    for (; entryOf_[slot] != 0; slot = (slot + 1) % slots) {
      uint32_t entry = entryOf_[slot] - 1U;
      if (prints_[entry] == print && equal(values_[entry], x)) return numbers_[entry];
    }
    prints_[size_] = print;
    if constexpr (std::is_same_v<T, Str>) values_[size_] = {x.data, x.size};
    numbers_[size_] = fresh;
    slots_[size_] = static_cast<uint16_t>(slot);
    entryOf_[slot] = static_cast<uint8_t>(++size_);
    return fresh;
  }
  uint32_t size() const { return size_; }
  // Forgets what was added after there were so many.
  void shrink(uint32_t size) {
    while (size_ > size) entryOf_[slots_[--size_]] = 0;
  }

 private:
  // Left as it is until something is added. Numbers are their own prints.
  struct Text {
    const char* data;
    uint64_t size;
  };
  struct Nothing {};
  using Kept = std::conditional_t<std::is_same_v<T, Str>, Text, Nothing>;

  static uint64_t printOf(const T& x) {
    if constexpr (std::is_same_v<T, Str>)
      return TextPrint::of(x);
    else if constexpr (std::is_same_v<T, double>)
      return std::bit_cast<uint64_t>(x == 0 ? 0.0 : x);
    else
      return static_cast<uint64_t>(x);
  }
  // Of values with the same print.
  static bool equal(const Kept& a, const T& b) {
    if constexpr (std::is_same_v<T, Str>)
      return a.size == b.size && (a.size <= 8 || TextPrint::equalLong(a.data, b.data, a.size));
    else
      return true;
  }
  static uint32_t slotOf(uint64_t print) {
    return static_cast<uint32_t>(print * 0x9E3779B97F4A7C15U >> 32U) >> (32 - std::countr_zero(slots));
  }

  uint32_t size_ = 0;
  std::array<uint8_t, slots> entryOf_;  // by slot, plus 1; 0: free
  std::array<uint16_t, kMost> slots_;
  std::array<uint32_t, kMost> numbers_;
  std::array<uint64_t, kMost> prints_;
  std::array<Kept, kMost> values_;
};

}  // namespace featc
