// SPDX-License-Identifier: Apache-2.0
// Few texts that are known when a config is compiled: found by the size and some bytes, in about one step.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ops/library/key_index.h"

namespace featc {

class TextTable {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr size_t kMostTexts = 256;

  // Of texts that differ and outlive the table. There is none where they are too many, or too much alike.
  void build(std::span<const std::string_view> texts);
  explicit operator bool() const { return !slots_.empty(); }

  // Which of them it is, or kNone.
  uint32_t find(Str text) const {
    const uint64_t print = printOfText(text);
    for (uint64_t at = slotOf(print, text.size); slots_[at].index != kNone; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.print == print && equalOfOnePrint(slot.text, text)) return slot.index;
    }
    return kNone;
  }

 private:
  struct Slot {
    uint64_t print = 0;
    Str text;
    uint32_t index = kNone;
  };
  uint64_t slotOf(uint64_t print, uint64_t size) const { return (print + (size << 56U)) * multiplier_ >> shift_; }
  // The most steps that finding one takes.
  uint64_t fill(std::span<const std::string_view> texts);

  uint64_t multiplier_ = 0;
  unsigned shift_ = 0;
  std::vector<Slot> slots_;
};

}  // namespace featc
